#!/usr/bin/env python3
"""What signing in and being signed in cost, beside what the machine and PostgreSQL can do.

sign-ins: good ones a second, from many clients at once, beside bare Argon2id verifications on as many
threads as hashing slots.
reads: GET /v1/users/{id} with an API token on PostgreSQL, beside `pgbench -M prepared` selects of the
same row; and the processor time of server and database for one, beside what PostgreSQL spends on such
a select. storm: 500 sign-ins at once: memory, and what becomes of those who are signed in. timing
(only when asked for, minutes): whether the time of a refusal tells what was wrong, for each kind of
stored hash. All are compared within the run. SPDX-License-Identifier: Apache-2.0
"""
import argparse
import base64
import contextlib
import http.client
import io
import json
import math
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
ROUND_S = 3
CLIENTS = 32
HASH_MIB = 19
ALL = "  accounts: {}\n  users: %s\n  tokens: {}\n  audit: {}\n"
UNTHROTTLED = ALL % json.dumps({"config": {"throttle": {"enabled": False}}})
PASSWORD = "a bench is for sitting 42"

LOGIN = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{{"username": "{name}", "password": "{password}"}}'
"""
# From many clients behind a proxy, since one address has half of the hashing slots at most.
MANY = """
local count = 0
function request()
  count = count % 64 + 1
  wrk.headers["X-Forwarded-For"] = "192.0.2." .. count
  return wrk.format()
end
"""
READ = 'wrk.headers["Authorization"] = "{credential}"'


class Figures:
    def __init__(self):
        self.rows = []

    def note(self, name, value, unit, reference, ratio, mark=None):
        met = None
        if mark is not None:
            met = ratio <= mark[1] if mark[0] == "<=" else ratio >= mark[1]
        self.rows.append({"name": name, "value": round(value, 3), "unit": unit,
                          "reference": round(reference, 3), "ratio": round(ratio, 3),
                          "mark": None if mark is None else mark[1], "met": met})
        verdict = "" if met is None else f"   {'met' if met else 'MISSED'}: {mark[0]} {mark[1]}"
        print(f"{name:52}{value:11.2f} {unit:9}{reference:11.2f}{ratio:8.3f}{verdict}", flush=True)


def wrk(server, path, script, connections, seconds=ROUND_S, threads=1):
    """Answers a second, and how many were not 2xx."""
    address = server.anonymous().address
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        said = subprocess.run(
            ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s",
             "-s", file.name, f"http://{address.hostname}:{address.port}{path}"],
            capture_output=True, text=True, check=True,
        ).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    total = int(re.search(r"(\d+) requests in", said)[1])
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), int(bad[1]) if bad else 0, total


def good(measured):
    rate, bad, _ = measured
    if bad:
        raise SystemExit(f"{bad} answers were not 2xx")
    return rate


def cpu_of(pids):
    """Seconds of processor time, of the threads that live and of the children that ended."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(") ", 1)[1]
            ticks += sum(int(field) for field in fields.split()[11:15])
    return ticks / TICKS


def make_user(server, name):
    reply = server.client().post("/v1/users", {"username": name, "password": PASSWORD})
    if reply.status != 201:
        raise SystemExit(f"POST /v1/users: {reply}")
    return reply.json["id"]


def api_token(server, name):
    import gatehouse

    client = gatehouse.Client(server.url, name, PASSWORD)
    reply = client.post("/v1/users/me/tokens", {"title": "bench"})
    if reply.status != 201:
        raise SystemExit(f"POST tokens: {reply}")
    return "Bearer " + reply.json["token"]


def sign_ins(figures, places, build, rounds):
    slots = os.cpu_count()
    own, raw = [], []
    with places.Server(plugins=UNTHROTTLED, http__trusted_proxies="127.0.0.1") as server:
        make_user(server, "ada")
        script = LOGIN.format(name="ada", password=PASSWORD) + MANY
        for _ in range(rounds):
            own.append(good(wrk(server, "/v1/sessions", script, connections=4 * slots)))
            said = subprocess.run([str(build / "tests/hash_raw"), str(slots), str(ROUND_S)],
                                  capture_output=True, text=True, check=True).stdout
            raw.append(float(said))
    ratio = statistics.median(a / b for a, b in zip(own, raw))
    figures.note("sign-ins, beside bare Argon2id verifications", statistics.median(own), "1/s",
                 statistics.median(raw), ratio, (">=", 0.9))


