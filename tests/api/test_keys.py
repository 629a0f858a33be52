"""The file of master keys, as operators meet it.

SPDX-License-Identifier: Apache-2.0
"""

import re
import shutil
import stat
import unittest

import gatehouse


class KeysTest(unittest.TestCase):
    def setUp(self):
        self.installation = gatehouse.Installation()
        self.addCleanup(self.installation.close)
        self.file = self.installation.folder / "master.key"
        self.file.unlink(missing_ok=True)

    def ids(self):
        return re.findall(r"(?m)^([0-9a-f]{8}) ", self.file.read_text())

    def start_and_stop(self):
        if gatehouse.POSTGRESQL and not self.file.exists():
            self.installation.run("keys", "init")
        with gatehouse.Server(folder=self.installation.folder):
            pass

    def refused(self):
        done = self.installation.run("serve")
        self.assertEqual(done.returncode, 2, done)
        return done.stderr

    @gatehouse.postgresql_only
    def test_no_start_makes_it_where_other_instances_may_have_theirs(self):
        said = self.refused()
        self.assertIn(f"keys.master_file: {self.file} is not there: `gatehouse keys init` ", said)
        self.assertFalse(self.file.exists())

    @gatehouse.sqlite_only
    def test_the_first_start_makes_it_and_the_next_keeps_it(self):
        self.start_and_stop()
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        before = self.file.read_bytes()
        self.start_and_stop()
        self.assertEqual(self.file.read_bytes(), before)

    def test_one_that_was_made_before_is_taken(self):
        self.assertEqual(self.installation.run("keys", "init").returncode, 0)
        before = self.file.read_bytes()
        self.start_and_stop()
        self.assertEqual(self.file.read_bytes(), before)
        refused = self.installation.run("keys", "init")
        self.assertEqual(refused.returncode, 1, refused)
        self.assertIn("is there already", refused.stderr)
        self.assertEqual(self.file.read_bytes(), before)

    def test_a_rotation_adds_a_key_and_list_shows_none(self):
        self.assertEqual(self.installation.run("keys", "list").returncode, 1)
        self.assertEqual(self.installation.run("keys", "rotate").returncode, 1)
        self.start_and_stop()
        self.assertEqual(self.installation.run("keys", "rotate").returncode, 0)
        first, second = self.ids()
        listed = self.installation.run("keys", "list")
        self.assertEqual(listed.returncode, 0)
        self.assertRegex(
            listed.stdout, rf"^{first}  [-0-9T:.]+Z\n{second}  [-0-9T:.]+Z  used\n$"
        )
        self.start_and_stop()

    def test_a_lost_one_is_an_error_that_says_what_is_lost(self):
        self.start_and_stop()
        (lost,) = self.ids()
        copy = self.file.with_suffix(".copy")
        shutil.move(self.file, copy)
        for reply in (self.refused(), self.installation.run("user", "create", "x").stderr):
            self.assertIn(f"{self.file} is not there, and with it the key {lost}", reply)
            self.assertIn(f"gatehouse keys forget {lost}", reply)
        self.assertFalse(self.file.exists(), "no new one in silence")
        shutil.move(copy, self.file)
        self.start_and_stop()

    def test_who_gives_a_lost_one_up_gets_a_new_one(self):
        self.start_and_stop()
        (lost,) = self.ids()
        self.assertEqual(self.installation.run("keys", "forget", lost).returncode, 1)
        self.file.unlink()
        self.assertEqual(self.installation.run("keys", "forget", lost).returncode, 0)
        self.start_and_stop()
        self.assertNotEqual(self.ids(), [lost])

    def test_another_deployments_file_is_refused(self):
        self.start_and_stop()
        (own,) = self.ids()
        self.file.unlink()
        self.assertEqual(self.installation.run("keys", "init").returncode, 0)
        self.assertIn(f"lacks the key {own}", self.refused())

    def test_one_that_others_can_read_is_refused(self):
        self.start_and_stop()
        self.file.chmod(0o644)
        self.assertIn("chmod 600", self.refused())


if __name__ == "__main__":
    unittest.main()
