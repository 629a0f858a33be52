"""The host as operators meet it: its own routes, request ids, shutting down, two hosts, the log.

SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import tempfile
import threading
import unittest

import gatehouse
from gatehouse import fixture
from users_case import UsersCase


class BareHostTest(UsersCase):
    """A host without any plugin answers what is its own, and nothing else."""

    PLUGINS = ""

    def get(self, target):
        return self.server.anonymous().get(target)

    def test_what_users_would_answer_is_not_found(self):
        for method in ("GET", "POST", "DELETE"):
            for target in ("/v1/users", "/v1/users/me", "/v1/roles"):
                with self.subTest(method=method, target=target):
                    self.assert_problem(
                        self.server.client().send(method, target), 404, "not_found"
                    )
        self.assertNotIn("/v1/users", self.get("/openapi.json").json["paths"])

    def test_health(self):
        for target in ("/health/live", "/health/ready"):
            reply = self.get(target)
            self.assertEqual((reply.status, reply.json), (200, {"status": "ok"}), target)
            self.assertEqual(reply.header("Cache-Control"), "no-store")

    def test_metrics_and_details_are_on_the_main_port_while_that_is_loopback(self):
        reply = self.get("/metrics")
        self.assertEqual(reply.status, 200)
        self.assertTrue(reply.header("Content-Type").startswith("text/plain; version=0.0.4"))
        before = self.count(reply, "4xx")
        self.assertEqual(self.get("/nowhere").status, 404)
        self.assertEqual(self.count(self.get("/metrics"), "4xx"), before + 1)
        details = self.get("/health/details").json
        self.assertTrue(details["ready"])
        self.assertEqual(
            [(part["part"], part["ready"]) for part in details["parts"]],
            [("database", True), ("server", True)],
        )

    @staticmethod
    def count(metrics, status_class):
        sample = rf'^gatehouse_http_requests_total{{status="{status_class}"}} (\d+)$'
        return int(re.search(sample, metrics.body.decode(), re.MULTILINE).group(1))

    def test_head_is_get_without_the_body(self):
        for target in ("/health/live", "/openapi.json", "/nowhere"):
            with self.subTest(target):
                head, nothing = self.raw(f"HEAD {target} HTTP/1.1")
                whole, body = self.raw(f"GET {target} HTTP/1.1")
                self.assertEqual(nothing, b"")
                self.assertIn(f"Content-Length: {len(body)}", whole)
                varying = ("Date: ", "X-Request-Id: ", "Content-Length: ")
                self.assertEqual(
                    [line for line in head if not line.startswith(varying)],
                    [line for line in whole if not line.startswith(varying)],
                )
                if target != "/nowhere":  # there the body holds the request's id
                    self.assertIn(f"Content-Length: {len(body)}", head)

    def raw(self, first_line):
        """Status and header lines, and the body, as they came over a connection of its own."""
        address = self.server.client().address
        with socket.create_connection(
            (address.hostname, address.port), gatehouse.PATIENCE_S
        ) as connection:
            connection.sendall(f"{first_line}\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            with connection.makefile("rb") as stream:
                head, _, body = stream.read().partition(b"\r\n\r\n")
        return head.decode().split("\r\n"), body

    def test_what_a_path_allows(self):
        everything = self.server.anonymous()
        allowed = everything.send("OPTIONS", "/health/live")
        self.assertEqual((allowed.status, allowed.body), (204, b""))
        self.assertEqual(allowed.header("Allow"), "GET, HEAD, OPTIONS")
        for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
            with self.subTest(method):
                refused = everything.send(method, "/health/live")
                self.assert_problem(refused, 405, "method_not_allowed")
                self.assertEqual(refused.header("Allow"), "GET, HEAD, OPTIONS")
        self.assert_problem(everything.send("OPTIONS", "/nowhere"), 404, "not_found")

    def test_a_method_that_nobody_knows(self):
        reply = self.server.anonymous().send("BREW", "/health/live")
        problem = self.assert_problem(reply, 501, "method_not_implemented")
        self.assertEqual(problem["title"], "The request cannot be read")
        request_id = reply.header("X-Request-Id")
        record = self.server.wait_for(
            lambda: [r for r in self.server.logged("request") if r["request_id"] == request_id],
            "the request is not in the log",
        )[0]
        self.assertEqual((record["status"], record["remote_address"]), (501, "127.0.0.1"))
        self.assertFalse({"method", "route", "user", "message"} & set(record), record)

    def test_a_request_id_is_kept_unless_it_is_hostile(self):
        def sent(value):
            reply = self.server.anonymous().send(
                "GET", "/health/live", headers={"X-Request-Id": value}
            )
            self.assertEqual(reply.status, 200, value)
            self.assertEqual(len(reply.header_lists["x-request-id"]), 1)
            return reply.header("X-Request-Id")

        for value in ("a", "Trace_1.2-3", "x" * 128):
            self.assertEqual(sent(value), value)
        made = set()
        hostile = ("", "x" * 129, "two words", 'a"b', "a,b", "<script>", "a\tb", b"caf\xc3\xa9")
        for value in hostile:
            answered = sent(value)
            self.assertRegex(answered, r"^[A-Za-z0-9]{10}-\d+$", value)
            made.add(answered)
        self.assertEqual(len(made), len(hostile))


class OperatorPortTest(unittest.TestCase):
    TARGETS = ("/metrics", "/health/details")

    def test_with_an_address_of_its_own(self):
        environment = {"GATEHOUSE_OBSERVABILITY__ADDRESS": "127.0.0.1:0"}
        with gatehouse.Server(plugins=fixture("plain"), environment=environment) as server:
            operator = gatehouse.Client(server.wait_for_log("observing")["message"])
            for target in self.TARGETS:
                self.assertEqual(operator.get(target).status, 200, target)
                self.assertEqual(server.anonymous().get(target).status, 404, target)
                self.assertNotIn(target, server.anonymous().get("/openapi.json").json["paths"])
            self.assertEqual(operator.get("/health/live").status, 404)
            parts = [part["part"] for part in operator.get("/health/details").json["parts"]]
            self.assertEqual(parts, ["database", "server", "plugin plain"])

    def test_strangers_do_not_see_them(self):
        for environment in (
            {"GATEHOUSE_HTTP__ADDRESS": "0.0.0.0"},
            # A proxy on this machine would show them to everybody.
            {"GATEHOUSE_HTTP__PUBLIC_URL": "https://id.example.com"},
            {"GATEHOUSE_HTTP__TRUSTED_PROXIES": "127.0.0.1"},
        ):
            with self.subTest(environment):
                with gatehouse.Server(plugins="", environment=environment) as server:
                    here = gatehouse.Client(server.url.replace("0.0.0.0", "127.0.0.1"))
                    self.assertEqual(here.get("/health/ready").status, 200)
                    for target in self.TARGETS:
                        self.assertEqual(here.get(target).status, 404, target)
                    hint = server.logged("no_metrics")[0]["message"]
                    self.assertIn("observability.address", hint)


class ShutdownTest(unittest.TestCase):
    """With a request under way: its handler reads from a pipe until the test has written to it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gatehouse-test-")
        self.addCleanup(folder.cleanup)
        self.pipe = pathlib.Path(folder.name) / "pipe"
        os.mkfifo(self.pipe)

    def serve(self, **environment):
        return gatehouse.Server(fixture("waits", pipe=str(self.pipe)), environment)

    def request(self, server):
        """Sends it; a function that waits for its reply, and the pipe's end to write to."""
        replies = []

        def send():
            try:
                replies.append(server.anonymous().get("/waits"))
            except (OSError, gatehouse.http.client.HTTPException) as lost:
                replies.append(lost)

        def open_pipe():
            try:
                return os.open(self.pipe, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:  # nobody reads yet
                return None

        thread = threading.Thread(target=send)
        thread.start()
        pipe = server.wait_for(open_pipe, "the handler does not run")

        def reply():
            thread.join()
            return replies[0]

        return reply, pipe

    def test_a_request_under_way_is_answered(self):
        with self.serve() as server:
            reply, pipe = self.request(server)
            server.signal()
            server.wait_for_log("draining")
            refused = server.anonymous().get("/health/ready")
            self.assertEqual(refused.status, 503, refused)
            self.assertEqual(refused.header("Connection"), "close")
            os.write(pipe, b"better late than never")
            os.close(pipe)
            self.assertEqual(reply().status, 200)
            self.assertEqual(reply().body, b"better late than never")
            self.assertEqual(server.wait(), 0)
            self.assertTrue(server.logged("stopped"))

    def test_a_second_signal_ends_at_once(self):
        with self.serve(GATEHOUSE_HTTP__TIMEOUTS__DRAIN="1s") as server:
            reply, pipe = self.request(server)
            server.signal()
            server.wait_for_log("drain_incomplete")
            server.signal()
            self.assertEqual(server.wait(), -signal.SIGTERM)
            self.assertIsInstance(reply(), Exception)
            self.assertFalse(server.logged("stopped"))
            os.close(pipe)

    def test_what_hangs_is_named_and_left_behind(self):
        for where, text in (
            ("handler", "GET /waits of plugin 'waits'"),
            ("job", "job 'wait' of plugin 'waits'"),
            ("stop", "stop() of plugin 'waits'"),
        ):
            with self.subTest(where):
                plugins = fixture("waits", pipe=str(self.pipe), where=where)
                environment = {"GATEHOUSE_HTTP__TIMEOUTS__DRAIN": "1s"}
                server = gatehouse.Server(plugins, environment).start()
                self.addCleanup(server.close, expect_success=False)
                pipe = None
                if where == "handler":
                    reply, pipe = self.request(server)
                elif where == "job":
                    server.wait_for_log("waits")
                server.signal()
                self.assertEqual(server.wait(), 3)
                self.assertEqual([r["message"] for r in server.logged("still_running")], [text])
                self.assertFalse(server.logged("stopped"))
                if pipe is not None:
                    os.close(pipe)
                    self.assertIsInstance(reply(), Exception)

    def test_no_job_begins_once_it_drains(self):
        plugins = fixture("waits", pipe=str(self.pipe)) + fixture("throws", where="job")
        environment = {"GATEHOUSE_HTTP__TIMEOUTS__DRAIN": "3s"}  # thrice the job's period
        with gatehouse.Server(plugins, environment) as server:
            server.wait_for_log("job_failed")
            reply, pipe = self.request(server)
            server.signal()
            server.wait_for_log("drain_incomplete")
            os.close(pipe)
            self.assertEqual(server.wait(), 0)
            reply()
            events = [record["event"] for record in server.records]
            self.assertNotIn("job_failed", events[events.index("draining") + 1 :])
            self.assertEqual(events[-1], "stopped")

    def test_an_idle_server_ends_with_idle_connections(self):
        with self.serve() as server:
            address = server.anonymous().address
            with socket.create_connection((address.hostname, address.port), gatehouse.PATIENCE_S):
                self.assertEqual(server.anonymous().get("/health/live").status, 200)
                self.assertEqual(server.stop(), 0)


class TwoHostsTest(unittest.TestCase):
    @gatehouse.sqlite_only
    def test_a_second_server_on_the_same_database_is_refused(self):
        with gatehouse.Server() as one:
            done = gatehouse.Installation(folder=one.folder).run("serve")
            self.assertEqual(done.returncode, 2, done)
            self.assertRegex(
                done.stderr,
                rf"^error: storage\.sqlite\.path: another server \(process {one.pid}\) has "
                rf"{one.folder}/gatehouse\.sqlite: stop it, ",
            )
            self.assertEqual(one.client().get("/v1/users/me").status, 200)
            made = one.run("user", "create", "ada", answer="enchantress of number")
            self.assertEqual(made.returncode, 0, made)
            self.assertEqual(
                one.client("ada", "enchantress of number").get("/v1/users/me").status, 200
            )

    def test_one_after_the_other_may_have_it(self):
        with gatehouse.Server() as one:
            one.client().post("/v1/users", {"username": "ada"})
            one.stop()
            with gatehouse.Server(folder=one.folder) as two:
                self.assertEqual(len(two.client().get("/v1/users").json["items"]), 2)


class StalledReaderTest(unittest.TestCase):
    def test_who_does_not_read_the_log_stops_nobody(self):
        with gatehouse.Server(plugins="") as server:
            server.pause_reading()
            for _ in range(10_000):  # far more than a pipe and the queue hold
                self.assertEqual(server.keep_alive_get("/health/live"), 200)
            server.go_on_reading()
            lost = server.wait_for_log("log_dropped")
            self.assertRegex(lost["message"], r"^\d+ records are lost")
            metrics = server.anonymous().get("/metrics").body.decode()
            self.assertRegex(metrics, r"(?m)^gatehouse_log_dropped_total [1-9]\d*$")

    def test_nor_its_end(self):
        with gatehouse.Server(plugins="") as server:
            server.pause_reading()
            for _ in range(2_000):
                self.assertEqual(server.keep_alive_get("/health/live"), 200)
            server.signal()
            # The reader goes on only when the process has ended.
            self.assertEqual(server.wait_for(server.ended, "it does not end"), "ended with 0")
            server.go_on_reading()


@gatehouse.sqlite_only
class EarlySignalTest(unittest.TestCase):
    def test_a_start_that_waits_can_be_ended(self):
        with gatehouse.Installation() as there:
            self.assertEqual(there.run("user", "list").returncode, 0)
            other = sqlite3.connect(there.folder / "gatehouse.sqlite", isolation_level=None)
            self.addCleanup(other.close)
            other.execute("begin immediate")
            server = gatehouse.Server(folder=there.folder)
            with server.beginning():
                lock = there.folder / "gatehouse.sqlite.lock"
                server.wait_for(
                    lambda: lock.exists() and lock.read_text() == f"{server.pid}\n",
                    "it does not come to the database",
                )
                server.signal()
                other.execute("rollback")
                self.assertEqual(server.wait(), 0)
            self.assertFalse(server.logged("serving"))
            self.assertEqual(server.records[-1]["message"], "before it served")


class LogTest(unittest.TestCase):
    def test_it_is_json_a_line_and_holds_no_secret(self):
        canary = "c4narY"
        password = f"{canary} correct horse"
        environment = {
            "GATEHOUSE_ADMIN_PASSWORD": password,
            "GATEHOUSE_OBSERVABILITY__LOG_LEVEL": "debug",
        }
        plugins = "  users: {}\n" + fixture("throws") + fixture("throws_too", what="int")
        with gatehouse.Server(plugins, environment) as server:
            admin = server.client("admin", password)
            ada = server.client("ada", f"{password} too")
            mistaken = server.client("ada", f"{canary} wrong")
            nobody = server.client(f"{canary}-nobody", canary)
            made = admin.post("/v1/users", {"username": "ada", "password": f"{password} too"}).json
            statuses = [
                reply.status
                for reply in (
                    admin.get("/v1/users/me"),
                    ada.get("/v1/users/me"),
                    mistaken.get("/v1/users/me"),
                    nobody.get("/v1/users/me"),
                    server.anonymous().send(
                        "GET", "/v1/users/me", headers={"Authorization": f"Bearer {canary}"}
                    ),
                    admin.get(f"/v1/users/{canary}"),
                    admin.get(f"/nowhere/{canary}", token=canary),
                    admin.get("/v1/users", text=canary),
                    admin.get("/v1/users", cursor=canary),
                    admin.send(
                        "POST",
                        "/v1/users",
                        f'{{"password": "{canary}'.encode(),
                        {"Content-Type": "application/json"},
                    ),
                    admin.post("/v1/users", {"username": "x", "password": canary}),
                    admin.post("/v1/users", {canary: canary}),
                    admin.patch(f"/v1/users/{made['id']}", {"username": f"{canary}-a"}),
                    server.anonymous().get(f"/throws?{canary}"),
                    server.anonymous().get(f"/throws_too?{canary}"),
                    server.anonymous().send(canary, f"/{canary}"),
                )
            ]
            self.assertEqual(
                statuses,
                [200, 200, 401, 401, 401, 404, 404, 200, 400, 400, 422, 422, 200, 500, 500, 501],
            )
            changed = server.run("user", "passwd", "admin", answer=f"{password} again")
            self.assertEqual(changed.returncode, 0, changed)
            self.assertNotIn(canary, changed.stdout + changed.stderr)
            self.assertEqual(server.client("admin", password).get("/v1/users/me").status, 401)
            server.stop()

            records = [json.loads(line) for line in server.lines]  # each line, whole
            for record in records:
                said = "status" if record["event"] == "request" else "message"
                self.assertLessEqual({"time", "level", "source", "event", said}, set(record))
            requests = server.logged("request")
            self.assertGreaterEqual(len(requests), len(statuses))
            for record in requests:
                self.assertIsInstance(record["status"], int)
                self.assertIsInstance(record["micros"], int)
                self.assertNotIn("message", record)
                self.assertTrue(record["request_id"])
            signed_in = [r for r in requests if r.get("user") == 1]
            self.assertTrue(signed_in)
            for record in signed_in:
                self.assertLessEqual({"method", "route", "remote_address"}, set(record))
            log = b"".join(server.lines).decode()
            sent = [c.headers["Authorization"].split()[1] for c in (admin, ada, mistaken, nobody)]
            for secret in (canary, "$argon", *sent):
                self.assertNotIn(secret, log)
                self.assertNotIn(secret, server.output.decode())
            self.assertNotIn("Basic ", log)


if __name__ == "__main__":
    unittest.main()