def reads(figures, places, rounds):
    own, bare, own_cpu, bare_cpu = [], [], [], []
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(places.durable_cluster())
        server = stack.enter_context(places.Server([cluster], plugins=ALL % "{}"))
        user = make_user(server, "ada")
        script = READ.format(credential=api_token(server, "ada"))
        select = stack.enter_context(tempfile.NamedTemporaryFile("w", suffix=".sql"))
        number = cluster.psql(f"select number from users_user where id = '{user}'",
                              database=places.DATABASE).strip()
        select.write(f"\\set number {number}\nselect * from users_user where number = :number;\n")
        select.flush()
        for _ in range(rounds):
            pids = [server.pid, *places.processes_of(cluster)]
            before = cpu_of(pids)
            measured = wrk(server, f"/v1/users/{user}", script, CLIENTS)
            own.append(good(measured))
            own_cpu.append((cpu_of(pids) - before) / measured[2] * 1e6)
            rate, spent = pgbench(places, cluster, select.name)
            bare.append(rate)
            bare_cpu.append(spent)
    figures.note("GET /v1/users/{id} with an API token, beside pgbench", statistics.median(own),
                 "1/s", statistics.median(bare),
                 statistics.median(a / b for a, b in zip(own, bare)), (">=", 0.35))
    figures.note("processor time of server and database for one", statistics.median(own_cpu), "us",
                 statistics.median(bare_cpu),
                 statistics.median(a / b for a, b in zip(own_cpu, bare_cpu)), ("<=", 4))


def pgbench(places, cluster, script):
    """Selects a second, and the processor time that PostgreSQL spends on one, in microseconds."""
    words = [str(cluster.programs / "pgbench"), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1",
             "-T", str(ROUND_S), "-f", script, "-h", cluster.host, "-p", str(cluster.port),
             "-U", cluster.user, places.DATABASE]
    first = places.processes_of(cluster)[0]
    spent = {}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    begin = cpu_of(places.processes_of(cluster))
    while process.poll() is None:  # its sessions end with it: what they spent is read before
        for pid in places.processes_of(cluster):
            spent[pid] = cpu_of([pid])
        time.sleep(0.05)
    said = process.stdout.read()
    if process.returncode != 0:
        raise SystemExit(f"pgbench: {process.stderr.read()}")
    count = int(re.search(r"transactions actually processed: (\d+)", said)[1])
    rate = float(re.search(r"tps = ([\d.]+)", said)[1])
    return rate, (sum(spent.values()) - begin - spent.get(first, 0) + cpu_of([first])) / count * 1e6


def storm(figures, places, rounds):
    with places.Server(plugins=UNTHROTTLED, http__threads__hashing=1) as server:
        user = make_user(server, "ada")
        reading = READ.format(credential=api_token(server, "ada"))
        login = LOGIN.format(name="ada", password=PASSWORD)
        path = f"/v1/users/{user}"
        wrk(server, path, reading, 16, seconds=1)
        ratios = []
        quiet, disturbed = [], []
        for _ in range(rounds):
            quiet.append(good(wrk(server, path, reading, 16)))
            with background(lambda: wrk(server, "/v1/sessions", login, 4, seconds=ROUND_S + 2)):
                time.sleep(1)
                disturbed.append(good(wrk(server, path, reading, 16)))
            ratios.append(disturbed[-1] / quiet[-1])
        figures.note("reads with one core's worth of hashing beside them",
                     statistics.median(disturbed), "1/s", statistics.median(quiet),
                     statistics.median(ratios), (">=", 0.7))
    with places.Server(plugins=UNTHROTTLED, http__trusted_proxies="127.0.0.1") as server:
        make_user(server, "ada")
        with contextlib.redirect_stdout(io.StringIO()):
            flood(Figures(), server)  # what a server takes once, when it is first used so, is no hash's
        time.sleep(2)
        flood(figures, server)


