"""What the scenarios break: servers of Gatehouse, of PostgreSQL and of pgbouncer, each in folders of
its own and gone at the end. Only what was started here is ever killed.

SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "api"))
import gatehouse  # noqa: E402
import postgresql  # noqa: E402

DATABASE = "gatehouse"
PATIENCE_S = 60
# For servers that are killed more than a hundred times in an hour: a process that dies gives none of
# the attempts back that it had counted.
UNTHROTTLED = {"plugins__users__config__throttle__enabled": "false"}
PLUGINS = "  accounts: {}\n  users: {}\n  tokens: {}\n  audit: {}\n"


class Server(gatehouse.Server):
    """On a file, or on the PostgreSQL servers `at` (postgresql.Address), which share a port."""

    def __init__(self, at=(), file=None, folder=None, plugins=PLUGINS, **http):
        self._at = at
        self._file = file
        quiet = {
            "GATEHOUSE_OBSERVABILITY__LOG_REQUESTS": "false",
            **{f"GATEHOUSE_{key.upper()}": str(value) for key, value in http.items()},
        }
        super().__init__(
            plugins, environment={**gatehouse.ADMIN_ENVIRONMENT, **quiet}, folder=folder
        )
        if at and folder is None:
            done = self.run("keys", "init")
            if done.returncode != 0:
                raise RuntimeError(f"gatehouse keys init: {done.stderr}")

    def storage(self):
        if not self._at:
            path = self._file or self.folder / "gatehouse.sqlite"
            return f"  engine: sqlite\n  folder: {self.folder}\n  sqlite:\n    path: {path}\n"
        server = {
            "hosts": [one.host for one in self._at],
            "port": self._at[0].port,
            "user": self._at[0].user,
            "dbname": DATABASE,
        }
        return (
            f"  engine: postgresql\n  folder: {self.folder}\n  postgresql: {json.dumps(server)}\n"
        )


@contextlib.contextmanager
def _running(cluster):
    try:
        yield cluster.start()
    finally:
        if cluster.pid() is not None:
            signal_all(processes_of(cluster), signal.SIGCONT)  # what is frozen does not end
        cluster.stop("immediate")


@contextlib.contextmanager
def durable_cluster(tables=None):
    """What it says to have committed is on the disk. `tables`: the folder of the database's own, when
    they are not to be with the rest."""
    with _running(postgresql.Cluster(durable=True)) as cluster:
        if tables is None:
            cluster.create_database(DATABASE)
        else:
            cluster.psql(
                f"create tablespace apart location '{tables}'",
                f"create database {DATABASE} tablespace apart",
            )
        yield cluster


@contextlib.contextmanager
def standby_of(primary):
    """One that follows it by streaming, and that the primary's commits wait for from now on."""
    with tempfile.TemporaryDirectory(prefix=postgresql.PREFIX) as folder:
        give_to_owner(folder)
        data = pathlib.Path(folder) / "data"
        run_as_owner(
            postgresql.programs() / "pg_basebackup",
            *("-h", primary.host, "-p", primary.port, "-U", primary.user),
            *("-D", data, "-X", "stream", "-c", "fast", "-R"),
        )
        with _running(postgresql.Cluster(data=data, durable=True)) as standby:
            primary.psql("alter system set synchronous_standby_names = '*'")
            primary.psql("select pg_reload_conf()")
            wait_until(
                lambda: primary.psql("select sync_state from pg_stat_replication").strip() == "sync",
                "the standby does not follow",
            )
            yield standby


