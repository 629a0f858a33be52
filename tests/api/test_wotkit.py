"""The users of WoTKit from a running server, with the configuration for people who come from there: the
calls of seed document 003 by curl, and those of the vendor's PHP client in the order of its test cases.

SPDX-License-Identifier: Apache-2.0
"""

import json
import subprocess
import unittest

import gatehouse
import shipped

FILE = "gatehouse.wotkit.yaml"
SEEN_IN_THE_SEED = {
    "id": 1,
    "username": "sensetecnic",
    "email": "info@sensetecnic.com",
    "firstname": "Sense",
    "lastname": "Tecnic",
    "enabled": True,
    "accountNonExpired": True,
    "accountNonLocked": True,
    "credentialsNonExpired": True,
}


class WotkitCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = gatehouse.Server(shipped.plugins(FILE)).start()
        cls.base = cls.server.url + "/wotkit/api/"
        named = {
            "username": "sensetecnic",
            "email": "info@sensetecnic.com",
            "first_name": "Sense",
            "last_name": "Tecnic",
        }
        admin = cls.server.client()
        assert admin.patch("/v1/users/1", named).status == 200
        admin = cls.server.client("sensetecnic")
        cls.key = admin.post("/v1/users/me/tokens", {"title": "key"}).json

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def curl(self, path, *words, user=None):
        """Status and body."""
        pair = user or f"sensetecnic:{gatehouse.ADMIN_PASSWORD}"
        done = subprocess.run(
            ["curl", "-s", "--user", pair, "-w", "\n%{http_code}", *words, self.base + path],
            stdout=subprocess.PIPE,
            text=True,
            timeout=gatehouse.PATIENCE_S,
            check=True,
        )
        body, _, status = done.stdout.rpartition("\n")
        return int(status), json.loads(body) if body else None

    def send(self, method, path, body, **options):
        words = ("-X", method, "-H", "Content-Type: application/json", "-d", json.dumps(body))
        return self.curl(path, *words, **options)


class SeedTest(WotkitCase):
    """Seed document 003, its paragraphs one after the other."""

    def test_the_file_is_good(self):
        done = shipped.check(FILE)
        self.assertEqual(done.returncode, 0, done)

    def test_viewing_a_single_user(self):
        status, user = self.curl("users/1")
        self.assertEqual(status, 200)
        self.assertEqual(user, {**SEEN_IN_THE_SEED, "timeZone": "UTC"})
        self.assertEqual(list(user)[:9], list(SEEN_IN_THE_SEED))
        self.assertEqual(self.curl("users/sensetecnic"), (200, user))
        self.assertEqual(self.curl("users/1", user=f"{self.key['id']}:{self.key['token']}"), (200, user))

    def test_from_registering_to_deleting(self):
        new = {
            "username": "seeduser",
            "firstname": "Seed",
            "lastname": " ",
            "email": "info@sensetecnic.com",
            "password": "password",
        }
        status, made = self.send("POST", "users", new)
        self.assertEqual(status, 201)
        self.assertEqual(made["timeZone"], "UTC")
        self.assertEqual(self.send("POST", "users", new)[0], 409)
        self.assertEqual(self.send("POST", "users", {**new, "username": "abc"})[0], 400)
        path = f"users/{made['id']}"
        for field, value in {
            "firstname": "Changed",
            "lastname": "Changed",
            "email": "changed@sensetecnic.com",
            "timeZone": "America/Vancouver",
        }.items():
            self.assertEqual(self.send("PUT", path, {field: value}), (204, None))
            made[field] = value
            self.assertEqual(self.curl("users/seeduser"), (200, made))
        self.assertEqual(self.send("PUT", path, {"password": "password2"}), (204, None))
        own = "seeduser:password2"
        self.assertEqual(self.curl("users", user=own)[0], 403)
        self.assertEqual(self.curl("users", user="seeduser:password")[0], 401)
        self.assertEqual(self.curl(path, "-X", "DELETE"), (204, None))
        self.assertEqual(self.curl(path)[0], 404)

    def test_queries(self):
        self.assertEqual([user["id"] for user in self.curl("users?text=TECNIC")[1]], [1])
        status, users = self.curl("users?reverse=true&offset=0&limit=1")
        self.assertEqual((status, users[0]["id"]), (200, 1))
        self.assertEqual(self.curl("users?offset=1000"), (200, []))
        self.assertEqual(self.curl("users?limit=many")[0], 400)

    def test_a_token_in_the_query(self):
        reply = self.server.anonymous().get("/wotkit/api/users/1", access_token=self.key["token"])
        self.assertEqual(reply.status, 200, reply)
        logged = b"".join(list(self.server.lines)).decode()
        self.assertNotIn(self.key["token"], logged)


