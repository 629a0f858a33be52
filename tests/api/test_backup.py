"""`gatehouse backup` and `gatehouse restore` of a SQLite database, as operators meet them.

SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import os
import re
import shutil
import sqlite3
import stat
import unittest

import gatehouse

PASSWORD = "a long enough sentence"
NOTES = "  users: {}\n" + gatehouse.fixture("notes")


@gatehouse.sqlite_only
class BackupCase(unittest.TestCase):
    def setUp(self):
        self.installation = gatehouse.Installation(NOTES)
        self.addCleanup(self.installation.close)
        self.folder = self.installation.folder
        self.file = self.folder / "gatehouse.sqlite"
        self.copy = self.folder / "copy.sqlite"

    def serve(self):
        return gatehouse.Server(NOTES, folder=self.folder)

    def run_words(self, *words, code=0):
        done = self.installation.run(*words)
        self.assertEqual(done.returncode, code, done)
        return done

    def create(self, name):
        done = self.installation.run("user", "create", name, answer=PASSWORD)
        self.assertEqual(done.returncode, 0, done)

    @staticmethod
    def ask(file, question):
        with contextlib.closing(sqlite3.connect(file)) as database, database:
            return [row[0] for row in database.execute(question).fetchall()]

    def names(self, file=None):
        return self.ask(file or self.file, "select username from users_user order by number")

    def number(self, name):
        return self.ask(
            self.file, f"select number from users_user where username = '{name}'"  # of the test's own
        )[0]

    def epoch(self):
        return self.ask(self.file, "select epoch from gatehouse_deployment")[0]

    def make_old_and_copy(self):
        """ada and bob are in the database, only ada in the copy."""
        self.create("ada")
        self.run_words("backup", str(self.copy))
        self.create("bob")

    def left_behind(self):
        return sorted(
            path.name for path in self.folder.iterdir() if re.match(r"\.|.*-(wal|shm)$", path.name)
        )


class BackupTest(BackupCase):
    def test_a_copy_is_made_while_the_server_runs(self):
        with self.serve() as server:
            done = self.run_words("backup", str(self.copy))
            self.assertEqual(server.client().get("/v1/users/me").status, 200)
        self.assertEqual(self.names(self.copy), ["admin"])
        self.assertEqual(stat.S_IMODE(self.copy.stat().st_mode), 0o600)
        self.assertEqual(self.left_behind(), [])
        self.assertIn("The master keys are not in it", done.stdout)
        self.assertIn(str(self.folder / "master.key"), done.stdout)
        secrets = re.findall(rb"(?m)^[0-9a-f]{8} \S+ (\S+)$", (self.folder / "master.key").read_bytes())
        self.assertEqual(len(secrets), 1)
        self.assertNotIn(secrets[0], self.copy.read_bytes())

    def test_what_is_there_is_never_written_over(self):
        self.create("ada")
        self.copy.write_text("mine")
        for target in (self.copy, self.file, self.folder):
            done = self.run_words("backup", str(target), code=1)
            self.assertIn("is there already", done.stderr)
        self.assertEqual(self.copy.read_text(), "mine")
        self.assertEqual(self.names(), ["ada"])

    def test_without_a_database_there_is_nothing_to_copy(self):
        self.assertIn("nothing to copy", self.run_words("backup", str(self.copy), code=1).stderr)
        self.assertFalse(self.file.exists())
        self.assertFalse(self.copy.exists())
        self.assertEqual(self.left_behind(), [])

    def test_a_damaged_database_is_told(self):
        self.create("ada")
        damage(self.file)
        done = self.run_words("backup", str(self.copy), code=1)
        self.assertRegex(done.stderr, "damaged|malformed|not a database")
        self.assertFalse(self.copy.exists())


def damage(file):
    content = bytearray(file.read_bytes())
    content[4096 : 4096 * 12] = os.urandom(4096 * 11)
    file.write_bytes(content)


class RestoreTest(BackupCase):
    def restore(self, *words, code=0):
        return self.run_words("restore", *(words or (str(self.copy),)), code=code)

    def assert_untouched(self, names=("ada", "bob")):
        self.assertEqual(self.names(), list(names))
        self.assertEqual(self.epoch(), 1)
        self.assertEqual(list(self.folder.glob("*before-restore*")), [])

    def test_the_copy_takes_the_place_and_the_old_database_is_kept(self):
        self.make_old_and_copy()
        before = self.copy.read_bytes()
        done = self.restore()
        self.assertEqual(self.names(), ["ada"])
        (kept,) = self.folder.glob("gatehouse.sqlite.before-restore-*")
        self.assertIn(f"What was there is now {kept}", done.stdout)
        self.assertEqual(self.names(kept), ["ada", "bob"])
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        self.assertEqual(self.copy.read_bytes(), before)
        self.assertEqual(self.left_behind(), [])
        with self.serve() as server:
            self.assertEqual(server.client("ada", PASSWORD).get("/v1/users/me").status, 200)
            self.assertEqual(server.client("bob", PASSWORD).get("/v1/users/me").status, 401)

    def test_no_number_is_given_twice(self):
        self.make_old_and_copy()
        lost = self.number("bob")
        self.restore()
        self.create("eve")
        self.assertEqual(self.number("eve"), lost + 1)

    def test_an_old_database_that_is_gone_or_unreadable_leaves_a_wide_gap(self):
        self.make_old_and_copy()
        known = self.number("ada")
        for spoil in (damage, lambda file: file.unlink(), lambda file: file.write_text("no")):
            with self.subTest(spoil):
                spoil(self.file)
                done = self.restore()
                self.assertIn("a million further", done.stderr)
                self.create("eve")
                self.assertEqual(self.number("eve"), known + 1_000_001)
                for kept in self.folder.glob("*before-restore*"):
                    kept.unlink()

    def test_what_was_given_out_is_void(self):
        self.create("ada")
        with self.serve() as server:
            made = server.client().post("/v1/users", {"username": "cy", "email": "cy@example.org"})
            self.assertEqual(made.status, 201)
            server.wait_for(lambda: list(self.folder.glob("outbox/*.eml")), "no invitation")
        self.assertEqual(len(self.ask(self.file, "select code_hash from users_code")), 1)
        self.run_words("backup", str(self.copy))
        with contextlib.closing(sqlite3.connect(self.copy)) as copied, copied:
            copied.execute(
                "insert into gatehouse_mail (plugin, purpose, user_number, mount, data, queued_at,"
                " due_at, tries) values ('users', 'password_reset', 1, '/v1', '', 0, 0, 0)"
            )
        self.restore()
        self.assertEqual(self.ask(self.file, "select code_hash from users_code"), [])
        self.assertEqual(self.ask(self.file, "select purpose from gatehouse_mail"), [])
        first = self.epoch()
        self.assertGreater(first, 1)
        self.restore()
        self.assertGreaterEqual(self.epoch(), first)

    def test_whoever_could_undo_a_change_of_address_still_can(self):
        with self.serve() as server:
            admin = server.client()
            made = admin.post(
                "/v1/users",
                {"username": "cy", "email": "cy@example.org", "password": PASSWORD},
            )
            changed = admin.patch(f"/v1/users/{made.json['id']}", {"email": "new@example.org"})
            self.assertEqual(changed.status, 200, changed)
        self.run_words("backup", str(self.copy))
        self.restore()
        self.assertEqual(self.ask(self.file, "select purpose from gatehouse_mail"), ["email_undo"])

    def test_a_server_that_runs_is_not_disturbed(self):
        self.make_old_and_copy()
        with self.serve() as server:
            self.assertIn(f"(process {server.pid})", self.restore(code=1).stderr)
            self.assertIn(f"(process {server.pid})", self.restore("--in-place", code=2).stderr)
        self.assert_untouched(("ada", "bob", "admin"))

    def test_a_command_that_uses_the_database_is_waited_for_and_named(self):
        self.make_old_and_copy()
        with contextlib.closing(sqlite3.connect(self.file)) as other:
            other.execute("select count(*) from users_user").fetchall()
            self.assertIn("another process uses it", self.restore(code=1).stderr)
        self.assert_untouched()

    def test_what_is_no_whole_copy_is_refused(self):
        self.make_old_and_copy()
        whole = self.copy.read_bytes()

        def other_database():
            self.copy.unlink()
            with contextlib.closing(sqlite3.connect(self.copy)) as other, other:
                other.execute("create table t (x)")

        cases = (
            (lambda: self.copy.write_text("no database" * 1000), "not a database"),
            (lambda: self.copy.write_bytes(whole[: len(whole) // 2]), "damaged|malformed"),
            (lambda: damage(self.copy), "damaged|malformed"),
            (lambda: self.copy.write_bytes(b""), "no database of Gatehouse"),
            (other_database, "no database of Gatehouse"),
            (self.copy.unlink, "is not there"),
        )
        for spoil, sentence in cases:
            with self.subTest(sentence):
                spoil()
                self.assertRegex(self.restore(code=1).stderr, sentence)
                self.copy.write_bytes(whole)
                self.assert_untouched()
        self.assertIn("is the database itself", self.restore(str(self.file), code=1).stderr)
        self.assertEqual(self.left_behind(), [])

    def test_one_that_is_newer_than_the_plugins_is_refused(self):
        self.make_old_and_copy()
        with contextlib.closing(sqlite3.connect(self.copy)) as copied, copied:
            copied.execute(
                "insert into gatehouse_migration (plugin, version, name, checksum, applied_at)"
                " values ('notes', '0002', 'later', 'x', 0)"
            )
        self.assertIn("the database is newer than the plugin", self.restore(code=2).stderr)
        self.assert_untouched()
        self.assertEqual(self.left_behind(), [])

    def test_one_that_is_older_is_brought_up_to_date(self):
        self.make_old_and_copy()
        with contextlib.closing(sqlite3.connect(self.copy)) as copied, copied:
            copied.execute("drop table notes_note")
            copied.execute("delete from gatehouse_migration where plugin = 'notes'")
        self.restore()
        self.assertEqual(self.ask(self.file, "select count(*) from notes_note"), [0])

    def test_in_place_readies_what_other_tools_brought_back(self):
        self.make_old_and_copy()
        known = self.number("ada")
        shutil.copy(self.copy, self.file)
        self.restore("--in-place")
        self.assertEqual(self.names(), ["ada"])
        self.assertGreater(self.epoch(), 1)
        self.create("eve")
        self.assertEqual(self.number("eve"), known + 1_000_001)

    def test_in_place_makes_no_database(self):
        self.assertIn("is not there", self.restore("--in-place", code=1).stderr)
        self.assertFalse(self.file.exists())

    def test_it_wants_a_file_or_in_place(self):
        self.assertEqual(self.installation.run("restore").returncode, 64)
        self.assertEqual(self.installation.run("restore", "x", "--in-place").returncode, 64)

    def test_a_crash_at_any_moment_leaves_the_old_database_or_the_new_one(self):
        self.make_old_and_copy()
        old = self.file.read_bytes()
        preloaded = str(gatehouse.FIXTURES / "crash_at.so")
        seen = []
        for moment in range(1, 1000):
            for path in self.folder.glob("*gatehouse.sqlite*"):
                path.unlink()
            self.file.write_bytes(old)
            self.installation.environment = {"LD_PRELOAD": preloaded, "CRASH_AT": str(moment)}
            done = self.installation.run("restore", str(self.copy))
            self.assertIn(done.returncode, (0, 137), done)
            self.assertEqual(self.ask(self.file, "pragma integrity_check"), ["ok"])
            names = self.names()
            if names == ["ada"]:
                self.assertGreater(self.epoch(), 1, "not without what is made void")
                (kept,) = self.folder.glob("gatehouse.sqlite.before-restore-*Z")
                self.assertEqual(self.names(kept), ["ada", "bob"])
            else:
                self.assertEqual(names, ["ada", "bob"])
            seen.append(names)
            if done.returncode == 0:
                break
        self.assertGreater(seen.count(["ada", "bob"]), 5)
        self.assertGreater(seen.count(["ada"]), 1)
        self.assertEqual(seen[-1], ["ada"])


if __name__ == "__main__":
    unittest.main()
