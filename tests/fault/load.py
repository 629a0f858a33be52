"""Clients that write and read without pause, check each answer, and keep what they saw.

SPDX-License-Identifier: Apache-2.0
"""

import bisect
import collections
import contextlib
import http.client
import itertools
import json
import threading
import time
import urllib.parse

from ledger import Ledger, WrongAnswer

WINDOW_S = 0.5  # in which a rate is measured
FULL = 0.8  # of the rate before the fault counts as all of it
RETRY_AFTER_S = 0.05
PATIENCE_S = 60

# What was answered: when, to what, with what, after how long. Status 0: the connection broke.
Seen = collections.namedtuple("Seen", "at kind status seconds")


class Connection:
    """One that stays, to one server, as the admin; made again when it breaks."""

    def __init__(self, client):
        """`client`: a gatehouse.Client, for its address and headers."""
        self._client = client
        self._connection = None

    def send(self, method, target, body=None, key=None):
        """The status and the decoded body; 0 and None when the connection broke."""
        headers = dict(self._client.headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        try:
            if self._connection is None:
                address = self._client.address
                self._connection = http.client.HTTPConnection(
                    address.hostname, address.port, timeout=PATIENCE_S
                )
            self._connection.request(
                method, target, None if body is None else json.dumps(body), headers
            )
            response = self._connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text else None
        except (http.client.HTTPException, OSError):
            self.close()
            return 0, None

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Load:
    """Use it in a `with`: the clients work inside it. All clients spread over `servers`.

    `pause`: seconds a client waits after each answer. With some, the rate is what the clients want
    and not what a busy machine happens to give; without, it is all that the server can do.
    `may_break`: the servers themselves are killed, so connections break too.
    """

    _prefixes = itertools.count()

    def __init__(self, servers, ledger=None, writers=8, readers=6, pause=0.05, may_break=False):
        self.ledger = ledger or Ledger()
        self._prefix = f"w{next(self._prefixes)}"
        self._servers = servers
        self._pause = pause
        self._may_break = may_break
        self._stopping = threading.Event()
        self._seen = []  # one list a client, so that none waits for another
        self._ready = []  # (time, status) of /health/ready, as often as it changed
        self.wrong = []
        self.retried = 0  # writes that were acknowledged after one 503 or more
        self._threads = [threading.Thread(target=self._watch_health)]
        for i in range(writers):
            self._threads.append(threading.Thread(target=self._work, args=(self._writer, i)))
        for i in range(readers):
            work = self._lister if i == 0 else self._reader
            self._threads.append(threading.Thread(target=self._work, args=(work, i)))

    def __enter__(self):
        self.began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def run_for(self, seconds):
        """Unless a client has something to complain about already."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.wrong:
            self._stopping.wait(0.05)
        self.complain()

    def complain(self):
        if self.wrong:
            raise WrongAnswer("; ".join([*self.wrong[:3], *self._log_of_wrong_answers()]))

    def _log_of_wrong_answers(self):
        """What the servers said that is not said of a database that is away."""
        return [
            f"log: {record['event']}: {record['message']}"
            for server in self._servers
            for record in list(server.records)
            if record.get("level") == "error" and not record["event"].startswith("storage_")
        ][:3]

    # What was seen.

    def seen(self, kind=None):
        return sorted(s for one in self._seen for s in list(one) if kind in (None, s.kind))

    def successes(self, begin, end, kind=None):
        return sum(200 <= s.status < 300 and begin <= s.at < end for s in self.seen(kind))

    def rate(self, begin, end, kind=None):
        return self.successes(begin, end, kind) / (end - begin)

    def full_again(self, back, before, kind=None):
        """Seconds from `back` to the first window of the full rate, or None."""
        good = [s.at for s in self.seen(kind) if 200 <= s.status < 300]
        end = time.monotonic()
        begin = back
        while begin + WINDOW_S <= end:
            count = bisect.bisect(good, begin + WINDOW_S) - bisect.bisect(good, begin)
            if count / WINDOW_S >= FULL * before:
                return begin - back
            begin += 0.02
        return None

    def statuses(self):
        return dict(sorted(collections.Counter(s.status for s in self.seen()).items()))

    def longest(self, kind=None):
        return max((s.seconds for s in self.seen(kind)), default=0.0)

    def ready_since(self, moment):
        """How /health/ready went on from then, in words."""
        before = [status for at, status in self._ready if at <= moment]
        changes = [f"{status} after {at - moment:.2f} s" for at, status in self._ready if at > moment]
        return ", ".join([str(before[-1]) if before else "nothing", *changes])

    # What the clients do.

    def _work(self, work, number):
        connection = Connection(self._servers[number % len(self._servers)].client())
        seen = []
        self._seen.append(seen)

        def ask(kind, *words, **more):
            """One request; what is neither success nor 503 is for the caller to judge."""
            begin = time.monotonic()
            status, body = connection.send(*words, **more)
            end = time.monotonic()
            seen.append(Seen(end, kind, status, end - begin))
            if status == 0 and not (self._may_break or self._stopping.is_set()):
                raise WrongAnswer(f"the connection broke: {words[0]} {words[1]}")
            if status not in (0, 503):
                self._stopping.wait(self._pause)
            return status, body

        try:
            work(number, ask)
        except WrongAnswer as wrong:
            self.wrong.append(str(wrong))
        except Exception as broken:  # a thread that ends in silence would look like success
            self.wrong.append(f"{type(broken).__name__}: {broken}")
        finally:
            connection.close()

    def _writer(self, number, ask):
        mine = collections.deque(maxlen=50)
        for count in itertools.count():
            if self._stopping.is_set():
                return
            if mine and count % 3 == 2:
                mine.rotate(1)
                self._change(mine[0], ask)
            else:
                user = self.ledger.new_user(f"{self._prefix}-{number}-{count:06}")
                # Every second client has a key, with which it may send again what it likes.
                self._make(user, ask, user.name if number % 2 else None)
                if user.id is not None:
                    mine.append(user)

    def _make(self, user, ask, key):
        for attempt in itertools.count():
            status, shown = ask("write", "POST", "/v1/users", body=user.body(), key=key)
            if status == 201:
                user.check(shown, 0)
                self.retried += attempt > 0
                return self.ledger.acknowledge(user, shown["id"])
            if status == 409 and attempt > 0 and key is None:
                return None  # an earlier try was stored, whatever its answer was
            self._wait_to_retry(status, shown, f"POST {user.name}, try {attempt + 1}")
            if self._stopping.is_set():
                return None

    def _change(self, user, ask):
        user.tried += 1
        body = {"description": str(user.tried)}
        for attempt in itertools.count():
            status, shown = ask("write", "PATCH", f"/v1/users/{user.id}", body=body)
            if status == 200:
                user.check(shown, user.tried)
                self.retried += attempt > 0
                user.acknowledged = user.tried
                return
            self._wait_to_retry(status, shown, f"PATCH {user.name}, try {attempt + 1}")
            if self._stopping.is_set():
                return

    def _reader(self, _, ask):
        while not self._stopping.is_set():
            user = self.ledger.any_known()
            if user is None:
                self._stopping.wait(RETRY_AFTER_S)
                continue
            at_least = user.acknowledged
            status, shown = ask("read", "GET", f"/v1/users/{user.id}")
            if status == 200:
                user.check(shown, at_least)
            else:
                self._wait_to_retry(status, shown, f"GET {user.name}")

    def _lister(self, _, ask):
        while not self._stopping.is_set():
            user = self.ledger.any_known()
            if user is None:
                self._stopping.wait(RETRY_AFTER_S)
                continue
            at_least = user.acknowledged
            target = "/v1/users?" + urllib.parse.urlencode({"username": user.name})
            status, shown = ask("read", "GET", target)
            if status == 200:
                if len(shown["items"]) != 1:
                    raise WrongAnswer(f"the list of {user.name} has {len(shown['items'])} users")
                user.check(shown["items"][0], at_least)
            else:
                self._wait_to_retry(status, shown, f"list of {user.name}")

    def _wait_to_retry(self, status, body, what):
        if status not in (0, 503):
            raise WrongAnswer(f"{what}: {status} {body}")
        self._stopping.wait(RETRY_AFTER_S)

    def _watch_health(self):
        connection = Connection(self._servers[0].anonymous())
        while not self._stopping.is_set():
            status, _ = connection.send("GET", "/health/ready")
            if not self._ready or self._ready[-1][1] != status:
                self._ready.append((time.monotonic(), status))
            self._stopping.wait(RETRY_AFTER_S)
        connection.close()


def all_users(server):
    """By walking the whole list; the database has to be there."""
    connection = Connection(server.client())
    found = []
    target = "/v1/users?" + urllib.parse.urlencode({"limit": 200})
    with contextlib.closing(connection):
        while target:
            status, page = connection.send("GET", target)
            if status != 200:
                raise WrongAnswer(f"after all is over, the list of users is answered {status}")
            found += page["items"]
            target = page["next"] and "/v1/users?" + urllib.parse.urlencode(
                {"limit": 200, "cursor": page["next"]}
            )
    return found
