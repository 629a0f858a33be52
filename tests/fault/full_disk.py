"""A disk that is full, and then is not any more. SPDX-License-Identifier: Apache-2.0"""

import contextlib
import pathlib
import subprocess
import tempfile
import time

from load import Load, all_users
from places import Server, durable_cluster, give_to_owner, wait_until
from report import Skipped, longest_allowed


@contextlib.contextmanager
def _small_disk():
    """A folder that holds 32 MB. Only this process and its children see it: fault.py has given
    them mounts of their own."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-disk-") as folder:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=32m,mode=700", "gatehouse-fault", folder],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Skipped(f"a small disk cannot be mounted here: {done.stderr.strip()}")
        try:
            yield pathlib.Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def _fill(folder):
    """Until not a byte more goes in."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)
    return ballast


def sqlite(report, terms):
    with _small_disk() as disk, Server(file=disk / "gatehouse.sqlite") as server:
        _fill_under_load(report, terms, server, disk)


sqlite.needs_mounts = True


def postgresql_tablespace(report, terms):
    """The tables of the database, but not its log: without that PostgreSQL ends itself, and what
    then happens is the scenario of a restart."""
    with _small_disk() as disk:
        tables = disk / "tables"
        tables.mkdir(mode=0o700)
        for folder in (disk, tables):
            give_to_owner(folder)
        with durable_cluster(tables=tables) as cluster, Server([cluster]) as server:
            _fill_under_load(report, terms, server, disk)


postgresql_tablespace.needs_mounts = True


def _fill_under_load(report, terms, server, disk):
    with Load([server], pause=terms.pause) as load:
        load.run_for(terms.settle)
        began = time.monotonic()
        ballast = _fill(disk)
        wait_until(
            lambda: load.wrong or any(s.status == 503 and s.at > began for s in load.seen("write")),
            "writes go on although the disk is full",
        )
        full = time.monotonic()
        load.run_for(terms.settle)
        emptied = time.monotonic()
        ballast.unlink()

        refused = [s for s in load.seen("read") if s.status != 200 and full < s.at < emptied]
        reads = load.rate(full, emptied, "read")
        report.say(
            "while full",
            f"{load.rate(full, emptied, 'write'):.0f} writes/s and {reads:.0f} reads/s succeeded, "
            f"{len(refused)} reads did not",
        )
        report.recovered(load, began, emptied, terms)
    load.complain()
    report.saw(load, longest_allowed())
    report.compared(load.ledger, all_users(server))
    if refused or reads < load.rate(began - terms.settle + 0.5, began, "read") / 2:
        raise AssertionError("reads did not go on while the disk was full")
