"""A manager and the users they look after, from a running server over HTTP, until somebody takes over.

SPDX-License-Identifier: Apache-2.0
"""

import quopri
import re
import unittest

import gatehouse
from users_case import UsersCase

FIELDS = {
    "id", "number", "first_name", "last_name", "display_name", "timezone", "description", "active",
    "created_at", "updated_at",
}  # fmt: skip
LIST = "/v1/managed-users"


class ManagedCase(UsersCase):
    PLUGINS = "  users: {}\n  managed_users: {}\n"

    def make(self, manager, first_name="Bob", last_name="Smit"):
        reply = manager.post(LIST, {"first_name": first_name, "last_name": last_name})
        self.assertEqual(reply.status, 201, reply)
        return reply.json


class ManagingTest(ManagedCase):
    def test_a_manager_makes_reads_lists_changes_and_deletes(self):
        manager, client = self.sign_in()
        made = client.post(LIST, {"first_name": "Bob", "last_name": "Smit"})
        self.assertEqual(made.status, 201, made)
        bob = made.json
        self.assertEqual(set(bob), FIELDS)
        self.assertEqual(made.header("Location"), f"{LIST}/{bob['id']}")
        self.assertEqual(client.get(f"{LIST}/{bob['number']}").json, bob)
        self.assertEqual(client.get(LIST, text="smi").json, {"items": [bob], "next": None})

        same = client.get(f"/v1/users/{bob['id']}").json
        self.assertEqual({field: same[field] for field in FIELDS}, bob)
        self.assertIsNone(same["username"])
        self.assertEqual(same["manager"]["id"], manager["id"])

        changed = client.patch(f"{LIST}/{bob['id']}", {"last_name": None, "description": "Runs."})
        self.assertEqual(changed.status, 200, changed)
        self.assertEqual(changed.json["display_name"], "Bob")
        self.assertEqual(client.get(f"{LIST}/{bob['id']}").json, changed.json)

        self.assertEqual(client.delete(f"{LIST}/{bob['id']}").status, 204)
        self.assert_problem(client.get(f"{LIST}/{bob['id']}"), 404, "not_found")
        self.assertEqual(client.get(LIST).json["items"], [])

    def test_pages_have_a_link_to_the_next(self):
        _, client = self.sign_in()
        made = [self.make(client, f"User {i}")["id"] for i in range(3)]
        first = client.get(LIST, limit=2)
        self.assertIn('rel="next"', first.header("Link"))
        second = client.get(LIST, limit=2, cursor=first.json["next"])
        found = [user["id"] for page in (first, second) for user in page.json["items"]]
        self.assertEqual(found, made[::-1])
        other = client.get(LIST, limit=1, cursor=first.json["next"])
        self.assert_problem(other, 400, "cursor_mismatch")

    def test_everybody_else_and_admins_too_find_nobody(self):
        _, client = self.sign_in()
        _, other = self.sign_in()
        path = f"{LIST}/{self.make(client)['id']}"
        for stranger in (other, self.admin):
            self.assert_problem(stranger.get(path), 404, "not_found")
            self.assert_problem(stranger.patch(path, {"first_name": "x"}), 404, "not_found")
            self.assert_problem(stranger.delete(path), 404, "not_found")
        self.assertEqual(self.server.anonymous().get(path).status, 401)

    def test_who_manages_others_is_not_deleted(self):
        manager, client = self.sign_in()
        bob = self.make(client)
        path = f"/v1/users/{manager['id']}"
        self.assert_problem(self.admin.delete(path), 409, "manages_users")
        self.assertEqual(client.delete(f"{LIST}/{bob['id']}").status, 204)
        self.assertEqual(self.admin.delete(path).status, 204)

    def test_without_the_plugin_tokens_nobody_is_acted_for(self):
        _, client = self.sign_in()
        reply = client.post(f"{LIST}/{self.make(client)['id']}/delegated-token", {})
        self.assert_problem(reply, 409, "no_tokens")


