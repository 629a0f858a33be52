"""Signing in with HTTP Basic, the first start, and the commands of the operator.

SPDX-License-Identifier: Apache-2.0
"""

import base64
import concurrent.futures
import pathlib
import threading
import unittest

import gatehouse
from users_case import UsersCase


class ChallengeTest(unittest.TestCase):
    def test_bearer_stands_before_basic_and_who_refuses_before_both(self):
        with gatehouse.Server("  users: {}\n  tokens: {}\n") as server:

            def schemes(**headers):
                reply = server.anonymous().send("GET", "/v1/users/me", headers=headers)
                self.assertEqual(reply.status, 401, reply)
                return reply.header_lists["www-authenticate"]

            bearer, basic = schemes()
            self.assertEqual(bearer, 'Bearer realm="gatehouse"')
            self.assertTrue(basic.startswith("Basic realm="), basic)
            refused = schemes(Authorization="Bearer nothing-we-made")
            self.assertEqual(refused[0], 'Bearer realm="gatehouse", error="invalid_token"')
            self.assertEqual(refused[1:], [basic])
            wrong = base64.b64encode(b"admin:wrong").decode()
            self.assertEqual(schemes(Authorization=f"Basic {wrong}"), [basic, bearer])


class FloodTest(unittest.TestCase):
    """security.md 14, behind a proxy, so that clients have addresses of their own."""

    def sign_in(self, address, password):
        client = self.server.client("admin", password)
        return client.send("GET", "/v1/users/me", headers={"X-Forwarded-For": address}).status

    def test_no_more_is_hashed_at_a_time_than_there_are_slots(self):
        mebibytes = 64
        environment = {
            **gatehouse.ADMIN_ENVIRONMENT,
            "GATEHOUSE_HTTP__TRUSTED_PROXIES": "127.0.0.1",
            "GATEHOUSE_HTTP__THREADS__HASHING": "2",  # on three threads
            "GATEHOUSE_PASSWORDS__MEMORY_KIB": str(mebibytes * 1024),
            "GATEHOUSE_PASSWORDS__PASSES": "6",
        }
        self.server = gatehouse.Server(environment=environment)
        self.addCleanup(self.server.close)
        self.server.start()
        base = self.server.memory("VmRSS")
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            statuses = set(pool.map(lambda n: self.sign_in(f"198.51.100.{n}", "no"), range(12)))
        self.assertEqual(statuses, {401})
        hashes = (self.server.memory("VmHWM") - base) / mebibytes
        self.assertGreater(hashes, 1.5)
        self.assertLess(hashes, 2.5)

    def test_who_tries_in_masses_is_refused_alone(self):
        environment = {
            **gatehouse.ADMIN_ENVIRONMENT,
            "GATEHOUSE_HTTP__TRUSTED_PROXIES": "127.0.0.1",
            "GATEHOUSE_HTTP__THREADS__HASHING": "1",
            "GATEHOUSE_HTTP__LIMITS__HASHING_QUEUE": "4",
        }
        self.server = gatehouse.Server(environment=environment)
        self.addCleanup(self.server.close)
        self.server.start()
        refused = threading.Event()

        def try_until_refused(number):
            for _ in range(50):
                if refused.is_set():
                    break
                status = self.sign_in("198.51.100.1", f"wrong {number}")
                self.assertIn(status, (401, 429, 503))
                if status == 503:
                    refused.set()

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            flood = [pool.submit(try_until_refused, number) for number in range(8)]
            others = [self.sign_in(f"198.51.100.{i}", "wrong, too") for i in range(2, 6)]
            others.append(self.sign_in("198.51.100.9", gatehouse.ADMIN_PASSWORD))
            for one in flood:
                one.result()
        self.assertTrue(refused.is_set())
        self.assertEqual(others, [401, 401, 401, 401, 200])


