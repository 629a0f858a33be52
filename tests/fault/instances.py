"""Three servers on one database: what ends on one must end on all, within the bound on staleness that
security.md 12 sets, whatever happens to notifications, to a server, or to the database.

SPDX-License-Identifier: Apache-2.0
"""

import base64
import contextlib
import dataclasses
import itertools
import signal
import threading
import time

import gatehouse
from places import PLUGINS, Server, durable_cluster, processes_of, signal_all, wait_until

BOUND_S = 2.0  # a request that begins later than this after an end is never let in
PASSWORD = "nine lives of a cat 1"
ME = "/v1/users/me"


@dataclasses.dataclass(frozen=True)
class Way:
    """In: what is asked for, with which credential, and how it is refused when that has ended."""

    authorization: str
    target: str = ME
    refusal: int = 401


class Person:
    """A user of their own, with a session and an API token, and who shares notes with another."""

    _numbers = itertools.count()

    def __init__(self, server):
        self._admin = server.client()
        self.name = f"person{next(self._numbers)}"
        user = self._make_user(self.name)
        self.id = user["id"]
        self.own = gatehouse.Client(server.url, self.name, PASSWORD)
        opened = _made(
            gatehouse.Client(server.url),
            "/v1/sessions",
            {"username": self.name, "password": PASSWORD},
        )
        token = _made(self.own, f"{ME}/tokens", {"title": "for a test"})
        self.token_id = token["id"]
        grantee = self._make_user(f"grantee-of-{self.name}")
        grant = {"grantee": grantee["id"], "scopes": ["data:read"]}
        self.grant_id = _made(self.own, f"{ME}/grants", grant)["id"]
        self.ways = {
            "session": Way(f"Bearer {opened['access_token']}"),
            "API token": Way(f"Bearer {token['token']}"),
            "password": Way(_basic(self.name)),
            "grant": Way(_basic(grantee["username"]), f"/users/{user['number']}/notes", 404),
        }

    def _make_user(self, name):
        return _made(self._admin, "/v1/users", {"username": name, "password": PASSWORD})

    def end_session(self):
        """By who has it."""
        client = gatehouse.Client(self.own.address.geturl())
        client.headers["Authorization"] = self.ways["session"].authorization
        _expect(client.delete("/v1/sessions/current"), 204)
        return ["session"]

    def revoke_token(self):
        _expect(self.own.delete(f"{ME}/tokens/{self.token_id}"), 204)
        return ["API token"]

    def revoke_grant(self):
        _expect(self.own.delete(f"{ME}/grants/{self.grant_id}"), 204)
        return ["grant"]

    def deactivate(self):
        _expect(self._admin.patch(f"/v1/users/{self.id}", {"active": False}), 200)
        return ["session", "API token", "password", "grant"]

    def change_password(self):
        body = {"current_password": PASSWORD, "new_password": PASSWORD[::-1]}
        _expect(self.own.send("PUT", f"{ME}/password", body), 204)
        return ["session", "password"]


ENDS = (
    Person.end_session,
    Person.revoke_token,
    Person.revoke_grant,
    Person.deactivate,
    Person.change_password,
)


def _basic(name):
    return "Basic " + base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()


def _made(client, path, body):
    reply = client.post(path, body)
    _expect(reply, 201)
    return reply.json


def _expect(reply, status):
    assert reply.status == status, f"{status} was expected: {reply}"


def _ask(server, way):
    """The status of a GET, and when it was sent."""
    client = gatehouse.Client(server.url)
    client.headers["Authorization"] = way.authorization
    began = time.monotonic()
    return client.get(way.target).status, began


