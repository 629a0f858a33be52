"""`gatehouse user ...` on its own and beside a server: what it prints, and that it holds over HTTP.

SPDX-License-Identifier: Apache-2.0
"""

import os
import pty
import select
import signal
import subprocess
import termios
import unittest

import gatehouse

PASSWORD = "bug in the relay"


class UserCommandsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # --config has to win over the variable.
        environment = {**gatehouse.ADMIN_ENVIRONMENT, "GATEHOUSE_CONFIG": "/nowhere/at-all.yaml"}
        cls.server = gatehouse.Server(environment=environment)
        cls.server.environment = gatehouse.ADMIN_ENVIRONMENT
        cls.server.start()
        cls.server.environment = environment

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def run_user(self, *words, answer=PASSWORD):
        return self.server.run("user", *words, "--config", str(self.server.config), answer=answer)

    def create(self, *words):
        done = self.run_user("create", *words)
        self.assertEqual(done.returncode, 0, done)
        self.assertRegex(done.stdout, r"^Created user \d+ with id [0-9a-z-]+\.\n$")
        self.assertEqual(done.stderr, "")  # no prompt: nobody looks
        self.assertNotIn(PASSWORD, done.stdout)

    def status_of(self, username, password=PASSWORD):
        return self.server.client(username, password).get("/v1/users/me").status

    def test_a_new_user_signs_in(self):
        self.create("grace", "--email", "grace@example.org")
        self.assertEqual(self.status_of("grace"), 200)
        self.assertEqual(self.status_of("grace@example.org"), 200)
        self.assertEqual(self.status_of("grace", "another"), 401)
        me = self.server.client("grace", PASSWORD).get("/v1/users/me").json
        self.assertEqual((me["email"], me["roles"]), ("grace@example.org", []))

    def test_a_new_admin_may_make_users(self):
        self.create("linus", "--admin")
        made = self.server.client("linus", PASSWORD).post("/v1/users", {"username": "made-by"})
        self.assertEqual(made.status, 201, made)

    def test_another_password(self):
        self.create("ada")
        self.assertEqual(self.status_of("ada"), 200)
        done = self.run_user("passwd", "ADA", answer="analytical engine")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        self.assertEqual(self.status_of("ada"), 401)
        self.assertEqual(self.status_of("ada", "analytical engine"), 200)

    def test_list(self):
        self.create("edsger", "--email", "edsger@example.net")
        self.create("donald", "--email", "donald@example.net", "--admin")
        done = self.run_user("list", "--text", "EXAMPLE.net")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        self.assertEqual(rows[0], ["number", "id", "username", "email", "state", "roles"])
        self.assertEqual(
            [row[2:] for row in rows[1:]],
            [
                ["donald", "donald@example.net", "active", "admin"],
                ["edsger", "edsger@example.net", "active", "-"],
            ],
        )

    def test_the_configuration_may_come_first(self):
        done = self.server.run("--config", str(self.server.config), "user", "list")
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("admin@localhost", done.stdout)

    def test_refusals_are_1_and_say_why(self):
        self.create("taken", "--email", "taken@example.com")
        for words, answer, text in [
            (("create", "TAKEN"), PASSWORD, "Somebody has this username already"),
            (("create", "taken@example.com"), PASSWORD, "username "),
            (("create", "new1", "--email", "Taken@Example.com"), PASSWORD, "e-mail address"),
            (("create", "new2", "--email", "no address"), PASSWORD, "email "),
            (("create", "new3"), "2 few", "password is shorter than 8 characters"),
            (("create", "new4"), "", "password "),
            (("create", "new5"), None, "standard input has ended"),
            (("create", "new6"), "x" * 1025, "password is longer than 1024 bytes"),
            (("create", " blank "), PASSWORD, "username "),
            (("passwd", "taken"), "2 few", "password is shorter than 8 characters"),
            (("passwd", "nobody"), PASSWORD, 'There is no user "nobody"'),
            (("list", "--text", "a b c d e f g h i j k l m n o p q"), None, "--text has more than"),
        ]:
            with self.subTest(words=words, answer=answer):
                done = self.run_user(*words, answer=answer)
                self.assertEqual(done.returncode, 1, done)
                self.assertIn(text, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1)
                self.assertEqual(done.stdout, "")
                if answer:
                    self.assertNotIn(answer, done.stderr)
        self.assertEqual(self.status_of("taken"), 200)
        listed = self.run_user("list", "--text", "new")
        self.assertEqual(len(listed.stdout.splitlines()), 1, listed)