class SignInTest(UsersCase):
    def test_by_name_or_address_and_with_odd_passwords(self):
        passwords = ("with:colons:in:it", "pässwörd", "aB3$" + "never again " * 85, "  blanks around  ")
        for i, password in enumerate(passwords):
            user = self.create(
                username=f"Odd{i}", email=f"Odd-{i}@example.org", password=password
            )
            for name in (user["username"], user["username"].upper(), user["email"].lower()):
                with self.subTest(name=name, password=password[:20]):
                    reply = self.server.client(name, password).get("/v1/users/me")
                    self.assertEqual(reply.status, 200, reply)
                    self.assertEqual(reply.json["id"], user["id"])

    def test_refusals_are_the_same_whatever_the_reason(self):
        self.create(username="asleep", password="enchantress of number", active=False)
        self.create(username="nopass")
        self.create(username="here", password="enchantress of number")
        replies = [
            self.server.client(name, password).get("/v1/users/me")
            for name, password in [
                ("here", "wrong"), ("here", ""), ("here", "Enchantress of number"), ("nobody", "x"),
                ("asleep", "enchantress of number"), ("nopass", "x"), ("nopass", ""), ("", ""),
                ("h" * 2000, "x"),
            ]
        ]  # fmt: skip

        def comparable(reply):
            headers = dict(reply.header_lists)
            for varying in ("x-request-id", "date"):
                headers.pop(varying, None)
            body = {k: v for k, v in reply.json.items() if k != "request_id"}
            return reply.status, headers, body

        self.assertEqual(replies[0].status, 401)
        self.assertIn("Basic realm=", replies[0].header("WWW-Authenticate"))
        for reply in replies[1:]:
            self.assertEqual(comparable(reply), comparable(replies[0]))
        self.assertEqual(comparable(self.server.anonymous().get("/v1/users/me"))[0], 401)

    def test_other_credentials(self):
        good = base64.b64encode(f"admin:{gatehouse.ADMIN_PASSWORD}".encode()).decode()
        for value, status in [
            (f"Basic {good}", 200),
            (f"basic  {good}", 200),
            (f"Basic {good} ", 200),  # blanks around a value are no part of it (RFC 9110 5.5)
            (f"Basic {good}=", 401),
            (f"Basic {good[:8]} {good[8:]}", 401),
            ("Basic", 401),
            ("Bearer x", 401),
            ("Negotiate x", 401),
        ]:
            with self.subTest(value):
                reply = self.server.anonymous().send(
                    "GET", "/v1/users/me", headers={"Authorization": value}
                )
                self.assertEqual(reply.status, status, reply)

    def test_a_password_set_by_command_holds_at_once(self):
        user, client = self.sign_in()
        self.assertEqual(client.get("/v1/users/me").status, 200)
        done = self.server.run("user", "passwd", user["username"], answer="analytical engine")
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(client.get("/v1/users/me").status, 401)
        changed = self.server.client(user["username"], "analytical engine")
        self.assertEqual(changed.get("/v1/users/me").status, 200)


class ThrottleTest(UsersCase):
    PLUGINS = "  users:\n    config:\n      throttle:\n        per_user: 4\n"

    def test_too_many_failures_are_429_whoever_it_is(self):
        user = self.create(password="enchantress of number")
        seen = []
        for name in (user["username"], "nobody"):
            for password in ("wrong", "enchantress"):
                refused = self.server.client(name, password).get("/v1/users/me")
                self.assertEqual(refused.status, 401, refused)
            throttled = self.server.client(name, "enchantress of number").get("/v1/users/me")
            self.assert_problem(throttled, 429, "too_many_failures")
            self.assertIn(int(throttled.header("Retry-After")), range(1700, 1801))
            self.assertEqual(throttled.header("WWW-Authenticate"), "")
            seen.append((sorted(throttled.header_lists), throttled.json["detail"]))
        self.assertEqual(seen[0], seen[1])
        # Others from the same address are not held up, and the user is told.
        self.assertEqual(self.admin.get("/v1/users/me").status, 200)
        history = self.admin.get(f"/v1/users/{user['id']}/login-history").json["items"]
        self.assertEqual([item["success"] for item in history], [False, False])


