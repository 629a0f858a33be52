"""Our own server is killed while it writes, and started again on what is there.

SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import random
import sqlite3
import time

from ledger import Ledger
from load import Load, all_users
from places import DATABASE, UNTHROTTLED, Server, durable_cluster

# A name is reserved and its user stored in one transaction; the admin has both like everybody.
HALF_STORED = (
    "select count(*) from users_user where not exists"
    " (select 1 from users_name where users_name.user_number = users_user.number)"
)


# Counts, in the transactions themselves and past all of our code, what is committed.
COUNT_CHANGES = {
    "sqlite": """
        create table counted (action text not null);
        create trigger counted_made after insert on users_user begin
          insert into counted values ('user.created');
        end;
        create trigger counted_changed after update on users_user
          when old.description <> new.description begin
          insert into counted values ('user.updated');
        end;""",
    "postgresql": """
        create table counted (action text not null);
        create function count_change() returns trigger language plpgsql as $$ begin
          insert into counted values (tg_argv[0]); return null; end $$;
        create trigger counted_made after insert on users_user
          for each row execute function count_change('user.created');
        create trigger counted_changed after update on users_user
          for each row when (old.description <> new.description)
          execute function count_change('user.updated');""",
}


def sqlite(report, terms):
    with Server(**UNTHROTTLED) as server:

        def ask(statement):
            with contextlib.closing(sqlite3.connect(server.folder / "gatehouse.sqlite")) as database:
                return [row[0] for row in database.execute(statement)]

        def check():
            assert ask("pragma integrity_check") == ["ok"], "the file is broken"
            assert not ask("pragma foreign_key_check"), "a foreign key points nowhere"

        with contextlib.closing(sqlite3.connect(server.folder / "gatehouse.sqlite")) as database:
            database.executescript(COUNT_CHANGES["sqlite"])
        _crash_again_and_again(report, terms, server, ask, check)


def on_postgresql(report, terms):
    with durable_cluster() as cluster, Server([cluster], **UNTHROTTLED) as server:

        def ask(statement):
            return [int(line) for line in cluster.psql(statement, database=DATABASE).split()]

        cluster.psql(COUNT_CHANGES["postgresql"], database=DATABASE)
        _crash_again_and_again(report, terms, server, ask, lambda: None)


class Trail:
    """What the audit trail says, beside what was counted."""

    def __init__(self, server, ask):
        self._server = server
        self._ask = ask
        self._before = {action: self._told(action) for action in ("user.created", "user.updated")}

    def _told(self, action):
        return self._ask(f"select count(*) from audit_event where action = '{action}'")[0]

    def check(self):
        """Returns how many events there are; the last word is that of `gatehouse audit verify`."""
        total = 0
        for action, before in self._before.items():
            told = self._told(action) - before
            counted = self._ask(f"select count(*) from counted where action = '{action}'")[0]
            assert told == counted, f"{counted} x {action} were committed, {told} are in the trail"
            total += told
        done = self._server.run("audit", "verify")
        assert done.returncode == 0, f"gatehouse audit verify: {done.stdout}{done.stderr}"
        return total


def _crash_again_and_again(report, terms, server, ask, check):
    """`ask(statement)`: the first column of its rows."""
    trail = Trail(server, ask)
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
        check()
        half = ask(HALF_STORED)[0]
        assert half == 0, f"{half} users are stored by half"
        events = trail.check()
        if crash % compare_each == 0:
            stored = ledger.compare(all_users(server))
    counts = ", ".join(f"{n} x {status or 'broken'}" for status, n in sorted(statuses.items()))
    report.say("crashes", f"{terms.crashes}, and serving again after {slowest_start:.2f} s at most")
    report.say("answers", f"{counts}; {retried} writes came through after a 503")
    report.say("trail", f"{events} changes committed, as many events; the chains are whole")
    report.say("stored", f"{stored}; the database is whole")
