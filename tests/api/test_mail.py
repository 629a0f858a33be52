"""Mail as it leaves: files in the outbox, and conversations with a mail server.

SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import email
import email.policy
import email.utils
import re
import socket
import stat
import time
import unittest

import gatehouse
from mail_server import MailServer


def parse(content):
    return email.message_from_bytes(content, policy=email.policy.SMTP)


def text_of(content):
    return parse(content).get_content().replace("\r\n", "\n")


class MailCase(unittest.TestCase):
    @contextlib.contextmanager
    def serving(self, folder=None, **environment):
        variables = {f"GATEHOUSE_MAIL__{name}": value for name, value in environment.items()}
        server = gatehouse.Server(
            plugins=gatehouse.fixture("mails"),
            environment={**gatehouse.ADMIN_ENVIRONMENT, **variables},
            folder=folder,
        )
        with server:
            yield server

    def queue(self, server, to="ada@example.org", subject="Hello", text="Dear Ada"):
        reply = server.anonymous().post("/mails", {"to": to, "subject": subject, "text": text})
        self.assertEqual(reply.status, 204, reply)

    def metric(self, server, name):
        text = server.anonymous().get("/metrics").body.decode()
        found = re.search(rf"(?m)^gatehouse_{name} (\S+)$", text)
        return float(found.group(1)) if found else 0.0


class OutboxTest(MailCase):
    def letters(self, server, count=1):
        def find():
            files = sorted((server.folder / "outbox").glob("*.eml"))
            return files if len(files) >= count else None

        return server.wait_for(find, f"no {count} letters in the outbox")

    def test_letters_are_files_that_a_mail_program_reads(self):
        with self.serving(FROM="gate@example.net") as server:
            self.queue(server, text="Dear Ada\n.\n=50% äöü \nend ")
            (file,) = self.letters(server)
            content = file.read_bytes()
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
            self.assertEqual(stat.S_IMODE(file.parent.stat().st_mode), 0o700)
            self.assertEqual(file.suffix, ".eml")
            url = server.url
        self.assertNotRegex(content, rb"(?<!\r)\n")
        self.assertNotRegex(content, rb"\r(?!\n)")
        self.assertLess(max(map(len, content.split(b"\r\n"))), 79)
        content.decode("ascii")
        letter = parse(content)
        self.assertEqual(letter.defects, [])
        self.assertEqual(letter["From"], "gate@example.net")
        self.assertEqual(letter["To"], "ada@example.org")
        self.assertEqual(letter["Subject"], "Hello")
        self.assertRegex(letter["Message-ID"], r"^<[A-Za-z0-9]{24}@example\.net>$")
        self.assertEqual(letter["Auto-Submitted"], "auto-generated")
        age = time.time() - email.utils.parsedate_to_datetime(letter["Date"]).timestamp()
        self.assertLess(abs(age), 120)
        self.assertEqual(
            text_of(content),
            f"Dear Ada\n.\n=50% äöü \nend \n{url}/v1/password-resets/abc\ncode 1\n",
        )

    def test_subjects_of_any_length_and_script_come_back_whole(self):
        subjects = [
            "x" * 255, "Grüße an Ada", "é" * 127, "=?UTF-8?Q?no?=", "password " * 20 + "end",
            "\U0001f600" * 60, " blanks around ", "",
        ]  # fmt: skip
        with self.serving() as server:
            for subject in subjects:
                self.queue(server, subject=subject)
            files = self.letters(server, len(subjects))
            letters = [file.read_bytes() for file in files]
        self.assertCountEqual([str(parse(letter)["Subject"]) for letter in letters], subjects)
        for letter in letters:
            self.assertLess(max(map(len, letter.split(b"\r\n"))), 79)

    def test_nothing_becomes_another_header_or_another_recipient(self):
        bad = [
            {"subject": "Hello\r\nBcc: eve@example.org"}, {"subject": "Hello\nBcc: eve@example.org"},
            {"to": "ada@example.org\r\nBcc: eve@example.org"}, {"to": "ada@example.org, eve@x.org"},
            {"to": "Ada <ada@example.org>"}, {"to": "ada@example.org> SIZE=1"}, {"to": "ada"},
            {"to": ""}, {"to": "a" * 250 + "@example.org"}, {"subject": "s" * 256},
        ]  # fmt: skip
        with self.serving() as server:
            for draft in bad:
                self.queue(server, **draft)
            self.queue(server, to="last@example.org")
            (file,) = self.letters(server)
            self.assertEqual(parse(file.read_bytes())["To"], "last@example.org")
            server.wait_for(lambda: len(server.logged("mail_dropped")) == len(bad), "not all dropped")
            self.assertEqual(self.metric(server, "mail_dropped_total"), len(bad))
            for record in server.logged("mail_dropped"):
                self.assertNotIn("example.org", record["message"])

    def test_an_outbox_that_others_can_enter_ends_the_start(self):
        installation = gatehouse.Installation()
        self.addCleanup(installation.close)
        outbox = installation.folder / "outbox"
        outbox.mkdir()
        outbox.chmod(0o755)
        done = installation.run("serve")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn(f"mail.outbox: {outbox} can be read", done.stderr)
        self.assertIn("chmod 700", done.stderr)

    def test_links_come_from_the_public_url(self):
        installation = gatehouse.Server(
            plugins=gatehouse.fixture("mails"),
            environment={"GATEHOUSE_HTTP__PUBLIC_URL": "https://id.example.com/gate"},
        )
        with installation as server:
            reply = server.anonymous().send(
                "POST", "/mails", {"to": "a@b.org", "subject": "s", "text": "t"},
                {"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
            )  # fmt: skip
            self.assertEqual(reply.status, 204, reply)
            (file,) = self.letters(server)
            text = text_of(file.read_bytes())
            self.assertIn("https://id.example.com/gate/v1/password-resets/abc\n", text)

    def test_the_reset_url_can_be_another_page(self):
        with self.serving(RESET_URL="https://app.example.com/reset?code=") as server:
            self.queue(server)
            (file,) = self.letters(server)
            text = text_of(file.read_bytes())
            self.assertIn("https://app.example.com/reset?code=abc\n", text)


class MailServerTest(MailCase):
    def test_a_letter_arrives_once_and_whole(self):
        text = "Dear Ada\n.\n..\nFrom me\n" + "ü" * 500
        with MailServer() as sink, self.serving(
            SMTP__URL=sink.url, FROM="gate@example.net"
        ) as server:
            self.queue(server, subject="Grüße", text=text)
            server.wait_for(lambda: sink.letters, "no letter")
            server.wait_for(lambda: self.metric(server, "mail_sent_total") == 1, "not counted")
            ((sender, recipients, content),) = sink.letters
            self.assertTrue(sender.startswith("MAIL FROM:<gate@example.net>"), sender)
            self.assertEqual(recipients, ["<ada@example.org>"])
            self.assertEqual(parse(content)["Subject"], "Grüße")
            self.assertTrue(text_of(content).startswith(text + "\n"))
            self.assertEqual(sink.commands[0], "EHLO example.net")
            self.assertFalse((server.folder / "outbox").exists())

    def test_a_refused_recipient_is_given_up_and_the_next_is_served(self):
        for verb, answer in [
            ("rcpt", "550 5.1.1 <ada@example.org> unknown"), ("letter", "554 no"), ("data", "554 no"),
        ]:  # fmt: skip
            with self.subTest(verb), MailServer(**{verb: answer}) as sink, self.serving(
                SMTP__URL=sink.url
            ) as server:
                self.queue(server)
                record = server.wait_for_log("mail_dropped", source="mails")
                self.assertIn(f"last answer {answer[:3]}", record["message"])
                self.assertNotIn("ada@", str(server.records))
                self.assertEqual(self.metric(server, "mail_dropped_total"), 1)
                self.assertEqual(sink.letters, [])
                sink.answers.clear()
                self.queue(server, to="bob@example.org")
                server.wait_for(lambda s=sink: s.letters, "no letter")
                self.assertEqual(sink.letters[0][1], ["<bob@example.org>"])

    def test_a_recipient_who_is_refused_for_now_holds_nobody_up(self):
        with MailServer(rcpt={"<ada@example.org>": "450 later"}) as sink, self.serving(
            SMTP__URL=sink.url
        ) as server:
            self.queue(server)
            self.queue(server, to="bob@example.org")
            server.wait_for(lambda: sink.letters, "no letter")
            self.assertEqual(sink.letters[0][1], ["<bob@example.org>"])
            server.wait_for_log("mail_failed", source="mails")

    def test_what_may_pass_is_tried_again(self):
        for verb, answer in [
            ("rcpt", "450 later"), ("hello", "554 go away"), ("mail", "550 who are you"),
        ]:  # fmt: skip
            with self.subTest(verb), MailServer(**{verb: answer}) as sink, self.serving(
                SMTP__URL=sink.url
            ) as server:
                self.queue(server)
                record = server.wait_for_log("mail_failed", source="mails")
                self.assertIn(f"last answer {answer[:3]}", record["message"])
                server.wait_for(lambda s=server: self.metric(s, "mail_queued") == 1, "not queued")
                self.assertEqual(self.metric(server, "mail_dropped_total"), 0)

    def test_nothing_is_said_to_a_server_without_tls_where_it_is_required(self):
        with MailServer() as sink, self.serving(
            SMTP__URL=sink.url, SMTP__STARTTLS="required"
        ) as server:
            self.queue(server)
            server.wait_for_log("mail_failed", source="mails")
            self.assertEqual([c for c in sink.commands if c.startswith(("MAIL", "RCPT"))], [])
            self.assertEqual(sink.letters, [])

    def test_a_dead_server_delays_no_request_and_loses_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        installation = gatehouse.Installation()
        self.addCleanup(installation.close)
        folder = installation.folder
        with self.serving(folder, SMTP__URL=f"smtp://127.0.0.1:{port}") as server:
            for number in range(5):
                self.queue(server, subject=f"Letter {number}")
            server.wait_for_log("mail_failed", source="mails")
        # Queued last, and due at once: what failed waits for its minute.
        with self.serving(folder, SMTP__URL=f"smtp://127.0.0.1:{port}") as server:
            server.wait_for(lambda: self.metric(server, "mail_queued") == 5, "some are lost")

    def test_a_hanging_server_delays_neither_requests_nor_the_end(self):
        with MailServer(hello="hang") as sink, self.serving(SMTP__URL=sink.url) as server:
            self.queue(server)
            server.wait_for(lambda: sink.connections, "no connection")
            # The sender waits now, for ten seconds and more; requests are answered all the while.
            for _ in range(20):
                self.queue(server)
            self.assertEqual(server.logged("mail_failed"), [])
            server.signal()
            self.assertEqual(server.wait(), 0)
            self.assertEqual(server.logged("stopped_by_force"), [])

    def test_what_was_queued_before_a_kill_is_sent_after_it(self):
        installation = gatehouse.Installation()
        self.addCleanup(installation.close)
        with MailServer() as sink:
            with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and says nothing
                server = gatehouse.Server(
                    gatehouse.fixture("mails"),
                    {"GATEHOUSE_MAIL__SMTP__URL": f"smtp://127.0.0.1:{silent.getsockname()[1]}"},
                    installation.folder,
                )
                server.start()
                self.queue(server, to="claimed@example.org")
                silent.accept()[0].close()
                self.queue(server, to="waiting@example.org")
                server.kill()
            with self.serving(installation.folder, SMTP__URL=sink.url) as again:
                again.wait_for(lambda: sink.letters, "no letter")
                self.assertEqual(sink.letters[0][1], ["<waiting@example.org>"])
                again.wait_for(lambda: self.metric(again, "mail_queued") == 1, "not kept")

    def test_passwords_are_not_sent_in_clear_and_files_are_judged(self):
        installation = gatehouse.Installation()
        self.addCleanup(installation.close)
        secret = installation.folder / "smtp-password"
        secret.write_text("secret\n")
        secret.chmod(0o644)
        base = {"SMTP__USER": "gate", "SMTP__PASSWORD_FILE": str(secret)}
        for more, complaint in [
            ({"SMTP__URL": "smtp://127.0.0.1:25"}, "mail.smtp.password_file: .* chmod 600"),
            (
                {"SMTP__URL": "smtp://mail.example.com", "SMTP__STARTTLS": "never"},
                "mail.smtp.starttls: would show the password",
            ),
            ({"SMTP__URL": "http://mail.example.com"}, "mail.smtp.url: is no smtp://"),
        ]:
            installation.environment = {
                f"GATEHOUSE_MAIL__{name}": value for name, value in {**base, **more}.items()
            }
            done = installation.run("serve")
            self.assertEqual(done.returncode, 2, done)
            self.assertRegex(done.stderr, complaint)

    def test_a_mail_server_needs_a_public_url_off_loopback(self):
        installation = gatehouse.Installation()
        self.addCleanup(installation.close)
        installation.environment = {
            "GATEHOUSE_MAIL__SMTP__URL": "smtp://127.0.0.1:25",
            "GATEHOUSE_HTTP__ADDRESS": "0.0.0.0",
        }
        done = installation.run("check-config")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("http.public_url", done.stderr)
        installation.environment["GATEHOUSE_HTTP__PUBLIC_URL"] = "https://id.example.com"
        self.assertEqual(installation.run("check-config").returncode, 0)


if __name__ == "__main__":
    unittest.main()
