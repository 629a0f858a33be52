"""Our own server is killed while managed users are deleted and handed over: each is gone with all
that was theirs, or somebody's own, or as before; and what was answered has happened.

SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import http.client
import random
import re
import sqlite3
import threading
import time

import gatehouse
from places import DATABASE, PLUGINS, UNTHROTTLED, Server, durable_cluster

BATCH = 8  # users who are deleted in each round, and as many who are handed over
ALL_PLUGINS = PLUGINS + "  managed_users: {}\n"
NO_LIMIT = {"plugins__users__config__handovers_per_hour": 0, **UNTHROTTLED}
PASSWORD = "a violet heron by the lake 7"

# Users who are neither as they were nor as they should have become, one statement for each way.
TORN = {
    "grants of nobody": "select count(*) from managed_users_grant where not exists"
    " (select 1 from users_user where number = owner)",
    "codes of nobody": "select count(*) from users_code where not exists"
    " (select 1 from users_user where number = user_number)",
    "invitations of nobody": "select count(*) from users_handover where not exists"
    " (select 1 from users_user where number = user_number)",
    "gone, and not remembered": "select count(*) from seen where"
    " not exists (select 1 from users_user where users_user.number = seen.number) and"
    " not exists (select 1 from users_deleted where users_deleted.number = seen.number)",
    "managed, and with a password": "select count(*) from users_user where manager is not null and"
    " exists (select 1 from users_credential where user_number = number)",
    "managed, and with a name": "select count(*) from users_user where manager is not null and"
    " (username is not null or exists (select 1 from users_name where user_number = number))",
    "their own, and without a password": "select count(*) from users_user, seen where"
    " users_user.number = seen.number and manager is null and not exists"
    " (select 1 from users_credential where user_number = users_user.number)",
    "their own, and without a name": "select count(*) from users_user, seen where"
    " users_user.number = seen.number and manager is null and (username is null or not exists"
    " (select 1 from users_name where user_number = users_user.number))",
    "their own, and still invited": "select count(*) from users_user, users_handover where"
    " users_user.number = users_handover.user_number and manager is null",
    "their own, and the manager's grants go on": "select count(*) from managed_users_grant,"
    " users_user where owner = users_user.number and manager is null and confirmed",
}


def sqlite(report, terms):
    with Server(plugins=ALL_PLUGINS, **NO_LIMIT) as server:

        def ask(statement):
            file = server.folder / "gatehouse.sqlite"
            with contextlib.closing(sqlite3.connect(file)) as database, database:
                return [row[0] for row in database.execute(statement)]

        _crash_again_and_again(report, terms, server, ask)


def on_postgresql(report, terms):
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(durable_cluster())
        server = stack.enter_context(Server([cluster], plugins=ALL_PLUGINS, **NO_LIMIT))

        def ask(statement):
            said = cluster.psql(statement, database=DATABASE).split()
            return [int(line) for line in said if line.isdigit()]

        _crash_again_and_again(report, terms, server, ask)


class Fates:
    """Users whom a manager looks after, who are about to be deleted or handed over."""

    def __init__(self, server, ask, grantee, name):
        self._server = server
        self._manager = server.client()
        self._grantee = grantee
        self.to_delete = [self._managed() for _ in range(BATCH)]
        self.to_hand_over = {self._managed(): f"{name}-{i}" for i in range(BATCH)}
        for number in [*self.to_delete, *self.to_hand_over]:
            ask(f"insert into seen values ({number})")
        for number, heir in self.to_hand_over.items():
            body = {"email": f"{heir}@example.org", "username": heir}
            reply = self._manager.post(f"/v1/managed-users/{number}/handover", body)
            assert reply.status == 202, reply
        self._codes = {heir: self._code_of(heir) for heir in self.to_hand_over.values()}
        self.deleted = set()  # as far as was answered
        self.handed_over = set()

    def _managed(self):
        reply = self._manager.post("/v1/managed-users", {"first_name": "Kim", "last_name": "Lee"})
        assert reply.status == 201, reply
        number = reply.json["number"]
        body = {"grantee": self._grantee, "scopes": ["data:read"]}
        given = self._manager.post(f"/v1/users/{number}/grants", body)
        assert given.status == 201, given
        return number

    def _code_of(self, heir):
        def find():
            for letter in (self._server.folder / "outbox").glob("*.eml"):
                text = letter.read_text(encoding="utf-8")
                if f"{heir}@example.org" in text:
                    return re.search(r"/v1/password-resets/([0-9A-Za-z]+)", text)[1]
            return None

        return self._server.wait_for(find, f"no letter to {heir}")

    def delete_all(self):
        """False: no answer came."""
        for number in self.to_delete:
            reply = self._manager.delete(f"/v1/managed-users/{number}")
            assert reply.status in (204, 404), reply
            self.deleted.add(number)

    def hand_all_over(self):
        client = self._server.anonymous()
        for number, heir in self.to_hand_over.items():
            body = {"code": self._codes[heir], "new_password": PASSWORD}
            reply = client.post("/v1/password-resets/confirm", body)
            assert reply.status == 204, reply
            self.handed_over.add(number)


def _go_on(work, wrong):
    try:
        work()
    except (http.client.HTTPException, OSError):
        pass  # the server was killed
    except AssertionError as error:
        wrong.append(error)


def _is_managed(ask, number):
    """None: there is no such user."""
    found = ask(f"select coalesce(manager, 0) from users_user where number = {number}")
    return bool(found[0]) if found else None


def _crash_again_and_again(report, terms, server, ask):
    ask("create table seen (number bigint not null)")
    friend = {"username": "friend", "password": PASSWORD}
    grantee = server.client().post("/v1/users", friend).json["number"]
    deleted, handed_over, undone = 0, 0, 0
    for crash in range(terms.crashes):
        fates = Fates(server, ask, grantee, f"heir{crash}")
        wrong = []
        threads = [
            threading.Thread(target=_go_on, args=(work, wrong))
            for work in (fates.delete_all, fates.hand_all_over)
        ]
        for thread in threads:
            thread.start()
        time.sleep(random.uniform(0.01, 0.25))
        server.kill()
        for thread in threads:
            thread.join()
        if wrong:
            raise wrong[0]
        server.start()
        for complaint, statement in TORN.items():
            torn = ask(statement)[0]
            assert torn == 0, f"{torn} users are torn: {complaint}"
        for number in fates.to_delete:
            is_managed = _is_managed(ask, number)
            assert number not in fates.deleted or is_managed is None, f"{number} is back"
            deleted += is_managed is None
            undone += is_managed is True
        for number in fates.to_hand_over:
            is_managed = _is_managed(ask, number)
            assert number not in fates.handed_over or is_managed is False, f"{number} went back"
            handed_over += is_managed is False
            undone += is_managed is True
    verified = server.run("audit", "verify")
    assert verified.returncode == 0, f"gatehouse audit verify: {verified.stdout}{verified.stderr}"
    report.say("crashes", f"{terms.crashes}, each while {BATCH} go and {BATCH} become their own")
    report.say("users", f"{deleted} gone, {handed_over} their own, {undone} as they were")
