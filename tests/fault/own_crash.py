"""Our own server is killed while it writes, and started again on what is there.

SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import random
import sqlite3
import time

from ledger import Ledger
from load import Load, all_users
from places import DATABASE, Server, durable_cluster

# A name is reserved and its user stored in one transaction; the admin has both like everybody.
HALF_STORED = (
    "select count(*) from users_user where not exists"
    " (select 1 from users_name where users_name.user_number = users_user.number)"
)


def sqlite(report, terms):
    def check(server):
        with contextlib.closing(sqlite3.connect(server.folder / "gatehouse.sqlite")) as database:
            told = database.execute("pragma integrity_check").fetchall()
            broken = database.execute("pragma foreign_key_check").fetchall()
            half = database.execute(HALF_STORED).fetchone()[0]
        assert told == [("ok",)] and not broken, f"the file is broken: {told} {broken}"
        assert half == 0, f"{half} users are stored by half"

    with Server() as server:
        _crash_again_and_again(report, terms, server, check)


def on_postgresql(report, terms):
    with durable_cluster() as cluster, Server([cluster]) as server:

        def check(_):
            half = int(cluster.psql(HALF_STORED, database=DATABASE))
            assert half == 0, f"{half} users are stored by half"

        _crash_again_and_again(report, terms, server, check)


def _crash_again_and_again(report, terms, server, check):
    ledger = Ledger()
    statuses = {}
    slowest_start = 0.0
    retried = 0
    compare_each = max(1, terms.crashes // 10)  # walking all that was ever written takes longer
    for crash in range(1, terms.crashes + 1):
        with Load([server], ledger, writers=8, readers=3, pause=0, may_break=True) as load:
            load.run_for(random.uniform(0.1, 0.6))
            server.kill()
            killed = time.monotonic()
        load.complain()
        late = [s for s in load.seen() if s.status == 0 and s.at < killed - 1]
        assert not late, f"{len(late)} connections broke before the server was killed"
        for status, count in load.statuses().items():
            statuses[status] = statuses.get(status, 0) + count
        retried += load.retried
        began = time.monotonic()
        server.start()
        slowest_start = max(slowest_start, time.monotonic() - began)
        check(server)
        if crash % compare_each == 0:
            stored = ledger.compare(all_users(server))
    counts = ", ".join(f"{n} x {status or 'broken'}" for status, n in sorted(statuses.items()))
    report.say("crashes", f"{terms.crashes}, and serving again after {slowest_start:.2f} s at most")
    report.say("answers", f"{counts}; {retried} writes came through after a 503")
    report.say("stored", f"{stored}; the database is whole")