def flood(figures, server):
    """What the hashes take is what the server gives back when the 500 clients, still connected, are
    answered. The rest that it took stays: the pages of their sessions, in SQLite's cache."""
    statuses, slowest = {}, [0.0]
    stopping = threading.Event()
    # A client that fails breaks them for all, rather than leave the others to wait.
    connected, begun, answered, measured = (threading.Barrier(501, timeout=120) for _ in range(4))

    def ask_health():
        while not stopping.wait(0.02):
            began = time.monotonic()
            if server.anonymous().get("/health/live").status != 200:
                raise SystemExit("/health/live is not 200")
            slowest[0] = max(slowest[0], time.monotonic() - began)

    def sign_in(number):
        address = server.anonymous().address
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=120)
        connection.request("GET", "/health/live")
        connection.getresponse().read()
        connected.wait()
        begun.wait()
        connection.request("POST", "/v1/sessions",
                           json.dumps({"username": "ada", "password": PASSWORD}),
                           {"Content-Type": "application/json",
                            "X-Forwarded-For": f"192.0.2.{number % 64}"})
        response = connection.getresponse()
        response.read()
        statuses[response.status] = statuses.get(response.status, 0) + 1
        answered.wait()
        measured.wait()
        connection.close()

    clients = [threading.Thread(target=sign_in, args=[i]) for i in range(500)]
    for thread in clients:
        thread.start()
    connected.wait()
    before = server.memory("VmRSS")
    # From now on VmHWM tells of what comes (proc(5)).
    pathlib.Path(f"/proc/{server.pid}/clear_refs").write_text("5", encoding="utf-8")
    begun.wait()
    watcher = threading.Thread(target=ask_health)
    watcher.start()
    answered.wait()
    stopping.set()
    watcher.join()
    base = server.memory("VmRSS")
    measured.wait()
    for thread in clients:
        thread.join()
    peak, bound = server.memory("VmHWM"), base + os.cpu_count() * HASH_MIB
    print(f"500 sign-ins at once were answered {statuses}", flush=True)
    figures.note("500 sign-ins at once: resident memory", peak, "MiB", bound, peak / bound,
                 ("<=", 1))
    figures.note("what of it stays", base, "MiB", before, base / before)
    figures.note("/health/live meanwhile, slowest", slowest[0] * 1e3, "ms", 100,
                 slowest[0] * 10, ("<=", 1))


@contextlib.contextmanager
def background(work):
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        thread.join()


# Whether the time of a refusal tells what was wrong.

# Of passwords nobody knows; each as costly as its floor allows.
HASHES = {
    "argon2id": None,  # made by the server
    "bcrypt": "$2b$10$abcdefghijklmnopqrstuuqM7UPWWm7qpnuGqOAdmYhA06vK8W9Mi",
    "sha512-crypt": "$6$rounds=100000$0123456789abcdef$" + "a" * 85 + ".",
    "pbkdf2-sha256": "$pbkdf2-sha256$600000$MDEyMzQ1Njc4OWFiY2RlZg$" + "a" * 42 + "A",
}


def timing(figures, places, calls, kinds):
    for kind in kinds:
        stored = HASHES[kind]
        with places.Server(plugins=UNTHROTTLED, http__threads__hashing=1) as server:
            names = prepare(server, stored)
            times = ask(server, names, calls)
        judge(figures, kind, times)


def prepare(server, stored):
    """What is wrong -> (name, password). All stored hashes are of one kind, so decoys are too."""
    admin = server.client()
    lines = []
    for name in ("ada", "disabled"):
        line = {"username": name}
        if stored is None:
            make_user(server, name)
        else:
            lines.append(json.dumps(line | {"password_hash": stored}))
    if lines:
        file = server.folder / "users.ndjson"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = server.run("import", "users", str(file))
        if done.returncode != 0:
            raise SystemExit(f"import: {done.stderr}{done.stdout}")
        # The admin's own hash is of another kind: with a thousand of this one, it does not count.
        more = "\n".join(json.dumps({"username": f"u{i}", "password_hash": stored})
                         for i in range(2_000))
        file.write_text(more + "\n", encoding="utf-8")
        done = server.run("import", "users", str(file))
        if done.returncode != 0:
            raise SystemExit(f"import: {done.stderr}{done.stdout}")
    disabled = admin.get("/v1/users", username="disabled").json["items"][0]["id"]
    if admin.patch(f"/v1/users/{disabled}", {"active": False}).status != 200:
        raise SystemExit("a user could not be disabled")
    server.stop()
    server.start()  # decoys are as the hashes that are stored now
    # All as long: some kinds take longer for longer passwords, whoever sends them.
    wrong = PASSWORD[::-1]
    return {
        "wrong password": ("ada", wrong),
        "disabled user": ("disabled", PASSWORD),
        "unknown name": ("nobody", wrong),
        "empty password": ("ada", ""),
        "unknown name, empty password": ("nobody", ""),
    }


