"""The real program for tests: its own folder, a free port, and a client that keeps nothing.

GATEHOUSE_BIN names the program and GATEHOUSE_FIXTURES the folder of the plugins that exist for
tests; without them those of build/dev are taken. With GATEHOUSE_TEST_POSTGRESQL, which tells how a
server of tests/postgresql.py is reached, every installation has a database on that.
SPDX-License-Identifier: Apache-2.0
"""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests"))
import postgresql  # noqa: E402

PROGRAM = os.environ.get("GATEHOUSE_BIN", str(ROOT / "build/dev/bin/gatehouse"))
FIXTURES = pathlib.Path(
    os.environ.get("GATEHOUSE_FIXTURES", ROOT / "build/dev/tests/fixtures/plugins")
)
ADMIN_PASSWORD = "correct horse battery staple"
ADMIN_ENVIRONMENT = {"GATEHOUSE_ADMIN_PASSWORD": ADMIN_PASSWORD}
FIRST_PLUGIN_LINE = 8  # of the configuration that an Installation writes
PATIENCE_S = 60  # for a start or a stop on a busy machine

_address_file = os.environ.get("GATEHOUSE_TEST_POSTGRESQL")
POSTGRESQL = postgresql.Address.noted_in(_address_file) if _address_file else None
sqlite_only = unittest.skipIf(POSTGRESQL, "is about the file of SQLite")
postgresql_only = unittest.skipUnless(POSTGRESQL, "is about PostgreSQL")


class Reply:
    """One answer: status, headers (lower-case names, all values), body."""

    def __init__(self, response, body):
        self.status = response.status
        self.header_lists = {}
        for name, value in response.getheaders():
            self.header_lists.setdefault(name.lower(), []).append(value)
        self.body = body

    def header(self, name):
        return ", ".join(self.header_lists.get(name.lower(), []))

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:2000]!r}"


class Client:
    """Sends requests as somebody; a new connection for each."""

    def __init__(self, url, username=None, password=None):
        self.address = urllib.parse.urlsplit(url)
        self.headers = {}
        if username is not None:
            pair = f"{username}:{password}".encode()
            self.headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()

    def send(self, method, target, body=None, headers=None):
        """`body`: bytes as they are, or anything else as JSON."""
        sent = dict(self.headers)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        connection = http.client.HTTPConnection(
            self.address.hostname, self.address.port, timeout=PATIENCE_S
        )
        try:
            connection.request(method, target, body, sent)
            response = connection.getresponse()
            return Reply(response, response.read())
        finally:
            connection.close()

    def get(self, target, **parameters):
        if parameters:
            target += "?" + urllib.parse.urlencode(parameters)
        return self.send("GET", target)

    def post(self, target, body):
        return self.send("POST", target, body)

    def patch(self, target, body):
        return self.send("PATCH", target, body)

    def delete(self, target):
        return self.send("DELETE", target)


def fixture(name, **config):
    """The lines under `plugins` for a plugin of tests/fixtures/plugins."""
    settings = json.dumps({"path": str(FIXTURES / f"{name}.so"), "config": config})
    return f"  {name}: {settings}\n"