class PhpClientTest(WotkitCase):
    """wotkit-php, "TESTING USERS": a key, every field that is a number sent as one, and for each call
    the status that its test cases expect, but where the seed document says another: what is wrong in a
    new user is 400 (400 or 500 there)."""

    def call(self, method, path, body=None):
        key = f"{self.key['id']}:{self.key['token']}"
        words = ["-H", "Content-Type: application/json"]
        if method != "GET":
            words += ["-X", method]
        if body is not None:
            words += ["-d", json.dumps(body)]
        return self.curl(path, *words, user=key)

    def assert_error(self, answer, status, keyword, developer_keyword=""):
        """As its function checkError() looks at an error."""
        self.assertEqual(answer[0], status, answer)
        error = answer[1]["error"]
        self.assertEqual((error["status"], error["code"]), (status, 0))
        self.assertIn(keyword.lower(), error["message"].lower())
        said = [error["developerMessage"][0], *error["moreInfo"], *error["moreInfo"].values()]
        self.assertIn(developer_keyword.lower(), " ".join(said).lower())

    def test_the_calls_of_its_test_cases(self):
        new = {
            "username": "newuser",
            "firstname": "API Testing",
            "lastname": "Lastname",
            "email": "email@address.com",
            "password": "password",
        }
        for name in ("other1", "other2", "other3", "other4", "other5"):
            self.assertEqual(self.call("POST", "users", {**new, "username": name,
                                                         "firstname": "Other"})[0], 201)

        self.assert_error(self.call("POST", "users", {**new, "username": 3}), 400, "invalid", "username")
        missing = {name: value for name, value in new.items() if name != "lastname"}
        self.assert_error(self.call("POST", "users", missing), 400, "invalid", "lastname")
        status, made = self.call("POST", "users", new)
        self.assertEqual(status, 201)
        self.assert_error(self.call("POST", "users", new), 409, "already exists")

        self.assertEqual(self.call("GET", "users/newuser"), (200, made))
        changed = {
            "username": "newuser",
            "firstname": "Firstname Changed",
            "email": "new_email@address.com",
            "password": "password2",
        }
        self.assertEqual(self.call("PUT", "users/newuser", changed), (204, None))
        del changed["password"]
        made.update(changed)
        self.assertEqual(self.call("GET", "users/newuser"), (200, made))
        renamed = self.call("PUT", "users/newuser", {"username": "changed_user_name"})
        self.assert_error(renamed, 400, "Extraneous field", "Cannot change username")
        self.assertEqual(self.call("GET", "users/newuser"), (200, made))

        def ids(query):
            status, users = self.call("GET", "users?" + query)
            self.assertEqual(status, 200)
            return [user["id"] for user in users]

        self.assertEqual(ids("text=Changed"), [made["id"]])
        oldest = ids("reverse=1&limit=6")
        newest = ids("reverse=0&limit=6")
        self.assertEqual((len(oldest), sorted(oldest)), (6, oldest))
        self.assertEqual((len(newest), sorted(newest, reverse=True)), (6, newest))
        self.assertEqual(ids("limit=2"), newest[:2])
        self.assertEqual(len(ids("offset=5&limit=2")), 2)

        self.assertEqual(self.call("DELETE", "users/newuser"), (204, None))
        gone = "Could not locate this resource."
        self.assert_error(self.call("DELETE", "users/newuser"), 404, gone)
        self.assert_error(self.call("GET", "users/newuser"), 404, gone)


if __name__ == "__main__":
    unittest.main()
