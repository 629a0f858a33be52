"""Every documented answer of single users, from a running server over HTTP.

SPDX-License-Identifier: Apache-2.0
"""

import concurrent.futures
import re
import unittest

import gatehouse
from users_case import UsersCase

FIELDS = {
    "id", "number", "username", "display_name", "email", "email_verified", "recovery_email",
    "first_name", "last_name", "timezone", "description", "preferences", "organization", "account",
    "manager", "roles", "active", "locked", "expires_at", "password_expires_at", "clearances",
    "can_inbox", "api_access", "created_at", "updated_at", "last_login_at", "previous_login_at",
    "last_seen_at",
}  # fmt: skip


class CreateTest(UsersCase):
    def test_a_user_has_every_field_of_the_contract(self):
        reply = self.admin.post(
            "/v1/users",
            {
                "username": "ada",
                "password": "enchantress of number",
                "email": "Ada@Example.org",
                "first_name": "Ada",
                "last_name": "Lovelace",
                "timezone": "Europe/London",
                "description": "Notes",
                "organization": "Analytical Engines",
                "roles": ["staff"],
                "active": True,
            },
        )
        self.assertEqual(reply.status, 201, reply)
        user = reply.json
        self.assertEqual(set(user), FIELDS)
        self.assertRegex(user["id"], r"^(?=.*[a-f])[0-9a-f]{24}$")
        self.assertEqual(reply.header("Location"), f"/v1/users/{user['id']}")
        self.assertEqual(user["display_name"], "Ada Lovelace")
        self.assertEqual(user["email"], "Ada@Example.org")
        self.assertEqual(user["recovery_email"], "Ada@Example.org")
        self.assertEqual(user["timezone"], "Europe/London")
        self.assertEqual(user["roles"], ["staff"])
        self.assertEqual(user["clearances"], ["WHITE"])
        self.assertIsNone(user["account"])
        self.assertIsNone(user["last_login_at"])
        self.assertRegex(user["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(self.admin.get(reply.header("Location")).json, user)

    def test_a_username_is_enough(self):
        user = self.create(username="only-a-name")
        self.assertEqual(user["timezone"], "UTC")
        self.assertEqual(user["description"], "")
        self.assertEqual(user["roles"], [])
        self.assertIsNone(user["email"])
        self.assertEqual(user["display_name"], "only-a-name")

    def assert_pointers(self, reply, pointers):
        problem = self.assert_problem(reply, 422, "invalid_fields")
        self.assertEqual({error["pointer"] for error in problem["errors"]}, pointers)
        for error in problem["errors"]:
            self.assertTrue(error["code"] and error["detail"], error)

    def test_all_that_is_wrong_in_form_comes_at_once(self):
        body = {
            "username": 1,
            "description": "x" * 4097,
            "roles": ["emperor"],
            "active": "yes",
            "unheard_of": 1,
        }
        self.assert_pointers(
            self.admin.post("/v1/users", body),
            {"/username", "/description", "/roles/0", "/active", "/unheard_of"},
        )

    def test_all_that_is_wrong_in_values_comes_at_once(self):
        body = {
            "username": "me",
            "password": "short",
            "email": "nowhere",
            "timezone": "Mars/Olympus",
            "first_name": "\x1b[2J",
            "last_name": "\u3000",
            "organization": "a\u202eb",
            "description": "\x07",
        }
        self.assert_pointers(
            self.admin.post("/v1/users", body), {f"/{field}" for field in body}
        )
        for name in (".", "..", "\u2800", "\u2024"):
            with self.subTest(name):
                reply = self.admin.post("/v1/users", {"username": name})
                self.assert_pointers(reply, {"/username"})

    def test_a_missing_username_and_an_own_name_as_password(self):
        problem = self.assert_problem(self.admin.post("/v1/users", {}), 422, "invalid_fields")
        self.assertEqual([error["pointer"] for error in problem["errors"]], ["/username"])
        reply = self.admin.post("/v1/users", {"username": "lovelace", "password": "LoveLace"})
        problem = self.assert_problem(reply, 422, "invalid_fields")
        self.assertEqual([error["pointer"] for error in problem["errors"]], ["/password"])

    def test_names_and_addresses_are_taken_whatever_the_case(self):
        self.create(username="Grace", email="grace@navy.example")
        for body, code in [
            ({"username": "gRACE"}, "username_taken"),
            ({"username": "GRACE@navy.example"}, "username_taken"),
            ({"username": "other", "email": "Grace@Navy.example"}, "email_taken"),
        ]:
            with self.subTest(body):
                self.assert_problem(self.admin.post("/v1/users", body), 409, code)

    def test_only_admins_and_staff_create_and_only_admins_give_roles(self):
        _, member = self.sign_in()
        self.assert_problem(
            member.post("/v1/users", {"username": "x1"}), 403, "permission_denied"
        )
        _, staff = self.sign_in(roles=["staff"])
        self.assertEqual(staff.post("/v1/users", {"username": "by-staff"}).status, 201)
        reply = staff.post("/v1/users", {"username": "x2", "roles": ["account-admin"]})
        self.assert_problem(reply, 403, "permission_denied")
        reply = self.admin.post("/v1/users", {"username": "x3", "roles": ["admin"]})
        self.assert_problem(reply, 403, "permission_denied")

    def test_bodies_that_cannot_be_read(self):
        def post(body, content_type="application/json"):
            return self.admin.send("POST", "/v1/users", body, {"Content-Type": content_type})

        self.assertEqual(post(b'{"username": ').status, 400)
        self.assertEqual(post(b'{"username": "\xff"}').status, 400)
        self.assertEqual(post(b"\xef\xbb\xbf{}").status, 400)
        self.assertEqual(post(b'{"username": "x"}', "text/plain").status, 415)
        self.assertEqual(post(b'{"username": "' + b"x" * 70_000 + b'"}').status, 413)
        reply = post(b'{"username": "x", "username": "y"}')
        self.assert_problem(reply, 422, "invalid_fields")


class ReadTest(UsersCase):
    def test_by_id_by_number_and_as_me(self):
        user, client = self.sign_in()
        for name in (user["id"], str(user["number"])):
            self.assertEqual(self.admin.get(f"/v1/users/{name}").json["id"], user["id"])
            self.assertEqual(client.get(f"/v1/users/{name}").status, 200)
        self.assertEqual(client.get("/v1/users/me").json["id"], user["id"])

    def test_what_is_no_user_is_not_found(self):
        for name in (
            "65f1c0ffee00000000000001", "999999", "0", "01", "-1", "9223372036854775808", "admin",
            "ME", "65F1C0FFEE00000000000001", "x" * 300, "%00", "1%20",
        ):  # fmt: skip
            with self.subTest(name):
                reply = self.admin.get(f"/v1/users/{name}")
                self.assertIn(reply.status, (404, 400), reply)
                if "%00" not in name:
                    self.assert_problem(reply, 404, "not_found")

    def test_strangers_are_not_found(self):
        other = self.create()
        _, client = self.sign_in()
        target = f"/v1/users/{other['id']}"
        self.assert_problem(client.get(target), 404, "not_found")
        self.assert_problem(client.patch(target, {"first_name": "x"}), 404, "not_found")
        self.assert_problem(client.delete(target), 404, "not_found")

    def test_an_admin_reader_reads_and_changes_nothing(self):
        other = self.create()
        _, reader = self.sign_in(roles=["admin-reader"])
        target = f"/v1/users/{other['id']}"
        self.assertEqual(reader.get(target).status, 200)
        self.assertIsNone(reader.get(target).json["recovery_email"])
        self.assert_problem(reader.patch(target, {"first_name": "x"}), 403, "permission_denied")
        self.assert_problem(reader.delete(target), 403, "permission_denied")

    def test_head_options_and_wrong_methods(self):
        head = self.admin.send("HEAD", "/v1/users/me")
        get = self.admin.get("/v1/users/me")
        self.assertEqual(head.status, 200)
        self.assertEqual(head.body, b"")
        self.assertEqual(head.header("Content-Length"), get.header("Content-Length"))
        options = self.admin.send("OPTIONS", "/v1/users/me")
        self.assertEqual(options.status, 204, options)
        allowed = {"GET", "HEAD", "PATCH", "DELETE", "OPTIONS"}
        self.assertEqual(set(re.split(", *", options.header("Allow"))), allowed)
        reply = self.admin.send("PUT", "/v1/users/me", {})
        self.assert_problem(reply, 405, "method_not_allowed")
        self.assertEqual(set(re.split(", *", reply.header("Allow"))), allowed)

    def test_every_answer_has_its_common_headers(self):
        for reply in (
            self.admin.get("/v1/users"),
            self.admin.get("/v1/users/0"),
            self.server.anonymous().get("/v1/users"),
            self.admin.get("/v1/nowhere"),
            self.admin.send("PUT", "/v1/users"),
        ):
            self.assertTrue(reply.header("X-Request-Id"), reply)
            self.assertEqual(reply.header("Cache-Control"), "no-store", reply)

    def test_the_openapi_document_shows_the_routes(self):
        paths = self.server.anonymous().get("/openapi.json").json["paths"]
        self.assertEqual(
            {method for method in paths["/v1/users/{user}"] if method != "parameters"},
            {"get", "patch", "delete"},
        )
        self.assertEqual(
            {method for method in paths["/v1/users"] if method != "parameters"}, {"get", "post"}
        )
        self.assertIn("/v1/roles", paths)


class ChangeTest(UsersCase):
    def test_a_patch_changes_what_it_names(self):
        user, client = self.sign_in(first_name="Ada", last_name="Lovelace")
        reply = client.patch(
            "/v1/users/me",
            {"last_name": None, "description": "x", "preferences": {"theme": ["dark", 1.5]}},
        )
        self.assertEqual(reply.status, 200, reply)
        changed = reply.json
        self.assertEqual(changed["first_name"], "Ada")
        self.assertIsNone(changed["last_name"])
        self.assertEqual(changed["preferences"], {"theme": ["dark", 1.5]})
        self.assertGreaterEqual(changed["updated_at"], user["updated_at"])
        self.assertEqual(client.get("/v1/users/me").json, changed)
        self.assertEqual(client.patch("/v1/users/me", {}).json, changed)

    def test_merge_patch_is_read_by_its_own_type_too(self):
        _, client = self.sign_in()
        reply = client.send(
            "PATCH",
            "/v1/users/me",
            b'{"first_name": "Ada"}',
            {"Content-Type": "application/merge-patch+json"},
        )
        self.assertEqual(reply.status, 200, reply)

    def test_a_renamed_user_signs_in_by_the_new_name_only(self):
        user, client = self.sign_in()
        new_name = user["username"] + "-renamed"
        self.assertEqual(client.patch("/v1/users/me", {"username": new_name}).status, 200)
        self.assertEqual(client.get("/v1/users/me").status, 401)
        renamed = self.server.client(new_name, "enchantress of number")
        self.assertEqual(renamed.get("/v1/users/me").status, 200)
        self.create(username=user["username"])  # free again

    def test_fields_of_others_are_refused_by_name(self):
        _, client = self.sign_in()
        for field, value in [("active", False), ("organization", "x"), ("roles", ["staff"])]:
            with self.subTest(field):
                reply = client.patch("/v1/users/me", {field: value})
                problem = self.assert_problem(reply, 403, "permission_denied")
                self.assertIn("staff" if field == "roles" else field, problem["detail"])

    def test_wrong_values_are_told_together(self):
        user = self.create()
        reply = self.admin.patch(
            f"/v1/users/{user['id']}",
            {"username": None, "email": "x", "timezone": None, "roles": None},
        )
        problem = self.assert_problem(reply, 422, "invalid_fields")
        pointers = {error["pointer"] for error in problem["errors"]}
        self.assertEqual(pointers, {"/username", "/email", "/timezone", "/roles"})
        reply = self.admin.patch(
            f"/v1/users/{user['id']}",
            {"username": None, "timezone": None, "roles": None, "active": None},
        )
        problem = self.assert_problem(reply, 422, "invalid_fields")
        pointers = {error["pointer"] for error in problem["errors"]}
        self.assertEqual(pointers, {"/username", "/timezone", "/roles", "/active"})
        self.assertEqual(self.admin.get(f"/v1/users/{user['id']}").json, user)

    def test_taken_names(self):
        self.create(username="taken", email="taken@example.org")
        user = self.create()
        target = f"/v1/users/{user['id']}"
        self.assert_problem(self.admin.patch(target, {"username": "TAKEN"}), 409, "username_taken")
        reply = self.admin.patch(target, {"email": "TAKEN@example.org"})
        self.assert_problem(reply, 409, "email_taken")

    def test_a_deleted_user_is_gone_and_cannot_sign_in(self):
        user, client = self.sign_in()
        self.assertEqual(client.get("/v1/users/me").status, 200)
        self.assert_problem(client.delete("/v1/users/me"), 403, "permission_denied")
        reply = self.admin.delete(f"/v1/users/{user['id']}")
        self.assertEqual((reply.status, reply.body), (204, b""))
        self.assertEqual(client.get("/v1/users/me").status, 401)
        self.assert_problem(self.admin.get(f"/v1/users/{user['number']}"), 404, "not_found")
        self.assert_problem(self.admin.delete(f"/v1/users/{user['id']}"), 404, "not_found")
        again = self.create(username=user["username"])
        self.assertGreater(again["number"], user["number"])

    def test_staff_is_not_over_admins_or_staff(self):
        other, _ = self.sign_in(roles=["staff"])
        _, staff = self.sign_in(roles=["staff"])
        for target in ("/v1/users/1", f"/v1/users/{other['id']}"):
            reply = staff.patch(target, {"email": "mine@example.org"})
            self.assert_problem(reply, 403, "permission_denied")
            self.assert_problem(staff.delete(target), 403, "permission_denied")

    def test_the_last_admin_stays(self):
        with gatehouse.Server() as server:
            admin = server.client()
            for body in ({"active": False}, {"roles": []}, {"roles": ["staff"]}):
                self.assert_problem(admin.patch("/v1/users/me", body), 409, "last_admin")
            self.assert_problem(admin.delete("/v1/users/me"), 409, "last_admin")
            made = server.run("user", "create", "grace", "--admin", answer="bug in the relay")
            self.assertEqual(made.returncode, 0, made)
            reply = admin.patch("/v1/users/me", {"active": False})
            self.assert_problem(reply, 403, "permission_denied")
            self.assertEqual(server.client("grace", "bug in the relay").delete("/v1/users/1").status, 204)
            self.assertEqual(admin.get("/v1/users/me").status, 401)


class PolicyTest(UsersCase):
    PLUGINS = "  users: {}\npolicy:\n  roles:\n    staff: [users:read, roles:read]\n"

    def test_a_configured_role_holds_its_list_and_no_more(self):
        other = self.create()
        _, staff = self.sign_in(roles=["staff"])
        target = f"/v1/users/{other['id']}"
        self.assertEqual(staff.get(target).status, 200)
        for reply in (
            staff.post("/v1/users", {"username": self.new_name()}),
            staff.patch(target, {"first_name": "x"}),
            staff.patch("/v1/users/me", {"first_name": "x"}),
            staff.delete(target),
        ):
            self.assert_problem(reply, 403, "permission_denied")
        held = {role["name"]: role["permissions"] for role in staff.get("/v1/roles").json["items"]}
        self.assertEqual(held["staff"], ["roles:read", "users:read"])
        self.assertIn("users:write", held["consultant"])

    def test_users_without_such_a_role_hold_what_they_held(self):
        _, client = self.sign_in()
        self.assertEqual(client.patch("/v1/users/me", {"first_name": "x"}).status, 200)


class ConventionsTest(UsersCase):
    """What a client sees on the wire of ETags and idempotency keys."""

    def test_a_client_that_has_the_state_gets_a_head_alone(self):
        first = self.admin.get("/v1/users/me")
        tag = first.header("ETag")
        self.assertRegex(tag, r'^"[\w-]{22}"$')
        for method in ("GET", "HEAD"):
            with self.subTest(method):
                reply = self.admin.send(method, "/v1/users/me", headers={"If-None-Match": tag})
                self.assertEqual((reply.status, reply.body), (304, b""))
                self.assertEqual(reply.header("ETag"), tag)
                self.assertEqual(reply.header("Cache-Control"), "no-store")
                self.assertTrue(reply.header("X-Request-Id"))
        refused = self.admin.send("GET", "/v1/users/me", headers={"If-None-Match": tag[1:]})
        self.assert_problem(refused, 400, "bad_etag")

    def test_of_two_changes_of_one_state_the_second_is_refused(self):
        user = self.create(username="seen-twice")
        path = f"/v1/users/{user['id']}"
        seen = {"If-Match": self.admin.get(path).header("ETag")}
        first = self.admin.send("PATCH", path, {"first_name": "One"}, seen)
        self.assertEqual(first.status, 200, first)
        second = self.admin.send("PATCH", path, {"first_name": "Two"}, seen)
        self.assert_problem(second, 412, "precondition_failed")
        self.assertEqual(self.admin.get(path).json["first_name"], "One")
        self.assertEqual(self.admin.get(path).header("ETag"), first.header("ETag"))

    def test_twenty_requests_with_one_key_make_one_user(self):
        body = {"username": "made-once", "password": "enchantress of number"}
        key = {"Idempotency-Key": "twenty"}

        def send(_):
            return self.admin.send("POST", "/v1/users", body, key)

        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            replies = list(pool.map(send, range(20)))
        self.assertLessEqual({r.status for r in replies}, {201, 409, 503})
        made = [r for r in replies if r.status == 201]
        self.assertEqual(len([r for r in made if not r.header("Idempotent-Replay")]), 1)
        self.assertEqual(len({r.body for r in made}), 1)
        for reply in replies:
            if reply.status == 409:
                self.assert_problem(reply, 409, "idempotency_in_progress")
        again = send(0)
        self.assertEqual((again.status, again.body), (201, made[0].body))
        self.assertEqual(again.header("Location"), made[0].header("Location"))
        self.assertEqual(again.header("Idempotent-Replay"), "true")
        found = self.admin.get("/v1/users", text="made-once").json["items"]
        self.assertEqual(len(found), 1)

    def test_users_with_keys_of_their_own_are_made_side_by_side(self):
        def send(number):
            body = {"username": f"side-by-side-{number}"}
            return self.admin.send("POST", "/v1/users", body, {"Idempotency-Key": f"side-{number}"})

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(send, range(120)))
        self.assertEqual([r for r in replies if r.status != 201], [])
        self.assertEqual(len({r.json["id"] for r in replies}), 120)
        found = self.admin.get("/v1/users", text="side-by-side", limit=200).json["items"]
        self.assertEqual(len(found), 120)


if __name__ == "__main__":
    unittest.main()
