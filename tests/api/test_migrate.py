"""`gatehouse migrate`, and how instances that start at once meet an empty database.

SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import pathlib
import re
import sqlite3
import subprocess
import unittest

import gatehouse

NOTES = "  users: {}\n" + gatehouse.fixture("notes")


@gatehouse.sqlite_only
class MigrateTest(unittest.TestCase):
    def setUp(self):
        self.installation = gatehouse.Installation(NOTES)
        self.addCleanup(self.installation.close)
        self.file = self.installation.folder / "gatehouse.sqlite"

    def migrate(self, *words, code=0):
        done = self.installation.run("migrate", *words)
        self.assertEqual(done.returncode, code, done)
        return done

    def change(self, statement):
        with contextlib.closing(sqlite3.connect(self.file)) as database, database:
            database.execute(statement)

    def test_looking_makes_no_database(self):
        for words, code in ((("--status",), 0), (("--dry-run",), 0), (("--check",), 1)):
            self.migrate(*words, code=code)
            self.assertEqual(list(self.installation.folder.iterdir()), [self.installation.config])

    def test_it_applies_what_is_missing_and_says_so(self):
        missing = self.migrate("--check", code=1).stdout.splitlines()
        self.assertIn("users 0001 create_users is missing", missing)
        self.assertIn("notes 0001 notes is missing", missing)
        self.assertIn("gatehouse 0001 mail is missing", missing)
        status = self.migrate("--status").stdout
        self.assertRegex(status, r"(?m)^notes 0001 notes +missing$")

        applied = self.migrate().stdout.splitlines()
        self.assertEqual(applied, [line.replace("is missing", "is applied") for line in missing])
        self.assertEqual(self.migrate("--check").stdout, "")
        self.assertEqual(self.migrate().stdout, "")
        status = self.migrate("--status").stdout
        self.assertNotIn("missing", status)
        self.assertRegex(status, r"(?m)^notes 0001 notes +\d{4}-\d\d-\d\dT[0-9:.]+Z$")

    def test_what_a_dry_run_prints_makes_the_same_tables(self):
        script = self.migrate("--dry-run").stdout
        self.assertIn("-- notes 0001 notes\n", script)
        with contextlib.closing(sqlite3.connect(":memory:")) as dry:
            dry.executescript(script)
            self.migrate()
            with contextlib.closing(sqlite3.connect(self.file)) as real:
                tables = "select name, sql from sqlite_master where name <> 'gatehouse_migration'"
                tables += " and name not like 'sqlite_%' order by name"
                self.assertEqual(dry.execute(tables).fetchall(), real.execute(tables).fetchall())
        self.assertEqual(self.migrate("--dry-run").stdout, "")

    def test_trouble_is_told_by_every_form_and_nothing_is_changed(self):
        self.migrate()
        cases = (
            (
                "update gatehouse_migration set checksum = 'x' where plugin = 'notes'",
                "plugin 'notes': migration 0001 'notes' was edited after it was applied",
            ),
            (
                "insert into gatehouse_migration select 'users', '0009', name, checksum, applied_at"
                " from gatehouse_migration where plugin = 'notes'",
                "plugin 'users': the database is newer than the plugin: it has migration 0009",
            ),
        )
        for statement, sentence in cases:
            self.change(statement)
            before = self.file.read_bytes()
            for words, code in (((), 2), (("--status",), 1), (("--dry-run",), 1), (("--check",), 1)):
                self.assertIn(sentence, self.migrate(*words, code=code).stderr)
            self.assertEqual(self.file.read_bytes(), before)

    def test_with_check_nothing_starts_while_something_is_missing(self):
        self.migrate()
        self.change("delete from gatehouse_migration where plugin in ('users', 'notes')")
        self.installation.environment = {"GATEHOUSE_STORAGE__MIGRATIONS": "check"}
        for words in (("serve",), ("user", "list")):
            done = self.installation.run(*words)
            self.assertEqual(done.returncode, 2, done)
            lines = [line for line in done.stderr.splitlines() if "missing" in line]
            self.assertEqual(len(lines), 2, lines)
            self.assertRegex(
                lines[0],
                r"^error: .*gatehouse.yaml:8: plugin 'users': migrations 0001 'create_users', .* are "
                r"missing, and storage.migrations is check: `gatehouse migrate` applies them$",
            )
            self.assertRegex(lines[1], "plugin 'notes': migration 0001 'notes' is missing.*it$")

    def test_with_check_it_still_applies(self):
        self.installation.environment = {
            "GATEHOUSE_STORAGE__MIGRATIONS": "check",
            **gatehouse.ADMIN_ENVIRONMENT,
        }
        self.migrate()
        self.assertEqual(self.installation.run("user", "list").returncode, 0)

    def test_one_form_at_a_time(self):
        self.assertEqual(self.installation.run("migrate", "--status", "--check").returncode, 64)

    def test_six_at_once_apply_each_step_once(self):
        environment = self.installation.process_environment()
        many = [
            subprocess.Popen(
                [gatehouse.PROGRAM, "migrate", "--developing"],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            for _ in range(6)
        ]
        for one in many:
            output = one.communicate(timeout=gatehouse.PATIENCE_S)
            self.assertEqual(one.returncode, 0, output)
        self.migrate("--check")
        with gatehouse.Server(NOTES, folder=self.installation.folder) as server:
            self.assertEqual(len(server.client().get("/v1/users").json["items"]), 1)


if __name__ == "__main__":
    unittest.main()