class HandoverTest(ManagedCase):
    def mailed_code(self, address):
        def find():
            for file in (self.server.folder / "outbox").glob("*.eml"):
                text = quopri.decodestring(file.read_bytes()).decode()
                match = re.search(r"/v1/password-resets/(\S+)", text)
                if match and re.search(rf"(?m)^To: {re.escape(address)}\r?$", text):
                    return match[1]
            return None

        return self.server.wait_for(find, f"no invitation for {address}")

    def accept(self, code, password="enchantress of number"):
        body = {"code": code, "new_password": password}
        return self.server.anonymous().post("/v1/password-resets/confirm", body)

    def test_an_invitation_is_read_and_withdrawn(self):
        _, client = self.sign_in()
        path = f"{LIST}/{self.make(client)['id']}/handover"
        self.assert_problem(client.get(path), 404, "not_found")
        to = {"email": "ida@example.org", "username": "ida"}
        self.assertEqual(client.post(path, to).status, 202)
        code = self.mailed_code("ida@example.org")
        waiting = client.get(path).json
        self.assertEqual({name: waiting[name] for name in to}, to)
        self.assertEqual(set(waiting), {*to, "expires_at"})
        self.assertEqual(client.delete(path).status, 204)
        self.assert_problem(client.delete(path), 404, "not_found")
        self.assert_problem(self.accept(code), 422, "invalid_fields")

    def test_the_new_owner_signs_in_as_the_same_user(self):
        _, client = self.sign_in()
        bob = self.make(client)
        path = f"{LIST}/{bob['id']}"
        invited = client.post(f"{path}/handover", {"email": "bob@example.org", "username": "bob"})
        self.assertEqual((invited.status, invited.body), (202, b""))
        self.assertEqual(client.get(path).json, bob)
        self.assertEqual(self.server.client("bob", "enchantress of number").get(LIST).status, 401)

        code = self.mailed_code("bob@example.org")
        self.assert_problem(self.accept(code, "short"), 422, "invalid_fields")
        self.assertEqual(self.accept(code).status, 204)
        self.assert_problem(self.accept(code), 422, "invalid_fields")

        me = self.server.client("bob", "enchantress of number").get("/v1/users/me").json
        self.assertEqual((me["id"], me["number"]), (bob["id"], bob["number"]))
        self.assertEqual((me["username"], me["email"]), ("bob", "bob@example.org"))
        self.assertIsNone(me["manager"])
        self.assert_problem(client.get(path), 404, "not_found")
        self.assert_problem(client.get(f"/v1/users/{bob['id']}"), 404, "not_found")
        self.assertEqual(client.get(LIST).json["items"], [])

    def test_names_that_others_have_are_refused(self):
        taken, client = self.sign_in(email="taken@example.org")
        path = f"{LIST}/{self.make(client)['id']}/handover"
        body = {"email": "new@example.org", "username": taken["username"].upper()}
        self.assert_problem(client.post(path, body), 409, "username_taken")
        body = {"email": "Taken@example.org", "username": "new"}
        self.assert_problem(client.post(path, body), 409, "email_taken")
        problem = self.assert_problem(
            client.post(path, {"email": "nowhere", "username": "me"}), 422, "invalid_fields"
        )
        pointers = {error["pointer"] for error in problem["errors"]}
        self.assertEqual(pointers, {"/email", "/username"})


class LimitTest(ManagedCase):
    PLUGINS = "  users: {}\n  managed_users: {config: {managed_per_user: 1}}\n"

    def test_one_more_than_the_limit_is_refused(self):
        _, client = self.sign_in()
        self.make(client)
        reply = client.post(LIST, {"first_name": "Carol"})
        self.assert_problem(reply, 409, "too_many_managed_users")


class SettingsTest(unittest.TestCase):
    def test_scopes_and_limits_are_checked(self):
        settings = "{scopes: ['Data Read'], managed_per_user: 0, grants_per_user: 1001}"
        installation = gatehouse.Installation(
            f"  users: {{}}\n  managed_users: {{config: {settings}}}\n"
        )
        self.addCleanup(installation.close)
        done = installation.run("check-config")
        self.assertEqual(done.returncode, 2, done)
        for key in ("scopes", "managed_per_user", "grants_per_user"):
            self.assertIn(f"plugins.managed_users.config.{key}: ", done.stderr)


if __name__ == "__main__":
    unittest.main()
