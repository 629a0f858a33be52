"""Clients of FlexMeasures against a running server with the configuration that is shipped for them.

The operations of the API documents are called with curl; then the calls of flexmeasures-client in
its order, with its headers and its ways to judge an answer.
SPDX-License-Identifier: Apache-2.0
"""

import json
import quopri
import re
import subprocess
import unittest

import gatehouse

CONFIG = gatehouse.ROOT / "config" / "gatehouse.flexmeasures.yaml"
PASSWORD = "enchantress of number"


def shipped_sections():
    """What is below `plugins:` in the shipped file, and the section `policy` behind it."""
    text = CONFIG.read_text(encoding="utf-8")
    before, plugins = text.split("\nplugins:\n")
    return plugins + "policy:\n" + before.split("\npolicy:\n")[1]


class FlexMeasuresCase(unittest.TestCase):
    """Account 2 is the consultancy of account 3, in which are Ada (account-admin) and Bob."""

    @classmethod
    def setUpClass(cls):
        cls.server = gatehouse.Server(shipped_sections()).start()
        cls.admin = cls.server.client()
        consultancy = cls.make("/v1/accounts", {"name": "Consultancy"})
        link = {"name": "Test Account", "consultancy_account": consultancy["number"]}
        cls.account = cls.make("/v1/accounts", link)
        cls.ada = cls.make_user("Ada Admin", roles=["account-admin"])
        cls.bob = cls.make_user("Test Prosumer User", email="test_prosumer@seita.nl")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    @classmethod
    def make(cls, path, body):
        reply = cls.admin.post(path, body)
        if reply.status != 201:
            raise AssertionError(reply)
        return reply.json

    @classmethod
    def make_user(cls, username, email=None, **fields):
        fields["account"] = cls.account["number"]
        fields["email"] = email or username.lower().replace(" ", ".") + "@example.org"
        return cls.make("/v1/users", {"username": username, "password": PASSWORD, **fields})

    def curl(self, *words):
        """Status and body."""
        done = subprocess.run(
            ["curl", "-sS", "-w", "\n%{http_code}", *words],
            capture_output=True,
            text=True,
            timeout=gatehouse.PATIENCE_S,
            check=True,
        )
        body, status = done.stdout.rsplit("\n", 1)
        return int(status), body

    def call(self, method, path, token=None, body=None):
        words = ["-X", method, "-H", "Content-Type: application/json"]
        if token:
            words += ["-H", f"Authorization: {token}"]
        if body is not None:
            words += ["-d", json.dumps(body)]
        status, text = self.curl(*words, self.server.url + path)
        return status, json.loads(text)

    def token(self, user, password=PASSWORD):
        credentials = {"email": user["email"], "password": password}
        status, answer = self.call("POST", "/api/requestAuthToken", body=credentials)
        self.assertEqual(status, 200, answer)
        return answer["auth_token"]

    def mailed_token(self, address):
        def find():
            for file in (self.server.folder / "outbox").glob("*.eml"):
                text = quopri.decodestring(file.read_bytes()).decode()
                match = re.search(r"/reset/(\S+)", text)
                if match and re.search(rf"(?m)^To: {re.escape(address)}\r?$", text):
                    return match[1]
            return None

        return self.server.wait_for(find, f"no letter for {address}")


class ConfigurationTest(unittest.TestCase):
    def test_the_shipped_file_is_good(self):
        with gatehouse.Installation() as there:
            done = there.run("check-config", "--config", str(CONFIG))
            self.assertEqual(done.returncode, 0, done.stderr)


