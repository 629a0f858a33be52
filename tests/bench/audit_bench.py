#!/usr/bin/env python3
"""What the audit trail costs: of a change over HTTP, of eight writers, and of checking a long trail.

Two servers on databases of their own, one with the audit plugin and one without, are asked in turns,
so that a machine whose speed moves disturbs both; ratios are medians over the rounds. Every commit is
on the disk, on both engines. The long trail is made by an import of users, checked by `gatehouse audit
verify`, and read and hashed without any rule by audit_raw (SQLite). SPDX-License-Identifier: Apache-2.0
"""
import argparse
import contextlib
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
WRITERS = 8
ROUND_S = 1
TRAIL = "  accounts: {}\n  users: {}\n  audit: {}\n"
NO_TRAIL = "  accounts: {}\n  users: {}\n"

# Each thread of wrk has one connection and changes one user, each time to something else.
LOAD = """
local users = {{ {users} }}
local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("user", users[threads])
end
function init(args)
  count = 0
  begun = os.time()
end
function request()
  count = count + 1
  return wrk.format("PATCH", "/v1/users/" .. user,
    {{ ["Authorization"] = "{authorization}", ["Content-Type"] = "application/json" }},
    '{{"description": "' .. begun .. "-" .. count .. '"}}')
end
"""


class Side:
    """A server, and users to change: one in each of eight accounts, and eight in one account."""

    def __init__(self, server):
        self._server = server
        self._client = server.client()
        self.rates = {}  # by load
        accounts = [self._made("/v1/accounts", {"name": f"Account {i}"}) for i in range(WRITERS)]
        self._spread = [self._user(f"spread{i}", account) for i, account in enumerate(accounts)]
        self._together = [self._user(f"together{i}", accounts[0]) for i in range(WRITERS)]

    def _made(self, path, body):
        reply = self._client.post(path, body)
        if reply.status != 201:
            raise SystemExit(f"POST {path}: {reply}")
        return reply.json["id"]

    def _user(self, name, account):
        body = {"username": name, "account": account, "password": "a bench is for sitting 42"}
        return self._made("/v1/users", body)

    def measure(self, load):
        users = {
            "1 writer": self._spread[:1],
            "8 writers, 8 accounts": self._spread,
            "8 writers, 1 account": self._together,
        }[load]
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            quoted = ", ".join(f'"{user}"' for user in users)
            authorization = self._client.headers["Authorization"]
            script.write(LOAD.format(users=quoted, authorization=authorization))
            script.flush()
            address = self._client.address
            words = ["wrk", f"-t{len(users)}", f"-c{len(users)}", f"-d{ROUND_S}s", "-s", script.name]
            said = subprocess.run(
                [*words, f"http://{address.hostname}:{address.port}"],
                capture_output=True, text=True, check=True,
            ).stdout
        if "Non-2xx" in said or "Socket errors" in said:
            raise SystemExit(f"bad answers under {load}:\n{said}")
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
        self.rates.setdefault(load, []).append(rate)


def compare(note, engine, with_trail, without, rounds):
    loads = ("1 writer", f"{WRITERS} writers, {WRITERS} accounts", f"{WRITERS} writers, 1 account")
    for _ in range(rounds):
        for load in loads:
            for side in (with_trail, without):
                side.measure(load)
    for load, mark in zip(loads, (("<=", 1.5), (">=", 0.7), None)):
        own, other = with_trail.rates[load], without.rates[load]
        if load == loads[0]:
            ratio = statistics.median(b / a for a, b in zip(own, other))
            note(f"{engine}: a change, cost with trail", 1e6 / statistics.median(own), "us",
                 1e6 / statistics.median(other), ratio, mark)
        else:
            ratio = statistics.median(a / b for a, b in zip(own, other))
            note(f"{engine}: {load}", statistics.median(own), "changes/s",
                 statistics.median(other), ratio, mark)


def write_users(file, count):
    with open(file, "w", encoding="utf-8") as lines:
        for place in range(count):
            lines.write(json.dumps({"username": f"user{place:07}"}) + "\n")


def timed(environment, *words):
    began = time.perf_counter()
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{words[0]}: {done.stdout}{done.stderr}")
    return time.perf_counter() - began


def verify_long_trail(note, installation, raw, events):
    """`installation`: of gatehouse.Installation, on SQLite."""
    users = installation.folder / "users.ndjson"
    write_users(users, events)
    program = [os.environ["GATEHOUSE_BIN"], "--developing"]
    environment = installation.process_environment()
    timed(environment, *program, "import", "users", str(users))
    database = str(installation.folder / "gatehouse.sqlite")
    own, bare = [], []
    for _ in range(3):
        bare.append(timed(environment, raw, database))
        own.append(timed(environment, *program, "audit", "verify"))
    ratio = statistics.median(a / b for a, b in zip(own, bare))
    note(f"SQLite: audit verify of {events:,} events", statistics.median(own), "s",
         statistics.median(bare), ratio, ("<=", 2))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release", metavar="DIR")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--events", type=int, default=1_000_000)
    options = parser.parse_args()
    build = pathlib.Path(options.build).resolve()
    os.environ["GATEHOUSE_BIN"] = str(build / "bin/gatehouse")  # read by the next import
    sys.path += [str(TESTS / "fault"), str(TESTS / "api")]
    import gatehouse
    import places

    figures = []

    def note(name, value, unit, reference, ratio, mark):
        met = None if mark is None else ratio <= mark[1] if mark[0] == "<=" else ratio >= mark[1]
        figures.append({"name": name, "value": round(value, 3), "unit": unit,
                        "reference": round(reference, 3), "ratio": round(ratio, 3),
                        "mark": None if mark is None else mark[1], "met": met})
        verdict = "" if met is None else f"   {'met' if met else 'MISSED'}: {mark[0]} {mark[1]}"
        print(f"{name:44}{value:10.2f} {unit:10}{reference:10.2f} without{ratio:7.2f}{verdict}",
              flush=True)

    with places.Server(plugins=TRAIL) as own, places.Server(plugins=NO_TRAIL) as other:
        compare(note, "SQLite", Side(own), Side(other), options.rounds)
    with contextlib.ExitStack() as stack:
        sides = []
        for plugins in (TRAIL, NO_TRAIL):
            cluster = stack.enter_context(places.durable_cluster())
            sides.append(Side(stack.enter_context(places.Server([cluster], plugins=plugins))))
        compare(note, "PostgreSQL", *sides, options.rounds)
    with gatehouse.Installation(plugins=TRAIL) as installation:
        verify_long_trail(note, installation, str(build / "tests/audit_raw"), options.events)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"figures": figures}), encoding="utf-8")


if __name__ == "__main__":
    main()
