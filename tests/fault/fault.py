#!/usr/bin/env python3
"""Breaks the database, and the server, under clients that write and read, and looks at what they see.

    fault.py [--long] [--list] [SCENARIO...]     all scenarios without one

Exit code 77: all that was asked for was skipped. --long: more requests, more rounds, and the
bounds of a quiet machine. SPDX-License-Identifier: Apache-2.0
"""

import argparse
import pathlib
import signal
import subprocess
import sys
import time
import traceback

sys.path.append(str(pathlib.Path(__file__).resolve().parent))

import full_disk  # noqa: E402
import instances  # noqa: E402
import lost_database  # noqa: E402
import managed_crash  # noqa: E402
import own_crash  # noqa: E402
import pooler  # noqa: E402
import refresh_crash  # noqa: E402
from ledger import WrongAnswer  # noqa: E402
from places import postgresql  # noqa: E402
from report import Report, Skipped, Terms  # noqa: E402

SKIPPED = 77

SCENARIOS = {
    "kill_backend": lost_database.kill_backend,
    "restart": lost_database.restart,
    "frozen": lost_database.frozen,
    "failover": lost_database.failover,
    "pooler": pooler.pooler,
    "instances": instances.instances,
    "full_disk_sqlite": full_disk.sqlite,
    "full_disk_postgresql": full_disk.postgresql_tablespace,
    "own_crash_sqlite": own_crash.sqlite,
    "own_crash_postgresql": own_crash.on_postgresql,
    "refresh_crash_sqlite": refresh_crash.sqlite,
    "refresh_crash_postgresql": refresh_crash.on_postgresql,
    "managed_crash_sqlite": managed_crash.sqlite,
    "managed_crash_postgresql": managed_crash.on_postgresql,
}


def in_private_mounts(name, is_long):
    """Once more, where a mount is nobody else's concern. The exit code."""
    tried = subprocess.run(
        ["unshare", "--mount", "true"], capture_output=True, text=True, check=False
    )
    if tried.returncode != 0:
        raise Skipped(f"a small disk cannot be mounted here: {tried.stderr.strip()}")
    words = [sys.executable, "-B", __file__, *(["--long"] if is_long else []), "--inside", name]
    return subprocess.run(["unshare", "--mount", *words], check=False).returncode


def run(name, is_long, is_inside):
    """None, or what the scenario ended with: "failed" or "skipped"."""
    scenario = SCENARIOS[name]
    began = time.monotonic()
    report = Report(name)
    try:
        if getattr(scenario, "needs_mounts", False) and not is_inside:
            sys.stdout.flush()
            return {0: None, SKIPPED: "skipped"}.get(in_private_mounts(name, is_long), "failed")
        scenario(report, Terms.long() if is_long else Terms.short())
    except (Skipped, postgresql.NotInstalled) as skipped:
        print(f"{name}: skipped, {skipped}", flush=True)
        return "skipped"
    except Exception as error:
        report.show(time.monotonic() - began)
        if not isinstance(error, (AssertionError, WrongAnswer)):
            traceback.print_exc(file=sys.stdout)
        print(f"  FAILED: {type(error).__name__}: {error}", flush=True)
        return "failed"
    report.show(time.monotonic() - began)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("scenario", nargs="*", metavar="SCENARIO")
    words = parser.parse_args()
    # Whoever ends us waits until what was started is gone.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if words.list:
        print("\n".join(SCENARIOS))
        return 0
    unknown = [name for name in words.scenario if name not in SCENARIOS]
    if unknown:
        parser.error(f"there is no scenario {unknown[0]}: {', '.join(SCENARIOS)}")
    ends = {n: run(n, words.long, words.inside) for n in words.scenario or SCENARIOS}
    failed = [name for name, end in ends.items() if end == "failed"]
    if len(ends) > 1:
        skipped = sum(end == "skipped" for end in ends.values())
        names = f" ({', '.join(failed)})" if failed else ""
        print(f"{len(ends)} scenarios, {len(failed)} failed{names}, {skipped} skipped")
    if failed:
        return 1
    return SKIPPED if all(end == "skipped" for end in ends.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