class PromptTest(unittest.TestCase):
    """At a terminal, which must not stay without echo whatever ends the prompt."""

    def prompt(self, there):
        """The process at its prompt, and the terminal's two ends."""
        try:
            ours, its = pty.openpty()
        except OSError as missing:  # a bare chroot without /dev/pts
            self.skipTest(f"there are no terminals to be had here: {missing}")
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, its)
        process = subprocess.Popen(
            [gatehouse.PROGRAM, "user", "create", "ada", "--developing"],
            env=there.process_environment(),
            stdin=its,
            stdout=subprocess.DEVNULL,
            stderr=its,
            start_new_session=True,
        )
        self.addCleanup(process.kill)
        gatehouse.Server.wait_for(lambda: not self.echoes(its), "the prompt does not come")
        return process, ours, its

    @staticmethod
    def echoes(terminal):
        return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)

    def test_signals_leave_the_terminal_as_it_was(self):
        with gatehouse.Installation(environment={}) as there:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
                with self.subTest(number):
                    process, _, its = self.prompt(there)
                    process.send_signal(number)
                    self.assertEqual(process.wait(gatehouse.PATIENCE_S), -number)
                    self.assertTrue(self.echoes(its))

    def test_who_comes_back_is_asked_again(self):
        with gatehouse.Installation(environment={}) as there:
            process, ours, its = self.prompt(there)
            process.send_signal(signal.SIGTSTP)
            # An orphaned group is not stopped: then it asks again at once.
            process.send_signal(signal.SIGCONT)
            gatehouse.Server.wait_for(lambda: not self.echoes(its), "it does not ask again")
            for _ in range(2):
                gatehouse.Server.wait_for(lambda: not self.echoes(its), "it does not ask")
                os.write(ours, f"{PASSWORD}\n".encode())
                gatehouse.Server.wait_for(
                    lambda: process.poll() is not None or self.asked_again(ours), "no answer"
                )
            self.assertEqual(process.wait(gatehouse.PATIENCE_S), 0)
            self.assertTrue(self.echoes(its))

    def asked_again(self, ours):
        ready, _, _ = select.select([ours], [], [], 0)
        return ready and b"(again)" in os.read(ours, 4096)


class BeforeTheServerTest(unittest.TestCase):
    def test_who_was_made_before_the_first_start_signs_in(self):
        server = gatehouse.Server(environment={})
        made = server.run("user", "create", "grace", "--admin", answer=PASSWORD)
        self.assertEqual(made.returncode, 0, made)
        with server:
            grace = server.client("grace", PASSWORD)
            self.assertEqual(grace.get("/v1/users/me").status, 200)
            names = [user["username"] for user in grace.get("/v1/users").json["items"]]
            self.assertEqual(names, ["grace"])  # and so there is no first admin
        self.assertEqual(server.output, b"")

    def test_the_commands_belong_to_the_plugin(self):
        with gatehouse.Installation(plugins="") as there:
            done = there.run("user", "list")
            self.assertEqual(done.returncode, 64, done)
            self.assertIn("unknown command 'user'", done.stderr)


class PluginsCommandTest(unittest.TestCase):
    def test_list(self):
        plugins = (
            "  users: {}\n" + gatehouse.fixture("notes") + "  elsewhere: {enabled: false}\n"
        )
        with gatehouse.Installation(plugins) as there:
            done = there.run("plugins", "list")
            self.assertEqual(done.returncode, 0, done)
            self.assertRegex(
                done.stdout, r"(?m)^users \d+\.\d+\.\d+ /\S+/users\.so \(requires \?accounts\)$"
            )
            self.assertRegex(
                done.stdout, r"(?m)^notes 1\.0\.0 /\S+/notes\.so \(requires users >= 1\.0\)$"
            )
            self.assertRegex(done.stdout, r"(?m)^elsewhere \(disabled, \S+gatehouse\.yaml:10\)$")

    def test_check(self):
        with gatehouse.Installation() as there:
            good = there.run("plugins", "check", str(gatehouse.FIXTURES / "notes.so"))
            self.assertEqual(good.returncode, 0, good)
            self.assertIn("plugin 'notes' 1.0.0 can be loaded and made", good.stdout)
            bad = there.run("plugins", "check", str(gatehouse.FIXTURES / "crashes_made.so"))
            self.assertEqual(bad.returncode, 2, bad)
            self.assertIn("crashed while its constructor ran", bad.stderr)


if __name__ == "__main__":
    unittest.main()
