#!/usr/bin/env python3
"""What the storage layer costs over raw sqlite3 and raw libpq, beside the marks.

Runs the loads of storage_bench.cpp, those on PostgreSQL against a private server with fsync on; where
commits need not be synced, the database has synchronous_commit off. With one connection the client
and the server share one core, since waking each other across cores costs more than what is measured;
with eight they have all. SPDX-License-Identifier: Apache-2.0
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import postgresql  # noqa: E402


def run(program, load, where, cores):
    """The figures of one load."""
    os.sched_setaffinity(0, cores)
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(
            [program, load, "--json", file.name],
            env={**os.environ, **({"GATEHOUSE_TEST_POSTGRESQL": where} if where else {})},
            check=True,
        )
        return json.load(file)["figures"]


def run_on_postgresql(program, load, synced, cores):
    os.sched_setaffinity(0, cores)  # the server inherits it
    with postgresql.Cluster(durable=True) as cluster, tempfile.NamedTemporaryFile() as where:
        cluster.create_database("bench")
        if not synced:
            cluster.psql("alter database bench set synchronous_commit = off")
        cluster.note_in(where.name)
        return run(program, load, where.name, cores)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release", metavar="DIR")
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    program = pathlib.Path(options.build) / "tests/storage_bench"
    all_cores = os.sched_getaffinity(0)
    one_core = {max(all_cores)}
    figures = run(program, "sqlite", None, all_cores)
    for load, synced, cores in (
        ("postgresql-reads", False, one_core),
        ("postgresql-8", False, all_cores),
        ("postgresql-writes", False, one_core),
        ("postgresql-synced-writes", True, all_cores),
    ):
        figures += run_on_postgresql(program, load, synced, cores)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"figures": figures}), encoding="utf-8")


if __name__ == "__main__":
    main()
