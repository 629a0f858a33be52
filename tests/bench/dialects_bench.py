#!/usr/bin/env python3
"""What all four dialects together add to a server: to the time it takes to start, and to its memory.

Two servers, one with the identity plugins and one with the dialects beside them, start in turns over
databases that are there already; ratios are medians over the rounds. Memory is what is resident when
the server says that it serves, and again after it has answered a request of each mount.
SPDX-License-Identifier: Apache-2.0
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
MARK = 1.25
IDENTITY = "  accounts: {}\n  audit: {}\n  managed_users: {}\n  tokens: {}\n  users: {}\n"
MOUNTS = {
    "flexmeasures": "/api/v3_0",
    "soltra_edge": "/api",
    "sweatstack": "/api/v1",
    "wotkit": "/wotkit/api",
}
DIALECTS = "".join(f"  {name}: {{mount: {mount}}}\n" for name, mount in MOUNTS.items())
RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)


class Started:
    """A server that is started again and again, and what each start cost."""

    def __init__(self, server):
        self._server = server
        self.start_ms, self.serving_kib, self.answering_kib = [], [], []
        server.start()  # makes the database
        server.stop()

    def measure(self):
        began = time.perf_counter()
        self._server.start()
        self.start_ms.append((time.perf_counter() - began) * 1e3)
        self.serving_kib.append(self._resident_kib())
        client = self._server.client()
        for mount in ("/v1", *MOUNTS.values()):
            client.get(mount + "/users")
        self.answering_kib.append(self._resident_kib())
        self._server.stop()

    def _resident_kib(self):
        status = pathlib.Path(f"/proc/{self._server.pid}/status").read_text(encoding="ascii")
        return int(RESIDENT.search(status)[1])

    def close(self):
        self._server.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release", metavar="DIR")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    build = pathlib.Path(options.build).resolve()
    os.environ["GATEHOUSE_BIN"] = str(build / "bin/gatehouse")  # read by the next import
    sys.path.append(str(TESTS / "api"))
    import gatehouse

    figures = []

    def note(name, unit, values, references):
        ratio = statistics.median(a / b for a, b in zip(values, references))
        value, reference = statistics.median(values), statistics.median(references)
        met = ratio <= MARK
        figures.append({"name": name, "value": round(value, 3), "unit": unit,
                        "reference": round(reference, 3), "ratio": round(ratio, 3),
                        "mark": MARK, "met": met})
        print(f"{name:44}{value:10.1f} {unit:4}{reference:10.1f} {unit:4} without"
              f"{value - reference:+9.1f}{ratio:7.2f}   {'met' if met else 'MISSED'}: <= {MARK}",
              flush=True)

    plain = Started(gatehouse.Server(IDENTITY))
    both = Started(gatehouse.Server(IDENTITY + DIALECTS))
    try:
        for _ in range(options.rounds):
            plain.measure()
            both.measure()
    finally:
        plain.close()
        both.close()
    note("four dialects: start", "ms", both.start_ms, plain.start_ms)
    note("four dialects: memory when it serves", "KiB", both.serving_kib, plain.serving_kib)
    note("four dialects: memory after requests", "KiB", both.answering_kib, plain.answering_kib)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"figures": figures}), encoding="utf-8")


if __name__ == "__main__":
    main()
