"""What only deployments on PostgreSQL have: several instances, passwords, a server that is away.

SPDX-License-Identifier: Apache-2.0
"""

import concurrent.futures
import contextlib
import unittest

import gatehouse
import postgresql


class InstancesTest(unittest.TestCase):
    def test_they_share_users_and_what_is_changed(self):
        with gatehouse.Server() as one, gatehouse.Server(folder=one.folder) as two:
            made = one.client().post(
                "/v1/users", {"username": "ada", "password": "enchantress of number"}
            )
            self.assertEqual(made.status, 201, made)
            ada = two.client("ada", "enchantress of number")
            self.assertEqual(ada.get("/v1/users/me").status, 200)
            self.assertEqual(len(two.client().get("/v1/users").json["items"]), 2)

    def test_users_with_keys_are_made_side_by_side_on_both(self):
        with gatehouse.Server() as one, gatehouse.Server(folder=one.folder) as two:
            admins = (one.client(), two.client())

            def send(number):
                body = {"username": f"user-{number}"}
                key = {"Idempotency-Key": f"key-{number}"}
                return admins[number % 2].send("POST", "/v1/users", body, key)

            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                replies = list(pool.map(send, range(120)))
            self.assertEqual([r for r in replies if r.status != 201], [])
            self.assertEqual(len(two.client().get("/v1/users", limit=200).json["items"]), 121)

    def test_six_that_start_at_once_make_one_admin(self):
        with contextlib.ExitStack() as stack:
            one = gatehouse.Server(environment={})
            stack.callback(gatehouse.Installation.close, one)
            six = [one] + [gatehouse.Server(environment={}, folder=one.folder) for _ in range(5)]
            for server in six:
                stack.enter_context(server.beginning())
            for server in six:
                server.wait_for_log("serving")
            shown = [server for server in six if b"password" in server.output]
            self.assertEqual(len(shown), 1, [server.output for server in six])


class PasswordTest(unittest.TestCase):
    """Over a server of its own, which wants passwords."""

    PASSWORD = "a pass:word\\with 'marks'"

    @classmethod
    def setUpClass(cls):
        cls.cluster = postgresql.Cluster()
        cls.addClassCleanup(cls.cluster.stop)
        cls.cluster.start()
        quoted = cls.PASSWORD.replace("'", "''")
        cls.cluster.psql(
            "set password_encryption = 'scram-sha-256'",
            f"create role serves login password '{quoted}'",
            "create database identity owner serves",
        )
        rules = f"local all {cls.cluster.user} trust\nlocal all all scram-sha-256\n"
        (cls.cluster.data / "pg_hba.conf").write_text(rules, encoding="utf-8")
        cls.cluster.psql("select pg_reload_conf()")

    def serving(self, password, mode=0o600, **more):
        server = gatehouse.Server()
        file = server.folder / "password"
        server.password = password
        file.write_text(password + "\n", encoding="utf-8")
        file.chmod(mode)
        settings = {
            "HOSTS": self.cluster.host,
            "PORT": str(self.cluster.port),
            "DBNAME": "identity",
            "USER": "serves",
            "PASSWORD_FILE": str(file),
            **more,
        }
        server.environment = {
            **gatehouse.ADMIN_ENVIRONMENT,
            **{"GATEHOUSE_STORAGE__POSTGRESQL__" + k: v for k, v in settings.items()},
        }
        return server

    def refused(self, server):
        self.addCleanup(gatehouse.Installation.close, server)
        done = server.run("serve")
        self.assertEqual(done.returncode, 2, done)
        self.assertNotIn(server.password, done.stderr)
        self.assertFalse([record for record in done.log if server.password in str(record)])
        return done.stderr

    def test_the_right_one_is_let_in(self):
        with self.serving(self.PASSWORD) as server:
            self.assertEqual(server.client().get("/v1/users/me").status, 200)

    def test_a_wrong_one_ends_the_start(self):
        said = self.refused(self.serving("not the password of anybody"))
        self.assertIn("password authentication failed", said)
        self.assertNotIn("/proc/", said)

    def test_a_file_that_others_can_read_ends_the_start(self):
        said = self.refused(self.serving(self.PASSWORD, mode=0o640))
        self.assertIn("storage.postgresql.password_file: ", said)
        self.assertIn("chmod 600", said)

    def test_a_server_that_is_not_there_is_named(self):
        said = self.refused(self.serving(self.PASSWORD, HOSTS="127.0.0.1", PORT="1"))
        self.assertIn("127.0.0.1", said)

    def test_who_asks_for_commands_needs_no_password(self):
        server = self.serving(self.PASSWORD, PASSWORD_FILE="/nowhere/password")
        self.addCleanup(gatehouse.Installation.close, server)
        shown = server.run("user", "--help")
        self.assertEqual(shown.returncode, 0, shown)
        self.assertIn("create", shown.stdout)


if __name__ == "__main__":
    unittest.main()
