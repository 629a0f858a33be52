"""The server with config/gatehouse.sweatstack.yaml, called with curl and in the order of SweatStack's SDK.

SPDX-License-Identifier: Apache-2.0
"""

import base64
import json
import subprocess
import unittest
import urllib.parse

import gatehouse
from users_case import UsersCase

CONFIG = gatehouse.ROOT / "config/gatehouse.sweatstack.yaml"
# What stands there under `plugins`.
PLUGINS = CONFIG.read_text(encoding="utf-8").partition("\nplugins:\n")[2]
PASSWORD = "enchantress of number"
USER_KEYS = {
    "id", "first_name", "last_name", "admin", "registered_at", "display_name", "is_managed",
}  # fmt: skip
SUMMARY_KEYS = {"id", "first_name", "last_name", "scopes", "display_name", "is_managed"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class SweatStackCase(UsersCase):
    PLUGINS = PLUGINS

    def tokens(self, username):
        form = {"grant_type": "password", "username": username, "password": PASSWORD}
        return self.post_form("/api/v1/oauth/token", form)

    def post_form(self, path, form):
        body = urllib.parse.urlencode(form).encode()
        reply = self.server.anonymous().send("POST", path, body, FORM)
        self.assertEqual(reply.status, 200, reply)
        return reply.json

    def person(self, **fields):
        return self.create(password=PASSWORD, **fields)


class CurlTest(SweatStackCase):
    """One line of curl for each operation of the document."""

    def curl(self, *words):
        """The status, the lower-case headers and the JSON that came."""
        done = subprocess.run(
            ["curl", "-sS", "-i", "--max-time", "60", *words],
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        head, _, body = done.stdout.partition("\n\n")
        lines = head.splitlines()
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        return int(lines[0].split()[1]), headers, json.loads(body)

    def test_every_operation(self):
        token = self.tokens(self.person(first_name="Mona")["username"])["access_token"]
        users = f"{self.server.url}/api/v1/users/"
        bearer = ("-H", f"Authorization: Bearer {token}")
        as_json = ("-H", "Content-Type: application/json")
        body = '{"first_name": "string", "last_name": null}'

        status, _, made = self.curl("-X", "POST", users, *bearer, *as_json, "-d", body)
        self.assertEqual((status, set(made)), (200, USER_KEYS))
        self.assertEqual((made["first_name"], made["last_name"]), ("string", None))
        self.assertEqual((made["admin"], made["is_managed"]), (False, True))
        self.assertRegex(made["registered_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

        status, _, found = self.curl(users, *bearer)
        self.assertEqual(status, 200)
        self.assertTrue(all(set(one) == SUMMARY_KEYS for one in found))
        self.assertEqual([one["is_managed"] for one in found], [False, True])
        for where in (("-H", f"refreshed-token: {token}"), ("-b", f"token={token}")):
            self.assertEqual(self.curl(users, *where)[::2], (200, found))
        status, _, found = self.curl("-G", users, *bearer, "-d", "include_managed=False")
        self.assertEqual([one["is_managed"] for one in found], [False])

        user = users + made["id"]
        self.assertEqual(self.curl(user, *bearer)[::2], (200, made))
        # curl says that this is a form.
        status, _, changed = self.curl("-X", "PUT", user, *bearer, "-d", "last_name=de+Vries")
        self.assertEqual((status, changed["display_name"]), (200, "string de Vries"))
        body = '{"first_name": "Bob", "last_name": null}'
        status, _, changed = self.curl("-X", "PUT", user, *bearer, *as_json, "-d", body)
        self.assertEqual((status, changed["display_name"]), (200, "Bob de Vries"))
        self.assertEqual(
            self.curl("-X", "DELETE", user, *bearer)[::2], (200, {"message": "User deleted"})
        )
        self.assertEqual(
            self.curl(user, *bearer)[::2],
            (404, {"detail": "User does not exist or is not managed by you"}),
        )

    def test_errors(self):
        users = f"{self.server.url}/api/v1/users/"
        status, headers, body = self.curl(users)
        self.assertEqual((status, body), (401, {"detail": "Not authenticated"}))
        self.assertEqual(headers["www-authenticate"], "bearer")
        token = self.tokens(self.person()["username"])["access_token"]
        bearer = ("-H", f"Authorization: Bearer {token}")
        # curl says that this is a form, which is no JSON.
        status, _, body = self.curl("-X", "POST", users, *bearer, "-d", '{"first_name": "Bob"}')
        self.assertEqual((status, body["detail"][0]["loc"]), (422, ["body"]))
        query = "include_managed=maybe"
        status, _, body = self.curl("-G", users, *bearer, "-d", query)
        self.assertEqual(status, 422)
        self.assertEqual(set(body["detail"][0]), {"loc", "msg", "type"})
        self.assertEqual(body["detail"][0]["loc"], ["query", "include_managed"])


class Sdk:
    """What SweatStack's Python client sends, in its order."""

    def __init__(self, case, api_key, refresh_token):
        self.case = case
        self.api_key = api_key
        self.refresh_token = refresh_token

    def request(self, method, path, body=None, form=None):
        headers = {"Authorization": f"Bearer {self.api_key}", "Accept": "*/*"}
        if form is not None:
            body = urllib.parse.urlencode(form).encode()
            headers.update(FORM)
        return self.case.server.anonymous().send(method, path, body, headers)

    def answer(self, *words, **more):
        reply = self.request(*words, **more)
        self.case.assertEqual(reply.status, 200, reply)
        return reply.json

    def with_tokens(self, tokens):
        return Sdk(self.case, tokens["access_token"], tokens["refresh_token"])

    def principal_client(self):
        return self.with_tokens(self.answer("GET", "/api/v1/oauth/principal-token"))

    def delegated_client(self, user):
        return self.with_tokens(
            self.answer("POST", "/api/v1/oauth/delegated-token", {"sub": user})
        )

    def list(self, **parameters):
        principal = self.principal_client()
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        return principal.answer("GET", "/api/v1/users/" + query)

    def refresh(self):
        """With the access token that has ended in the header, as the client does."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self.refresh_token,
            "client_id": "5382f68b0d254378",
            "client_secret": "",
            "tz": "Europe/Amsterdam",
        }
        return self.answer("POST", "/api/v1/oauth/token", form=form)


class SdkTest(SweatStackCase):
    def sdk(self, username):
        tokens = self.tokens(username)
        return Sdk(self, tokens["access_token"], tokens["refresh_token"])

    def test_a_day_with_the_client(self):
        coach = self.person(first_name="Cora")
        athlete = self.person(first_name="Ann", last_name="Athlete")
        sdk = self.sdk(coach["username"])
        junior = sdk.answer("POST", "/api/v1/users/", {"first_name": "Bob", "last_name": "Smit"})
        self.assertEqual(set(junior), USER_KEYS)
        shares = self.server.client(athlete["username"], PASSWORD).post(
            "/v1/users/me/grants", {"grantee": coach["id"], "scopes": ["data:read"]}
        )
        self.assertEqual(shares.status, 201, shares)

        everyone = sdk.list()
        self.assertEqual([one["id"] for one in everyone], [coach["id"], junior["id"], athlete["id"]])
        self.assertEqual(everyone[0]["scopes"], ["data:read", "data:write"])
        self.assertEqual(everyone[2]["scopes"], ["data:read"])
        self.assertEqual(claims_of(sdk.principal_client().api_key)["sub"], coach["id"])
        # Booleans as httpx writes them.
        found = sdk.list(include_managed="false", include_shared="false")
        self.assertEqual([one["id"] for one in found], [coach["id"]])
        found = sdk.list(name="smit")
        self.assertEqual([one["display_name"] for one in found], ["Bob Smit"])

        path = f"/api/v1/users/{junior['id']}"
        self.assertEqual(sdk.answer("GET", path), junior)
        changed = sdk.answer("PUT", path, form={"last_name": "de Vries"})
        self.assertEqual(changed["display_name"], "Bob de Vries")

        acting = sdk.delegated_client(junior["id"])
        self.assertEqual(claims_of(acting.api_key)["sub"], junior["id"])
        self.assertEqual(acting.request("GET", "/api/v1/users/").status, 403)
        self.assertEqual(len(acting.list()), 3, "as the principal, also on a delegated client")

        info = sdk.answer("GET", "/api/v1/oauth/userinfo")
        self.assertEqual((info["sub"], info["name"]), (coach["id"], "Cora"))

        refreshed = sdk.refresh()
        self.assertEqual(refreshed["token_type"], "Bearer")
        sdk = sdk.with_tokens(refreshed)
        self.assertEqual(sdk.request("DELETE", path).status, 200)
        self.assertEqual(sdk.request("DELETE", path).status, 404)
        self.assertEqual(len(sdk.list()), 2)

    def test_an_api_token_in_the_place_of_the_api_key(self):
        coach = self.person()
        client = self.server.client(coach["username"], PASSWORD)
        made = client.post("/v1/users/me/tokens", {"title": "SWEATSTACK_API_KEY"})
        self.assertEqual(made.status, 201, made)
        sdk = Sdk(self, made.json["token"], None)
        self.assertEqual([one["id"] for one in sdk.list()], [coach["id"]])
        tokens = sdk.answer("GET", "/api/v1/oauth/principal-token")
        self.assertEqual(tokens["refresh_token"], "")
        self.assertEqual(claims_of(tokens["access_token"])["sub"], coach["id"])


class BrowserTest(SweatStackCase):
    """Pages under a public URL with a port and a path, which a proxy takes away."""

    @classmethod
    def setUpClass(cls):
        url = {"GATEHOUSE_HTTP__PUBLIC_URL": "https://id.example.com:443/sub"}
        plugins = PLUGINS.replace("renew_cookie_before: 0s", "renew_cookie_before: 5m")
        cls.server = gatehouse.Server(plugins, {**gatehouse.ADMIN_ENVIRONMENT, **url}).start()
        cls.admin = cls.server.client()
        cls.made = 0

    def test_the_origin_has_no_port_and_the_cookie_the_path(self):
        token = self.tokens(self.person()["username"])["access_token"]
        for origin, status in (("https://id.example.com", 200), ("https://example.com", 403)):
            reply = self.server.anonymous().send(
                "POST",
                "/api/v1/users/",
                {"first_name": "Bob", "last_name": None},
                {"Cookie": f"token={token}", "Origin": origin},
            )
            self.assertEqual(reply.status, status, reply)
            if status == 200:
                self.assertIn("; Path=/sub/api/v1; ", reply.header("Set-Cookie"))


class ShippedConfigurationTest(unittest.TestCase):
    def test_it_has_no_mistakes(self):
        there = gatehouse.Installation()
        self.addCleanup(there.close)
        there.config.write_text(CONFIG.read_text(encoding="utf-8"), encoding="utf-8")
        done = there.run("check-config")
        self.assertEqual(done.returncode, 0, done)

    def test_settings_are_checked(self):
        settings = "{max_unpaged_rows: 0, renew_cookie_before: 6m, own: 1}"
        there = gatehouse.Installation(
            "  users: {}\n  tokens: {}\n  managed_users: {}\n"
            f"  sweatstack: {{mount: /api/v2, config: {settings}}}\n"
        )
        self.addCleanup(there.close)
        done = there.run("check-config")
        self.assertEqual(done.returncode, 2, done)
        for key in ("max_unpaged_rows", "renew_cookie_before", "own"):
            self.assertIn(f"plugins.sweatstack.config.{key}: ", done.stderr)
        self.assertIn("plugins.sweatstack.mount: ", done.stderr)


if __name__ == "__main__":
    unittest.main()