class Watch:
    """Asks each server again and again until each refuses it. Use it in a `with`."""

    def __init__(self, servers, way):
        self._servers = servers
        self._way = way
        self._stopping = threading.Event()
        self.last_let_in = 0.0  # the beginning of the last request that was
        self.refused_by = set()
        self.odd = []
        self._threads = [
            threading.Thread(target=self._ask_on, args=(place,)) for place in range(len(servers))
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _ask_on(self, place):
        while not self._stopping.wait(0.02):
            status, began = _ask(self._servers[place], self._way)
            if status == 200:
                self.last_let_in = max(self.last_let_in, began)
                self.refused_by.discard(place)
            elif status == self._way.refusal:
                self.refused_by.add(place)
            elif status != 503:
                self.odd.append(status)

    def is_refused_by_all(self):
        return len(self.refused_by) == len(self._servers)


def _end_on_the_first(report, servers, title):
    worst = 0.0
    for end in ENDS:
        person = Person(servers[0])
        for name, way in person.ways.items():
            for server in servers:
                assert _ask(server, way)[0] == 200, f"the {name} does not hold anywhere"
        with contextlib.ExitStack() as stack:
            watches = {
                name: stack.enter_context(Watch(servers, way))
                for name, way in person.ways.items()
            }
            ended = end(person)
            at = time.monotonic()
            for name in ended:
                wait_until(
                    watches[name].is_refused_by_all,
                    f"after {end.__name__} the {name} is not refused everywhere",
                )
            time.sleep(0.2)  # nobody comes back to it
        for name in ended:
            late = watches[name].last_let_in - at
            worst = max(worst, late)
            assert late <= BOUND_S, f"after {end.__name__} the {name} held for {late:.2f} s"
        for name, watch in watches.items():
            assert not watch.odd, f"{name}: {watch.odd[:3]}"
    report.say(title, f"{len(ENDS)} ways to end, on all within {max(worst, 0):.2f} s")


@contextlib.contextmanager
def _deaf(cluster):
    """Whoever listens for notifications is thrown out again and again."""
    stopping = threading.Event()

    def throw_out():
        while not stopping.wait(0.05):
            cluster.psql(
                "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%'"
            )

    thread = threading.Thread(target=throw_out)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _suspended(report, servers):
    """What ends while a server sleeps has ended when it wakes: its first answers."""
    person = Person(servers[0])
    sleeper = servers[-1]
    for way in person.ways.values():
        assert _ask(sleeper, way)[0] == 200
    answers = {}
    threads = []
    signal_all([sleeper.pid], signal.SIGSTOP)
    try:
        person.deactivate()
        time.sleep(BOUND_S + 1)
        for name, way in person.ways.items():
            ask = lambda name=name, way=way: answers.update({name: _ask(sleeper, way)[0]})
            threads.append(threading.Thread(target=ask))
            threads[-1].start()
        time.sleep(0.2)  # they wait at its door
    finally:
        signal_all([sleeper.pid], signal.SIGCONT)
    for thread in threads:
        thread.join()
    wanted = {name: way.refusal for name, way in person.ways.items()}
    assert answers == wanted, f"a server that slept answered {answers}"
    report.say("a server that slept", f"answers {answers} when it wakes")


def _away(report, cluster, servers):
    """Without the database nobody is let in for longer than the bound."""
    person = Person(servers[0])
    for server in servers:
        for way in person.ways.values():
            assert _ask(server, way)[0] == 200
    pids = processes_of(cluster)
    signal_all(pids, signal.SIGSTOP)
    try:
        time.sleep(BOUND_S + 0.5)
        answers = {
            name: {_ask(server, way)[0] for server in servers}
            for name, way in person.ways.items()
        }
    finally:
        signal_all(pids, signal.SIGCONT)
    assert all(statuses == {503} for statuses in answers.values()), f"database away: {answers}"
    for server in servers:
        for name, way in person.ways.items():
            wait_until(
                lambda server=server, way=way: _ask(server, way)[0] == 200,
                f"the {name} does not hold again",
            )
    report.say("the database away for longer", "503 on all, and 200 when it is back")


def instances(report, terms):
    plugins = PLUGINS + "  managed_users: {}\n" + gatehouse.fixture("notes")
    settings = {"plugins": plugins, "storage__time_limit": 1}
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(durable_cluster())
        servers = [stack.enter_context(Server([cluster], **settings))]
        for _ in range(2):
            servers.append(
                stack.enter_context(Server([cluster], folder=servers[0].folder, **settings))
            )
        for _ in range(max(1, terms.crashes // 20)):
            _end_on_the_first(report, servers, "with notifications")
            with _deaf(cluster):
                _end_on_the_first(report, servers, "listeners thrown out")
        _suspended(report, servers)
        _away(report, cluster, servers)