class OperationsTest(FlexMeasuresCase):
    def test_users(self):
        token = self.token(self.ada)
        bob = f"/api/v3_0/users/{self.bob['number']}"
        status, user = self.call("GET", bob, token)
        self.assertEqual(status, 200)
        fields = ("account_id", "active", "email", "flexmeasures_roles", "id", "username")
        self.assertEqual(
            {name: user[name] for name in fields},
            {
                "account_id": self.account["number"],
                "active": True,
                "email": "test_prosumer@seita.nl",
                "flexmeasures_roles": [],
                "id": self.bob["number"],
                "username": "Test Prosumer User",
            },
        )
        self.assertEqual(user["timezone"], "Europe/Amsterdam")

        status, users = self.call("GET", "/api/v3_0/users", token)
        self.assertEqual(status, 200)
        self.assertIn(self.bob["number"], [one["id"] for one in users])
        account = f"/api/v3_0/users?account_id={self.account['number']}&include_inactive=yes"
        self.assertEqual(self.call("GET", account, token)[0], 200)
        self.assertEqual(self.call("GET", "/api/v3_0/users?account_id=1", token)[0], 403)

        status, user = self.call("PATCH", bob, token, {"active": False})
        self.assertEqual((status, user["active"]), (200, False))
        status, user = self.call("PATCH", bob, token, {"active": True})
        self.assertEqual((status, user["active"]), (200, True))
        self.assertEqual(self.call("PATCH", bob, token, {"account_id": 1})[0], 422)
        self.assertEqual(self.call("GET", bob + "/auditlog?page=1", token)[0], 200)

    def test_accounts(self):
        token = self.token(self.bob)
        path = f"/api/v3_0/accounts/{self.account['number']}"
        status, account = self.call("GET", path, token)
        self.assertEqual((status, account["consultancy_account_id"]), (200, 2))
        self.assertEqual(self.call("GET", "/api/v3_0/accounts", token)[1][0]["id"], account["id"])
        status, page = self.call("GET", "/api/v3_0/accounts?page=1&per_page=5&filter=test", token)
        self.assertEqual((status, page["num-records"], page["filtered-records"]), (200, 1, 1))
        colour = {"primary_color": "#1a3443"}
        status, account = self.call("PATCH", path, token, colour)
        self.assertEqual((status, account["primary_color"]), (200, "#1a3443"))
        self.assertEqual(self.call("PATCH", path, token, {"consultancy_account_id": 1})[0], 403)
        self.assertEqual(self.call("GET", path + "/auditlog", token)[0], 403)
        status, log = self.call("GET", path + "/auditlog", self.token(self.ada))
        self.assertEqual(status, 200)
        self.assertIn("Account Updated, Field: primary_color", [one["event"] for one in log])

    def test_a_password_reset_over_the_mailed_link(self):
        carol = self.make_user("Carol")
        token = self.token(carol)
        path = f"/api/v3_0/users/{carol['number']}"
        self.assertEqual(self.call("PATCH", path + "/password-reset", token), (200, {"status": 200}))
        self.assertEqual(self.call("GET", path, token)[0], 401)
        link = "/reset/" + self.mailed_token(carol["email"])
        status, page = self.curl(self.server.url + link)
        self.assertEqual(status, 200)
        self.assertIn("<form method=\"post\">", page)
        form = ["-d", "password=another+horse", "-d", "password_confirm=another+horse"]
        self.assertEqual(self.curl(*form, self.server.url + link)[0], 200)
        self.assertEqual(self.curl(*form, self.server.url + link)[0], 400)
        self.token(carol, "another horse")

    def test_a_browser_signs_in_with_a_cookie(self):
        url = self.server.url
        body = json.dumps({"email": self.bob["email"], "password": PASSWORD})
        cookies = str(self.server.folder / "cookies.txt")
        words = ["-c", cookies, "-b", cookies, "-H", "Content-Type: application/json"]
        self.assertEqual(self.curl(*words, "-d", body, url + "/login")[0], 200)
        me = f"{url}/api/v3_0/users/{self.bob['number']}"
        self.assertEqual(self.curl(*words, me)[0], 200)
        self.assertEqual(self.curl(*words, url + "/logout")[0], 302)
        self.assertEqual(self.curl(*words, me)[0], 401)

    def test_a_token_in_the_query(self):
        url = f"{self.server.url}/api/v3_0/users/{self.bob['number']}"
        self.assertEqual(self.curl(f"{url}?auth_token={self.token(self.bob)}")[0], 200)


    def test_a_request_for_a_token_without_a_body(self):
        status, body = self.curl("-X", "POST", self.server.url + "/api/requestAuthToken")
        self.assertEqual(status, 400)
        text = "Content-type of request must be application/json"
        self.assertEqual(json.loads(body)["errors"], [text])


class ClientTest(FlexMeasuresCase):
    """flexmeasures-client: JSON is read before the status is looked at, on every answer."""

    def request(self, method, path, token=None, body=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = token
        reply = self.server.anonymous().send(method, path, body, headers)
        self.assertEqual(reply.header("Content-Type"), "application/json")
        return reply, reply.json

    def test_the_calls_of_get_account_in_their_order(self):
        credentials = {"email": self.bob["email"], "password": PASSWORD}
        reply, answer = self.request("POST", "/api/requestAuthToken", body=credentials)
        self.assertEqual(reply.status, 200)
        self.assertEqual(answer["user_id"], self.bob["number"])
        token = answer["auth_token"]

        reply, answer = self.request("GET", "/api/", token)
        self.assertIn("v3_0", answer["versions"])
        self.assertRegex(answer["flexmeasures_version"], r"^\d+\.\d+\.\d+$")
        self.assertEqual(reply.header("FlexMeasures-Version"), answer["flexmeasures_version"])

        reply, users = self.request("GET", "/api/v3_0/users", token)
        self.assertIsInstance(users, list)
        (me,) = [user for user in users if user["email"] == self.bob["email"]]
        reply, account = self.request("GET", f"/api/v3_0/accounts/{me['account_id']}", token)
        self.assertEqual(reply.status, 200)
        self.assertIsInstance(account, dict)
        self.assertEqual(account["name"], "Test Account")

    def test_errors_are_json_with_the_texts_that_the_client_looks_for(self):
        wrong = {"email": self.bob["email"], "password": "wrong horse"}
        reply, answer = self.request("POST", "/api/requestAuthToken", body=wrong)
        self.assertEqual((reply.status, answer["errors"]), (401, ["User password does not match."]))
        nobody = {"email": "no@example.org", "password": "x"}
        reply, answer = self.request("POST", "/api/requestAuthToken", body=nobody)
        text = "User with email 'no@example.org' does not exist"
        self.assertEqual((reply.status, answer["errors"]), (404, [text]))
        for method, path, status in (
            ("GET", "/api/v3_0/users", 401),
            ("GET", "/api/v3_0/nothing", 404),
            ("DELETE", "/api/v3_0/users", 405),
            ("GET", "/api/requestAuthToken", 405),
        ):
            reply, answer = self.request(method, path)
            self.assertEqual(reply.status, status)
            self.assertIn("message", answer)
        reply, answer = self.request("GET", "/api/v3_0/users", "junk")
        self.assertEqual((reply.status, answer["status"]), (401, "UNAUTHORIZED"))


if __name__ == "__main__":
    unittest.main()
