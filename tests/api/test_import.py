"""`gatehouse import users` and `gatehouse export users`, alone and beside a server.

SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import pathlib
import pty
import select
import signal
import stat
import subprocess
import threading
import unittest

import gatehouse

# "correct horse pasö" by bcrypt.
HASH = "$2b$10$OCiNKsR.zIBMPtt.KCAP8e8/1KAIVUxD5.W8yo.sWZCzCbQEMt.w."
PASSWORD = "correct horse pas\u00f6"


def line(name, **fields):
    return json.dumps({"username": name, **fields}) + "\n"


def imported_id(place):
    return f"65f1c0ffee{place:014}"


class ImportCommandTest(unittest.TestCase):
    def setUp(self):
        self.server = gatehouse.Server()
        self.addCleanup(self.server.close)
        self.file = self.server.folder / "users.ndjson"

    def export(self, *words):
        done = self.server.run("export", "users", *words)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return done.stdout

    def begin_import(self, **streams):
        """The process that reads what is written to its standard input."""
        process = subprocess.Popen(
            [gatehouse.PROGRAM, "import", "users", "-", "--developing"],
            env=self.server.process_environment(),
            stdin=subprocess.PIPE,
            text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
        )

        def end():
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    stream.close()

        self.addCleanup(end)
        return process

    def test_who_was_imported_beside_a_server_signs_in_at_once(self):
        self.server.start()
        count = 3000
        self.file.write_text(
            "".join(line(f"user{place}", password_hash=HASH) for place in range(count))
        )
        made, stop = [], threading.Event()

        def write_beside():
            admin = self.server.client()
            while not stop.is_set():
                made.append(admin.post("/v1/users", {"username": f"beside{len(made)}"}).status)

        writer = threading.Thread(target=write_beside)
        writer.start()
        try:
            done = self.server.run("import", "users", str(self.file))
        finally:
            stop.set()
            writer.join()
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        self.assertRegex(done.stdout, r"^Imported 3000 users in [0-9.]+ s \(\d+/s\)\.\n$")
        self.assertTrue(made)
        self.assertEqual(set(made), {201})
        for name in ("user0", "USER2999"):
            self.assertEqual(self.server.client(name, PASSWORD).get("/v1/users/me").status, 200)
        self.assertEqual(self.server.client("user0", HASH).get("/v1/users/me").status, 401)
        self.assertEqual(len(self.export().splitlines()), 1 + count + len(made))

    def test_what_one_server_exports_another_imports(self):
        self.file.write_text(
            line("ada", email="ada@example.org", password_hash=HASH, roles=["admin"], number=17)
            + "\n"
            + line("bob", first_name="Böb", password="a horse for bob")
        )
        self.assertEqual(self.server.run("import", "users", str(self.file)).returncode, 0)
        out = self.server.folder / "out.ndjson"
        self.assertEqual(self.export(str(out), "--with-hashes"), "Exported 2 users.\n")
        self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o600)
        first = out.read_text()
        self.assertIn(f'"password_hash":"{HASH}"', first)
        self.assertNotIn("hash", self.export())
        with gatehouse.Server() as other:
            # The admin it has made keeps its number; these have others.
            done = other.run("import", "users", str(out))
            self.assertEqual((done.returncode, done.stderr), (0, ""), done)
            self.assertEqual(
                other.run("export", "users", "--with-hashes").stdout.splitlines()[:2],
                first.splitlines(),
            )
            self.assertEqual(other.client("ada", PASSWORD).get("/v1/users/17").status, 200)
            self.assertEqual(other.client("bob", "a horse for bob").get("/v1/roles").status, 200)

    def test_an_export_writes_over_nothing(self):
        self.file.write_text("precious")
        for path, said in ((self.file, "is there already"), (self.file / "x", "cannot be made")):
            done = self.server.run("export", "users", str(path))
            self.assertEqual((done.returncode, done.stdout), (1, ""), done)
            self.assertIn(said, done.stderr)
        self.assertEqual(self.file.read_text(), "precious")
        self.server.run("import", "users", "-", answer=line("ada"))
        if pathlib.Path("/dev/full").exists():
            with open("/dev/full", "w") as full:
                self.assertEqual(self.server.run("export", "users", output=full).returncode, 1)

    def test_refusals_name_file_line_and_field(self):
        self.file.write_text(line("ada") + line("b/b", email="x") + line("ada"))
        for words in ((), ("--dry-run",)):
            done = self.server.run("import", "users", str(self.file), *words)
            self.assertEqual((done.returncode, done.stdout), (1, ""), done)
            for part in (":2: /username ", ":2: /email ", ":3: has a name", "Nothing was stored."):
                self.assertIn(part, done.stderr)
            self.assertIn(str(self.file), done.stderr)
        self.assertEqual(self.export(), "")
        for words, said in (
            ((str(self.server.folder / "none"),), "cannot be opened"),
            ((str(self.server.folder),), "cannot be opened"),
            ((str(self.file), "--from", "0"), "--from is not"),
            ((str(self.file), "--from", "x"), "--from is not"),
        ):
            done = self.server.run("import", "users", *words)
            self.assertEqual(done.returncode, 1, done)
            self.assertIn(said, done.stderr)

    def test_standard_input_is_read_once_and_says_where_to_go_on(self):
        text = "".join(line(f"user{place}") for place in range(600)) + line("x y z/")
        done = self.server.run("import", "users", "-", answer=text)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("standard input:601: /username ", done.stderr)
        self.assertIn("500 users are stored, all up to line 500", done.stderr)
        mended = text.replace("x y z/", "xyz")
        done = self.server.run("import", "users", "-", "--from", "501", answer=mended)
        self.assertEqual(done.returncode, 0, done)
        names = [json.loads(row)["username"] for row in self.export().splitlines()]
        self.assertEqual(names, [f"user{place}" for place in range(600)] + ["xyz"])

    def test_an_interrupt_leaves_whole_batches_and_can_be_repeated(self):
        self.server.start()
        process = self.begin_import()
        lines = [line(f"user{place}", id=imported_id(place)) for place in range(300)]
        process.stdin.writelines(lines)
        process.stdin.flush()
        client = self.server.client()
        self.server.wait_for(
            lambda: client.get("/v1/users", text="user249").json["items"], "nothing is stored"
        )
        process.send_signal(signal.SIGINT)
        process.stdin.close()
        self.assertEqual(process.wait(gatehouse.PATIENCE_S), 1)
        self.assertIn("go on with --from 251", process.stderr.read())
        self.assertEqual(len(self.export().splitlines()), 1 + 250)
        self.file.write_text("".join(lines))
        done = self.server.run("import", "users", str(self.file))
        self.assertRegex(done.stdout, r"Imported 50 users .*, 250 were there already")
        self.assertEqual(len(self.export().splitlines()), 1 + 300)

    def test_a_terminal_sees_how_far_it_is(self):
        try:
            ours, its = pty.openpty()
        except OSError as missing:  # a bare chroot without /dev/pts
            self.skipTest(f"there are no terminals to be had here: {missing}")
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, its)
        process = self.begin_import(stderr=its)
        shown = b""
        for place in range(gatehouse.PATIENCE_S * 2):
            process.stdin.writelines(line(f"user{place}-{one}") for one in range(250))
            process.stdin.flush()
            if select.select([ours], [], [], 0.5)[0]:
                shown += os.read(ours, 1000)
            if b"importing" in shown:
                break
        self.assertRegex(shown.decode(), r"\r\x1b\[Kimporting \d+, \d+/s")
        process.stdin.close()
        self.assertEqual(process.wait(gatehouse.PATIENCE_S), 0)


if __name__ == "__main__":
    unittest.main()