class FirstRunTest(unittest.TestCase):
    def test_the_admin_is_made_once_and_the_password_is_not_logged(self):
        with gatehouse.Server() as server:
            admin = server.client()
            me = admin.get("/v1/users/me").json
            self.assertEqual((me["username"], me["email"]), ("admin", "admin@localhost"))
            self.assertEqual(me["roles"], ["admin"])
            server.wait_for_log("first_password_unchanged")
            made = server.run("user", "create", "grace", "--admin", answer="bug in the relay")
            self.assertEqual(made.returncode, 0, made)
            grace = server.client("grace", "bug in the relay")
            self.assertEqual(grace.delete("/v1/users/1").status, 204)
            server.stop()
            text = str(server.records) + server.output.decode()
            for secret in (gatehouse.ADMIN_PASSWORD, "bug in the relay", "$argon2id$"):
                self.assertNotIn(secret, text)
            server.records.clear()
            server.start()
            self.assertEqual(server.client().get("/v1/users/me").status, 401)
            grace = server.client("grace", "bug in the relay")
            users = grace.get("/v1/users").json["items"]
            self.assertEqual([user["username"] for user in users], ["grace"])

    def test_without_a_given_password_one_is_shown_and_works(self):
        with gatehouse.Server(environment={}) as server:
            shown = server.wait_for_output(rb'password "([A-Za-z0-9]{20,})"')
            password = shown.group(1).decode()
            self.assertEqual(server.client("admin", password).get("/v1/users/me").status, 200)
            self.assertNotIn(password, str(server.records))

    def test_the_given_password_does_not_stay_in_the_environment(self):
        password = "only-for-the-first-start"
        with gatehouse.Server(environment={"GATEHOUSE_ADMIN_PASSWORD": password}) as server:
            self.assertEqual(server.client("admin", password).get("/v1/users/me").status, 200)
            environment = pathlib.Path(f"/proc/{server._process.pid}/environ").read_bytes()
            self.assertIn(b"GATEHOUSE_CONFIG=", environment)
            self.assertNotIn(password.encode(), environment)

    def test_users_made_before_the_first_start_do_not_stand_in_for_the_admin(self):
        with gatehouse.Installation() as installation:
            made = installation.run("user", "create", "bob", answer="bobs own password")
            self.assertEqual(made.returncode, 0, made)
            with gatehouse.Server(folder=installation.folder) as server:
                self.assertEqual(server.client().get("/v1/users/me").json["roles"], ["admin"])
                self.assertEqual(server.logged("admin_password_unused"), [])

    def test_an_admin_made_before_the_first_start_stands_in(self):
        with gatehouse.Installation() as installation:
            words = ("user", "create", "grace", "--admin")
            made = installation.run(*words, answer="bug in the relay")
            self.assertEqual(made.returncode, 0, made)
            with gatehouse.Server(folder=installation.folder) as server:
                server.wait_for_log("first_admin_not_needed")
                server.wait_for_log("admin_password_unused")
                grace = server.client("grace", "bug in the relay")
                users = grace.get("/v1/users").json["items"]
                self.assertEqual([user["username"] for user in users], ["grace"])
                server.stop()
                server.start()
                self.assertEqual(len(server.logged("first_admin_not_needed")), 1)

    def test_an_admin_without_a_password_does_not_stand_in(self):
        with gatehouse.Installation() as installation:
            file = installation.folder / "users.ndjson"
            file.write_text('{"username": "grace", "roles": ["admin"]}\n', encoding="utf-8")
            done = installation.run("import", "users", str(file))
            self.assertEqual(done.returncode, 0, done)
            with gatehouse.Server(folder=installation.folder) as server:
                self.assertEqual(server.client().get("/v1/users/me").json["roles"], ["admin"])
                self.assertEqual(server.logged("first_admin_not_needed"), [])

    def test_somebody_elses_name_ends_the_start_with_the_cure(self):
        with gatehouse.Installation() as installation:
            made = installation.run("user", "create", "admin", answer="nobody special")
            self.assertEqual(made.returncode, 0, made)
            server = gatehouse.Server(folder=installation.folder)
            with self.assertRaisesRegex(AssertionError, "user create NAME --admin"), server:
                pass

    def test_a_password_that_breaks_the_rules_ends_the_start(self):
        server = gatehouse.Server(environment={"GATEHOUSE_ADMIN_PASSWORD": "short"})
        with self.assertRaisesRegex(AssertionError, "shorter than 8 characters"), server:
            pass

    def test_a_carriage_return_before_the_line_end_is_no_part_of_a_password(self):
        with gatehouse.Server() as server:
            made = server.run("user", "create", "win", answer="glass between two rooms\r")
            self.assertEqual(made.returncode, 0, made)
            client = server.client("win", "glass between two rooms")
            self.assertEqual(client.get("/v1/users/me").status, 200)

    def test_commands_refuse_with_1_and_say_why(self):
        with gatehouse.Server() as server:
            taken = server.run("user", "create", "ADMIN", answer="enchantress of number")
            self.assertEqual(taken.returncode, 1)
            self.assertIn("username", taken.stderr)
            weak = server.run("user", "create", "bob", answer="bob")
            self.assertEqual(weak.returncode, 1)
            self.assertIn("shorter than 8 characters", weak.stderr)
            listed = server.run("user", "list", "--text", "localhost")
            self.assertEqual(listed.returncode, 0)
            self.assertIn("admin@localhost\tactive\tadmin", listed.stdout)


if __name__ == "__main__":
    unittest.main()