class Pgbouncer(postgresql.Address):
    """In transaction mode before a cluster, with a few connections of its own to it."""

    CONNECTIONS = 3

    def __init__(self, cluster):
        super().__init__(tempfile.mkdtemp(prefix=postgresql.PREFIX, dir="/tmp"), cluster.port)
        self._process = None
        settings = pathlib.Path(self.host) / "pgbouncer.ini"
        settings.write_text(
            "[databases]\n"
            f"{DATABASE} = host={cluster.host} port={cluster.port} user={self.user}\n"
            "[pgbouncer]\n"
            "pool_mode = transaction\n"
            f"default_pool_size = {self.CONNECTIONS}\n"
            "max_client_conn = 500\n"
            "listen_addr =\n"
            f"listen_port = {self.port}\n"
            f"unix_socket_dir = {self.host}\n"
            f"logfile = {self.host}/pgbouncer.log\n"
            "auth_type = any\n"
            # Else it says no for 15 s when the database was away for a moment.
            "server_login_retry = 0.1\n",
            encoding="utf-8",
        )
        give_to_owner(self.host)

    def __enter__(self):
        words = [*owner_words(), "pgbouncer", "-q", f"{self.host}/pgbouncer.ini"]
        try:
            self._process = subprocess.Popen(
                words, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
            wait_until(lambda: answers(self), "pgbouncer does not answer")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.host, ignore_errors=True)


def owner_words():
    """Before a command that refuses to run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


def give_to_owner(folder):
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def run_as_owner(*words):
    done = subprocess.run(
        [*owner_words(), *(str(word) for word in words)],
        cwd="/",
        env=postgresql.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]}: {done.stdout.strip()}")


def wait_until(condition, complaint, patience=PATIENCE_S):
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(complaint)
        threading.Event().wait(0.02)


# The database as seen from outside: some lines of its protocol, for psql takes too long to start.


def answers(address, statement="select 1"):
    """The one value that the statement answers, or None when there is no answer now."""
    try:
        with socket.socket(socket.AF_UNIX) as channel:
            channel.settimeout(1)
            channel.connect(f"{address.host}/.s.PGSQL.{address.port}")
            words = ["user", address.user, "database", DATABASE, ""]
            start = struct.pack("!i", 3 << 16) + b"".join(w.encode() + b"\0" for w in words)
            channel.sendall(struct.pack("!i", len(start) + 4) + start)
            _until_ready(channel)
            query = statement.encode() + b"\0"
            channel.sendall(b"Q" + struct.pack("!i", len(query) + 4) + query)
            return _until_ready(channel)
    except OSError:
        return None


def takes_writes(address):
    return answers(address, "select not pg_is_in_recovery()") == "t"


def _until_ready(channel):
    value = None
    while True:
        head = _exactly(channel, 5)
        body = _exactly(channel, struct.unpack("!i", head[1:])[0] - 4)
        match head[:1]:
            case b"E":
                raise OSError("refused")
            case b"D":
                value = body[6:].decode()  # after the number of columns and the length of the first
            case b"Z":
                return value


def _exactly(channel, size):
    data = b""
    while len(data) < size:
        part = channel.recv(size - len(data))
        if not part:
            raise OSError("closed")
        data += part
    return data


class Outage:
    """Looks for a database from the fault on until it takes writes. Threads: one of its own."""

    def __init__(self, address):
        self._address = address
        self.back = None
        self._thread = threading.Thread(target=self._look)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._thread.join()

    def _look(self):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if takes_writes(self._address):
                self.back = time.monotonic()
                return
            threading.Event().wait(0.01)


# Processes of a cluster.


def processes_of(cluster):
    """The first one and all it has started."""
    first = cluster.pid()
    children = []
    for task in pathlib.Path(f"/proc/{first}/task").glob("*/children"):
        children += [int(pid) for pid in task.read_text(encoding="utf-8").split()]
    return [first, *children]


def signal_all(pids, number):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def kill_for_good(cluster):
    """As a machine that loses its power: nobody says good-bye."""
    first, *others = processes_of(cluster)
    signal_all([first], signal.SIGSTOP)  # it would start new ones in the place of the killed
    signal_all([*others, first], signal.SIGKILL)
    wait_until(lambda: cluster.pid() is None, "PostgreSQL survives being killed")
