#!/usr/bin/env python3
"""A private PostgreSQL server: without systemd, reached by a Unix socket, and gone at the end.

    postgresql.py available           exit code 77 and a word, when its programs are not installed
    postgresql.py start FILE          makes one, and notes in FILE how it is reached
    postgresql.py stop FILE           stops it, and removes it and FILE
    postgresql.py run FOLDER COMMAND  runs a command over one whose data stay in FOLDER, stops it
                                      after; the command finds it by GATEHOUSE_STORAGE__... variables

FILE names it for tests in GATEHOUSE_TEST_POSTGRESQL. Root runs the server as the user postgres, for
it refuses to be root. SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import dataclasses
import fcntl
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

USER = "gatehouse"  # the cluster's superuser, and the name of the database of `run`
SKIPPED = 77
PREFIX = "gatehouse-pg-"
PATIENCE_S = 60

# Nothing of a test's server has to survive, and its tests are quick. There are many of them at once.
VOLATILE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "1s",  # a test may replace all rows a thousand times in a minute
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "300",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "max_connections": "100"}


class NotInstalled(Exception):
    """There is no PostgreSQL server on this machine."""


def programs():
    """The folder of the server's programs: of the newest version that is installed."""
    versions = sorted(
        pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3])
    )
    found = str(versions[-1]) if versions else shutil.which("initdb")
    if not found or not shutil.which("psql"):
        raise NotInstalled("no PostgreSQL server here: apt-get install postgresql")
    return pathlib.Path(found).resolve().parent


