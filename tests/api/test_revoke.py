"""`gatehouse revoke --all`: what ends, what does not, and that it works beside a server.

SPDX-License-Identifier: Apache-2.0
"""

import quopri
import re
import unittest

import gatehouse

PLUGINS = "  accounts: {}\n  audit: {}\n  users: {}\n"
PASSWORD = "enchantress of number"


class RevokeTest(unittest.TestCase):
    def setUp(self):
        self.server = gatehouse.Server(PLUGINS)
        self.addCleanup(self.server.close)

    def run_words(self, *words, code=0):
        done = self.server.run(*words)
        self.assertEqual(done.returncode, code, done)
        return done

    def mailed_code(self):
        def find():
            for file in (self.server.folder / "outbox").glob("*.eml"):
                text = quopri.decodestring(file.read_bytes()).decode()
                if match := re.search(r"/v1/password-resets/(\S+)", text):
                    return match[1]
            return None

        return self.server.wait_for(find, "no letter with a code")

    def confirm(self, code):
        body = {"code": code, "new_password": PASSWORD + "!"}
        return self.server.anonymous().post("/v1/password-resets/confirm", body)

    def test_without_all_it_says_what_it_would_do_and_does_nothing(self):
        for words in ([], ["--api-tokens"]):
            done = self.run_words("revoke", *words, code=2)
            self.assertIn("Nothing was revoked. With --all", done.stderr)
            self.assertEqual(done.stdout, "")
        self.assertFalse((self.server.folder / "gatehouse.sqlite").exists())

    def test_mailed_codes_end_and_passwords_stay(self):
        self.server.start()
        admin = self.server.client()
        ada = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
        self.assertEqual(admin.post("/v1/users", ada).status, 201)
        asked = self.server.anonymous().post("/v1/password-resets", {"email": "ada@example.org"})
        self.assertEqual(asked.status, 202)
        code = self.mailed_code()

        said = self.run_words("revoke", "--all").stdout
        self.assertRegex(
            said,
            r"\ARevoked: every session, and every code that was mailed; every API token still holds\. "
            r"The deployment's epoch is [0-9]+; servers that run keep to it within two seconds\.\n\Z",
        )
        refused = self.confirm(code)
        self.assertEqual(refused.status, 422, refused)
        self.assertEqual(refused.json["errors"][0]["code"], "wrong_code")
        self.assertEqual(self.server.client("ada", PASSWORD).get("/v1/users/me").status, 200)
        again = self.run_words("revoke", "--all", "--api-tokens").stdout
        self.assertIn("and every API token. ", again)

        events = admin.get("/v1/audit-events", action="deployment.revoked").json["items"]
        self.assertEqual(
            sorted(event["detail"]["reason"] for event in events),
            ["sessions, codes", "sessions, codes, api tokens"],
        )
        epochs = [int(re.search("epoch is ([0-9]+)", text)[1]) for text in (said, again)]
        self.assertLess(epochs[0], epochs[1])

    def test_a_wrong_configuration_ends_it(self):
        self.server.config.write_text("htp: {}\n", encoding="utf-8")
        self.assertIn("htp", self.run_words("revoke", "--all", code=2).stderr)


if __name__ == "__main__":
    unittest.main()
