"""Our own server is killed between taking a refresh token and answering: the client, who knows only
the token that was taken, must come back in with it (security.md 11).

SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import http.client
import random
import sqlite3
import threading
import time

import gatehouse
from places import DATABASE, UNTHROTTLED, Server, durable_cluster

CLIENTS = 4
# The rotations that were committed, past all of our code.
COUNT_ROTATIONS = {
    "sqlite": """
        create table counted (session text not null);
        create trigger counted_rotation after update on tokens_session
          when old.generation <> new.generation begin
          insert into counted values (new.id);
        end;""",
    "postgresql": """
        create table counted (session text not null);
        create function count_rotation() returns trigger language plpgsql as $$ begin
          insert into counted values (new.id); return null; end $$;
        create trigger counted_rotation after update on tokens_session
          for each row when (old.generation <> new.generation)
          execute function count_rotation();""",
}


class Holder:
    """A session, and the refresh token that its client knows."""

    def __init__(self, server, name):
        body = {"username": name, "password": gatehouse.ADMIN_PASSWORD}
        reply = gatehouse.Client(server.url).post("/v1/sessions", body)
        assert reply.status == 201, reply
        self.known = reply.json["refresh_token"]
        self.answered = 0

    def refresh(self, server):
        """False: no answer came, so the next try is with the same token."""
        try:
            reply = gatehouse.Client(server.url).post(
                "/v1/sessions/refresh", {"refresh_token": self.known}
            )
        except (http.client.HTTPException, OSError):
            return False
        assert reply.status == 200, f"a client that never lost a token is out: {reply}"
        self.known = reply.json["refresh_token"]
        self.answered += 1
        return True


def sqlite(report, terms):
    with Server(**UNTHROTTLED) as server:

        def count():
            with contextlib.closing(sqlite3.connect(server.folder / "gatehouse.sqlite")) as database:
                return database.execute("select count(*) from counted").fetchone()[0]

        with contextlib.closing(sqlite3.connect(server.folder / "gatehouse.sqlite")) as database:
            database.executescript(COUNT_ROTATIONS["sqlite"])
        _crash_again_and_again(report, terms, server, count)


def on_postgresql(report, terms):
    with durable_cluster() as cluster, Server([cluster], **UNTHROTTLED) as server:
        cluster.psql(COUNT_ROTATIONS["postgresql"], database=DATABASE)

        def count():
            return int(cluster.psql("select count(*) from counted", database=DATABASE))

        _crash_again_and_again(report, terms, server, count)


def _crash_again_and_again(report, terms, server, count):
    holders = [Holder(server, "admin") for _ in range(CLIENTS)]
    unanswered = 0
    for _ in range(terms.crashes):
        answered = sum(holder.answered for holder in holders)
        committed = count()
        wrong = []

        def go_on(holder, wrong=wrong):
            try:
                while holder.refresh(server):
                    pass
            except AssertionError as error:
                wrong.append(error)

        threads = [threading.Thread(target=go_on, args=(holder,)) for holder in holders]
        for thread in threads:
            thread.start()
        time.sleep(random.uniform(0.05, 0.3))
        server.kill()
        for thread in threads:
            thread.join()
        if wrong:
            raise wrong[0]
        answered = sum(holder.answered for holder in holders) - answered
        unanswered += count() - committed - answered
        server.start()
        for holder in holders:
            assert holder.refresh(server), "the server does not answer"
    report.say("crashes", f"{terms.crashes}, each under {CLIENTS} clients that refresh")
    report.say("rotations", f"{count()} committed, {unanswered} of them without an answer")
    report.say("clients", "all of them came back in with the token they knew")