class Installation:
    """A folder with a configuration, and the program run over it. Use it in a `with`."""

    def __init__(self, plugins="  users: {}\n", environment=None, folder=None):
        """`folder`: another installation's, to share its database."""
        self._folder = None if folder else tempfile.TemporaryDirectory(prefix="gatehouse-test-")
        self.folder = folder or pathlib.Path(self._folder.name)
        self.config = self.folder / "gatehouse.yaml"
        self.config.write_text(
            f"http:\n  port: 0\nstorage:\n{self.storage()}plugins:\n{plugins}", encoding="utf-8"
        )
        self.environment = ADMIN_ENVIRONMENT if environment is None else environment
        if POSTGRESQL and folder is None:
            POSTGRESQL.create_database(self.database)
            # With a configuration of its own: that of the test may be wrong on purpose.
            master_file = {"GATEHOUSE_KEYS__MASTER_FILE": str(self.folder / "master.key")}
            words = [PROGRAM, "keys", "init"]
            subprocess.run(words, env=master_file, stdout=subprocess.DEVNULL, check=True)

    @property
    def database(self):
        """On PostgreSQL: that of whoever has the same folder."""
        return self.folder.name

    def storage(self):
        """The lines of the section; as many on either engine."""
        if not POSTGRESQL:
            return f"  engine: sqlite\n  sqlite:\n    path: {self.folder / 'gatehouse.sqlite'}\n"
        server = {
            "hosts": [POSTGRESQL.host],
            "port": POSTGRESQL.port,
            "user": POSTGRESQL.user,
            "dbname": self.database,
        }
        return (
            f"  engine: postgresql\n  folder: {self.folder}\n  postgresql: {json.dumps(server)}\n"
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._folder is not None:
            if POSTGRESQL:
                POSTGRESQL.drop_database(self.database)
            self._folder.cleanup()

    def process_environment(self):
        """Of this process, but for what configures Gatehouse."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GATEHOUSE_")}
        return {**kept, "GATEHOUSE_CONFIG": str(self.config), **self.environment}

    def run(self, *words, answer="", output=subprocess.PIPE):
        """Runs `gatehouse WORDS` to its end, with one line of input (None: not even that).

        What the program logged is apart: a dict a line in .log, and not in .stderr.
        """
        done = subprocess.run(
            [PROGRAM, *words, *self._developing(words)],
            env=self.process_environment(),
            input="" if answer is None else answer + "\n",
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        lines = done.stderr.splitlines(keepends=True)
        done.log = [json.loads(line) for line in lines if line.startswith("{")]
        done.stderr = "".join(line for line in lines if not line.startswith("{"))
        return done

    @staticmethod
    def _developing(words):
        # Whoever builds the plugins may change them; unless told, the program loads no such plugin.
        loads_none = not words or words[0] in ("plugins", "keys", "--help", "--version")
        return () if loads_none else ("--developing",)


class Server(Installation):
    """`gatehouse serve` over an installation. Use it in a `with`, or start() and close()."""

    def __init__(self, plugins="  users: {}\n", environment=None, folder=None):
        super().__init__(plugins, environment, folder)
        self.url = None
        self.lines = []  # what came on standard error, as it came
        self.records = []  # the log, one dict a line
        self.output = b""
        self._process = None
        self._readers = []
        self._may_read = threading.Event()
        self._may_read.set()
        self._kept = None  # a connection that stays

    def __enter__(self):
        try:
            return self.start()
        except AssertionError:
            super().close()
            raise

    def __exit__(self, kind, *_):
        self.close(expect_success=kind is None)

    def close(self, expect_success=True):
        """stop(), and the folder goes."""
        try:
            self.stop(expect_success)
        finally:
            super().close()

    @property
    def pid(self):
        return self._process.pid

    def memory(self, name):
        """In MiB: "VmRSS", or "VmHWM", the most that was resident at a time."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) / 1024

    def pause_reading(self):
        """The log is read no further: soon the pipe is full."""
        self._may_read.clear()

    def go_on_reading(self):
        self._may_read.set()

    def keep_alive_get(self, target):
        """The status, over one connection that stays."""
        if self._kept is None:
            address = self.anonymous().address
            self._kept = http.client.HTTPConnection(
                address.hostname, address.port, timeout=PATIENCE_S
            )
        self._kept.request("GET", target)
        response = self._kept.getresponse()
        response.read()
        return response.status

    def ended(self):
        """Nothing while it runs."""
        code = self._process.poll()
        return None if code is None else f"ended with {code}"

    @contextlib.contextmanager
    def beginning(self):
        """The process, without waiting until it serves."""
        self._launch()
        try:
            yield self
        finally:
            if self._process is not None:
                self.stop(expect_success=False)

    def start(self):
        ready = self._launch()
        try:
            self.url = ready.get(timeout=PATIENCE_S)
        except queue.Empty:
            self.url = None
        if self.url is None:
            self.stop(expect_success=False)
            raise AssertionError(f"the server does not serve: {self.records}")
        return self

    def _launch(self):
        words = ("serve",)
        self._process = subprocess.Popen(
            [PROGRAM, *words, *self._developing(words)],
            env=self.process_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        ready = queue.Queue()

        def read_log():
            for line in self._process.stderr:
                self._may_read.wait(PATIENCE_S)
                self.lines.append(line)
                try:
                    record = json.loads(line)
                except ValueError:
                    record = {"event": "", "message": line.decode(errors="replace")}
                self.records.append(record)
                if record.get("event") == "serving":
                    ready.put(record["message"])
            ready.put(None)

        def read_output():
            for line in self._process.stdout:
                self.output += line

        self._readers = [threading.Thread(target=target) for target in (read_log, read_output)]
        for reader in self._readers:
            reader.start()
        return ready

    def signal(self):
        """SIGTERM, without waiting for what comes of it."""
        self._process.send_signal(signal.SIGTERM)

    def kill(self):
        """SIGKILL, as a crash would."""
        self._process.kill()
        return self.wait()

    def stop(self, expect_success=True):
        """SIGTERM, and the exit code."""
        if self._process is None:
            return None
        self.signal()
        code = self.wait()
        if expect_success and code != 0:
            raise AssertionError(f"the server ended with {code}: {self.records[-5:]}")
        return code

    def wait(self):
        """The exit code, when the process has ended (minus a signal's number if that ended it)."""
        try:
            code = self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._may_read.set()
        for reader in self._readers:
            reader.join()
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        self._process.stdout.close()
        self._process.stderr.close()
        self._process = None
        return code

    def client(self, username="admin", password=ADMIN_PASSWORD):
        return Client(self.url, username, password)

    def anonymous(self):
        return Client(self.url)

    def logged(self, event):
        return [record for record in list(self.records) if record.get("event") == event]

    def wait_for_log(self, event, source=None):
        def find():
            found = (r for r in self.logged(event) if source in (None, r.get("source")))
            return next(found, None)

        return self.wait_for(find, f"no {event} in the log")

    def wait_for_output(self, pattern):
        return self.wait_for(
            lambda: re.search(pattern, self.output), f"nothing like {pattern} was printed"
        )

    @staticmethod
    def wait_for(find, complaint):
        """What `find` finds, as soon as that is something."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            found = find()
            if found:
                return found
            threading.Event().wait(0.02)
        raise AssertionError(complaint)