def ask(server, names, calls):
    """What is wrong -> seconds of each call, interleaved, in a new order each round, so that nothing
    falls into step with one of them; the answers must be the same."""
    address = server.anonymous().address
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    times = {what: [] for what in names}
    shapes = set()
    for place in range(calls + 20):
        for what, (name, password) in random.sample(list(names.items()), len(names)):
            if name == "nobody":
                name = f"nobody{place}"
            pair = base64.b64encode(f"{name}:{password}".encode()).decode()
            began = time.perf_counter()
            connection.request("GET", "/v1/users/me", headers={"Authorization": f"Basic {pair}"})
            response = connection.getresponse()
            body = response.read()
            took = time.perf_counter() - began
            if place >= 20:
                times[what].append(took)
            masked = re.sub(rb'"request_id":"[^"]*"', b"", body)
            headers = tuple((k, v) for k, v in response.getheaders()
                            if k not in ("X-Request-Id", "Content-Length", "Date"))
            shapes.add((response.status, masked, headers))
    if len(shapes) != 1:
        raise SystemExit(f"the answers differ: {shapes}")
    return times


# Each beside the refusal that it must look like.
PAIRS = (
    ("disabled user", "wrong password"),
    ("unknown name", "wrong password"),
    ("unknown name, empty password", "empty password"),
)


def judge(figures, kind, times):
    """Medians, and whether ranks tell two refusals apart (Mann-Whitney, normal approximation;
    p-values after Holm)."""
    tests = sorted((p_value(times[a], times[b]), a) for a, b in PAIRS)
    holm, worst = {}, 0.0
    for place, (p, what) in enumerate(tests):
        worst = max(worst, min(1.0, p * (len(tests) - place)))
        holm[what] = worst
    for what, usual in PAIRS:
        own, reference = statistics.median(times[what]), statistics.median(times[usual])
        figures.note(f"{kind}: {what} (p = {holm[what]:.2f})", own * 1e3, "ms", reference * 1e3,
                     abs(own / reference - 1), ("<=", 0.01))


def p_value(a, b):
    ranked = sorted([(x, 0) for x in a] + [(x, 1) for x in b])
    rank_sum = sum(place + 1 for place, (_, side) in enumerate(ranked) if side == 0)
    n, m = len(a), len(b)
    u = rank_sum - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release", metavar="DIR")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=2_000, help="of each kind, in `timing`")
    parser.add_argument("--hash", choices=HASHES, action="append", help="in `timing`, only these")
    parser.add_argument("part", nargs="*", default=["sign-ins", "reads", "storm"])
    options = parser.parse_args()
    build = pathlib.Path(options.build).resolve()
    os.environ["GATEHOUSE_BIN"] = str(build / "bin/gatehouse")  # read by the next import
    sys.path += [str(TESTS / "fault"), str(TESTS / "api")]
    import places

    figures = Figures()
    parts = {
        "sign-ins": lambda: sign_ins(figures, places, build, options.rounds),
        "reads": lambda: reads(figures, places, options.rounds),
        "storm": lambda: storm(figures, places, options.rounds),
        "timing": lambda: timing(figures, places, options.calls, options.hash or HASHES),
    }
    for part in options.part:
        if part not in parts:
            parser.error(f"there is no part {part}: {', '.join(parts)}")
        parts[part]()
    if options.json:
        text = json.dumps({"figures": figures.rows})
        pathlib.Path(options.json).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
