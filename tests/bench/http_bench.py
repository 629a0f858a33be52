#!/usr/bin/env python3
"""Figures of the whole server beside nginx `return 200` in the same run.

Prints, beside the marks and whether they are met, start to first 200 on an existing SQLite database,
idle PSS, and requests/s and CPU per request of an inline route, of one on a worker, of GET
/v1/users/{id} and of nginx. Loads go to 127.0.0.1 for a few seconds each, interleaved, with access
logs off on both sides. A busy machine shows in start and requests/s first. SPDX-License-Identifier: Apache-2.0
"""
import argparse
import base64
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time

PASSWORD = "a bench is for sitting 42"
TICKS = os.sysconf("SC_CLK_TCK")

# What each row is to reach, of nginx: requests/s, CPU per request.
MARKS = {
    "inline: GET /health/live": ((">=", 0.9), ("<=", 1.1)),
    "pooled: no-op": (None, ("<=", 3)),
    "pooled: GET /v1/users/{id}": ((">=", 0.35), None),
}

CONFIG = """
http: {{address: 127.0.0.1, port: {port}}}
observability: {{log_requests: false}}
storage: {{engine: sqlite, sqlite: {{path: {folder}/gatehouse.db}}}}
plugins: {{users: {{}}, noop: {{path: {noop}}}}}
"""

NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000000;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port}; location / {{ return 200 "Hello, World!"; }} }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def process_tree(pid):
    """The process and its children (nginx's worker)."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid] + [int(child) for child in children]


def cpu_seconds(pid):
    total = 0
    for one in process_tree(pid):
        fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def pss_mib(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1]) / 1024


def start(command, port, path):
    """Starts a server; returns it and the milliseconds to its first 200."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while time.perf_counter() - began < 20:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return process, (time.perf_counter() - began) * 1000
        except OSError:
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} ended with {process.returncode}")
            time.sleep(0.0005)
    raise SystemExit(f"{command[0]} did not answer within 20 s")


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def load(port, path, connections, seconds, pid, headers):
    """Requests/s and CPU microseconds per request under wrk."""
    before = cpu_seconds(pid)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    for header in headers:
        command += ["-H", header]
    output = subprocess.run(command + [f"http://127.0.0.1:{port}{path}"],
                            capture_output=True, text=True, check=True).stdout
    spent = cpu_seconds(pid) - before
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"bad answers for {path}:\n{output}")
    requests = int(re.search(r"(\d+) requests in", output)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    return rate, spent / requests * 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release", metavar="DIR")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=1)
    options = parser.parse_args()

    folder = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-bench-"))
    os.environ["GATEHOUSE_ADMIN_PASSWORD"] = PASSWORD
    port, nginx_port = free_port(), free_port()
    config = folder / "gatehouse.yaml"
    noop = pathlib.Path(options.build, "tests/fixtures/plugins/noop.so").resolve()
    config.write_text(CONFIG.format(port=port, folder=folder, noop=noop))
    (folder / "nginx.conf").write_text(NGINX.format(port=nginx_port, folder=folder))
    serve = [f"{options.build}/bin/gatehouse", "serve", "--config", str(config)]
    basic = "Authorization: Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()

    stop(start(serve, port, "/health/live")[0])  # makes the database and the admin
    del os.environ["GATEHOUSE_ADMIN_PASSWORD"]
    starts = []
    for _ in range(9):
        process, milliseconds = start(serve, port, "/health/live")
        starts.append(milliseconds)
        stop(process)

    server, _ = start(serve, port, "/health/live")
    time.sleep(2)
    idle = pss_mib(server.pid)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/v1/users/me", headers=dict([basic.split(": ", 1)]))
    user = json.load(connection.getresponse())["id"]
    nginx_binary = shutil.which("nginx") or "/usr/sbin/nginx"
    nginx, _ = start([nginx_binary, "-p", str(folder), "-c", str(folder / "nginx.conf")],
                     nginx_port, "/")

    rows = {
        "nginx return 200": (nginx_port, "/", nginx, []),
        "inline: GET /health/live": (port, "/health/live", server, []),
        "pooled: no-op": (port, "/noop/pooled", server, []),
        "pooled: GET /v1/users/{id}": (port, f"/v1/users/{user}", server, [basic]),
    }
    measured = {}
    try:
        for _ in range(options.rounds):
            for connections in (32, 256):
                for name, (at, path, process, headers) in rows.items():
                    figures = load(at, path, connections, options.seconds, process.pid, headers)
                    measured.setdefault((name, connections), []).append(figures)
        loaded = pss_mib(server.pid)
    finally:
        stop(server)
        stop(nginx)
        shutil.rmtree(folder)

    figures = []

    def note(name, value, unit, reference=None, ratio=None, mark=None):
        """`mark`: (">=" or "<=", number) for the ratio, or for the value where there is none."""
        judged = value if ratio is None else ratio
        met = None if mark is None else judged >= mark[1] if mark[0] == ">=" else judged <= mark[1]
        figures.append({"name": name, "value": round(value, 3), "unit": unit,
                        "reference": None if reference is None else round(reference, 3),
                        "ratio": ratio, "mark": None if mark is None else mark[1], "met": met})
        beside = "" if ratio is None else f"   {ratio:.2f} of nginx"
        verdict = "" if met is None else f"   {'met' if met else 'MISSED'}: {mark[0]} {mark[1]}"
        print(f"{name:58} {value:12.2f} {unit}{beside}{verdict}")

    note("start to first 200 (median of 9; Glewlwyd 19)", statistics.median(starts), "ms",
         mark=("<=", 20))
    note("idle PSS (Glewlwyd 11.4)", idle, "MiB", mark=("<=", 12))
    note("PSS after load", loaded, "MiB")
    for connections in (32, 256):
        nginx_rounds = measured["nginx return 200", connections]
        for name in rows:
            label = f"{name}, {connections} connections"
            rounds = measured[name, connections]
            for column, unit, mark in zip((0, 1), ("requests/s", "us CPU/request"),
                                          MARKS.get(name, (None, None))):
                # The machine's speed changes from second to second: compared within a round.
                ratio = statistics.median(
                    own[column] / nginx[column] for own, nginx in zip(rounds, nginx_rounds))
                note(label, statistics.median(own[column] for own in rounds), unit,
                     statistics.median(nginx[column] for nginx in nginx_rounds),
                     round(ratio, 3), mark)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"figures": figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