def environment():
    """Of this process, without what libpq would take from it."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")}


@dataclasses.dataclass
class Address:
    """How a cluster is reached, by its superuser and without a password."""

    host: str  # the folder of its socket
    port: int
    user: str = USER

    def psql(self, *statements, database="postgres"):
        """Runs each statement by itself. The rows as lines, their columns divided by |."""
        words = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.host, "-p", str(self.port)]
        words += ["-U", self.user, "-d", database]
        for statement in statements:
            words += ["-c", statement]
        done = subprocess.run(
            words,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr.strip()}")
        return done.stdout

    def create_database(self, name):
        self.psql(f'create database "{name}"')

    def drop_database(self, name):
        """Whoever is connected to it is thrown out."""
        self.psql(f'drop database if exists "{name}" with (force)')

    def note_in(self, file):
        """One NAME=VALUE a line; the tests in C++ read it too."""
        lines = "".join(f"{k}={v}\n" for k, v in dataclasses.asdict(self).items())
        pathlib.Path(file).write_text(lines, encoding="utf-8")

    @classmethod
    def noted_in(cls, file):
        lines = pathlib.Path(file).read_text(encoding="utf-8").splitlines()
        noted = dict(line.split("=", 1) for line in lines)
        return cls(noted["host"], int(noted["port"]), noted["user"])


class Cluster(Address):
    """A server of one's own. start() it and stop() it, or use it in a `with`.

    `data`: the folder of its data, which stay; None: a folder of its own that goes with it.
    `durable`: whether what it said to have committed survives a crash of the machine.
    `tcp`: listens on `tcp_port` of 127.0.0.1 too, which is the socket's port as well.
    `settings`: more lines of postgresql.conf, which win.
    """

    def __init__(self, data=None, durable=False, tcp=False, settings=None):
        self.programs = programs()
        # A socket's path has room for a hundred bytes: no folder of the user's will do.
        folder = tempfile.mkdtemp(prefix=PREFIX, dir="/tmp")
        super().__init__(folder, _free_port() if tcp else 5432)
        self.log = pathlib.Path(folder) / "server.log"
        self._is_private = data is None
        self.data = pathlib.Path(folder) / "data" if data is None else pathlib.Path(data).resolve()
        self._settings = {
            **(DURABLE if durable else VOLATILE),
            "listen_addresses": "127.0.0.1" if tcp else "",
            "port": self.port,
            "unix_socket_directories": folder,
            "shared_buffers": "64MB",
            "timezone": "UTC",
            "lc_messages": "C",
            **(settings or {}),
        }
        self._owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        self._give_to_owner(folder)

    @classmethod
    def left_in(cls, folder):
        """One that another process has made there, to stop it."""
        cluster = cls.__new__(cls)
        Address.__init__(cluster, folder, 0)
        cluster.programs = programs()
        cluster.data = pathlib.Path(folder) / "data"
        cluster._is_private = True
        cluster._owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        return cluster

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Until it answers. Data that are there are taken as they are."""
        try:
            if not (self.data / "PG_VERSION").exists():
                self._make()
            elif self.pid() is not None:  # of somebody who could not stop it
                self._control("stop", "-m", "fast")
            self.configure()
            self._control("start", "-l", str(self.log))
        except BaseException:
            self.stop("immediate")
            raise
        return self

    def stop(self, mode="fast"):
        """"immediate" is a crash. Leaves the data alone that were given to it."""
        if self.pid() is not None:
            self._control("stop", "-m", "immediate" if self._is_private else mode)
        shutil.rmtree(self.host, ignore_errors=True)

    def crash(self):
        """Ends as by a power cut of the server alone; start() goes on with what was on the disk."""
        self._control("stop", "-m", "immediate")

    def restart(self, mode="fast"):
        self._control("restart", "-m", mode, "-l", str(self.log))

    def pid(self):
        """Of its first process, or None when it does not run."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
            # The number may be another's by now.
            runs_there = pathlib.Path(f"/proc/{pid}/cwd").resolve() == self.data
        except (OSError, ValueError, IndexError):
            return None
        return pid if runs_there else None

    def configure(self, **settings):
        """Writes postgresql.conf; what is changed later is taken by restart()."""
        self._settings.update(settings)
        lines = "".join(f"{name} = '{value}'\n" for name, value in self._settings.items())
        (self.data / "postgresql.conf").write_text(lines, encoding="utf-8")

    def _make(self):
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._give_to_owner(self.data)
        words = ["initdb", "-D", str(self.data), "-U", self.user, "-A", "trust", "-E", "UTF8"]
        words += ["--locale=C.UTF-8"]
        self._run(words + ([] if self._settings["fsync"] == "on" else ["--no-sync"]))

    def _control(self, verb, *words):
        self._run(["pg_ctl", "-D", str(self.data), "-w", "-s", verb, *words])

    def _run(self, words):
        as_owner = []
        if self._owner is not None:
            as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
            if not self._is_private:
                # The data may stand below folders that are closed to that user.
                as_owner += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        done = subprocess.run(
            [*as_owner, str(self.programs / words[0]), *words[1:]],
            cwd="/",  # the server's user need not see ours
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=2 * PATIENCE_S,
            check=False,
        )
        if done.returncode != 0:
            text = done.stdout.strip()
            with contextlib.suppress(OSError):
                text += "\n" + self.log.read_text(encoding="utf-8")[-2000:]
            raise RuntimeError(f"{words[0]}: {text}")

    def _give_to_owner(self, folder):
        if self._owner is not None:
            os.chown(folder, self._owner.pw_uid, self._owner.pw_gid)


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def start(file):
    stop(file)  # of a run that broke off
    cluster = Cluster()
    cluster.note_in(file)  # before it runs: whoever ends us now leaves nothing for ever
    cluster.start()


def stop(file):
    if not os.path.exists(file):
        return
    folder = Address.noted_in(file).host
    if pathlib.Path(folder).name.startswith(PREFIX) and os.path.isdir(folder):
        Cluster.left_in(folder).stop()
    os.unlink(file)


def run(folder, command):
    """The command's exit code. Ctrl-C reaches it by itself; what ends us ends it first."""
    pathlib.Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)  # held until the process ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"error: another server runs on {folder}")
    child = None

    def pass_on(number, _):
        if child is None:
            raise SystemExit(128 + number)
        if number != signal.SIGINT:
            child.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    with Cluster(data=pathlib.Path(folder) / "data", durable=True) as cluster:
        if not cluster.psql(f"select 1 from pg_database where datname = '{USER}'"):
            cluster.create_database(USER)
        prefix = "GATEHOUSE_STORAGE__POSTGRESQL__"
        address = {"HOSTS": cluster.host, "PORT": str(cluster.port), "USER": cluster.user}
        address["DBNAME"] = USER
        child = subprocess.Popen(
            command,
            env={
                **environment(),
                "GATEHOUSE_STORAGE__ENGINE": "postgresql",
                **{prefix + name: value for name, value in address.items()},
            },
        )
        code = child.wait()
    return code if code >= 0 else 128 - code


def main(words):
    try:
        match words:
            case ["available"]:
                programs()
            case ["start", file]:
                start(file)
            case ["stop", file]:
                stop(file)
            case ["run", folder, *command] if command:
                return run(folder, command)
            case _:
                sys.exit(__doc__)
    except NotInstalled as missing:
        print(missing)
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
