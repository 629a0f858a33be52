"""Every documented answer of users and roles, from a running server over HTTP.

SPDX-License-Identifier: Apache-2.0
"""

import base64
import re
import threading
import unittest
import urllib.parse

import gatehouse

FIELDS = {
    "id", "number", "username", "display_name", "email", "email_verified", "recovery_email",
    "first_name", "last_name", "timezone", "description", "preferences", "organization", "account",
    "manager", "roles", "active", "locked", "expires_at", "password_expires_at", "clearances",
    "can_inbox", "api_access", "created_at", "updated_at", "last_login_at", "previous_login_at",
    "last_seen_at",
}  # fmt: skip


class UsersCase(unittest.TestCase):
    """One server for all cases of a class; each case makes users of its own."""

    @classmethod
    def setUpClass(cls):
        cls.server = gatehouse.Server().start()
        cls.admin = cls.server.client()
        cls.made = 0

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def new_name(self):
        type(self).made += 1
        return f"user{type(self).made}-{type(self).__name__.lower()}"

    def create(self, **fields):
        fields.setdefault("username", self.new_name())
        reply = self.admin.post("/v1/users", fields)
        self.assertEqual(reply.status, 201, reply)
        return reply.json

    def sign_in(self, **fields):
        user = self.create(password="enchantress of number", **fields)
        return user, self.server.client(user["username"], "enchantress of number")

    def assert_problem(self, reply, status, code):
        self.assertEqual(reply.status, status, reply)
        self.assertEqual(reply.header("Content-Type"), "application/problem+json")
        problem = reply.json
        self.assertEqual(problem["status"], status)
        self.assertEqual(problem["code"], code)
        for member in ("type", "title", "detail"):
            self.assertTrue(problem[member], member)
        self.assertEqual(problem["request_id"], reply.header("X-Request-Id"))
        return problem


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

    def test_all_field_errors_come_at_once(self):
        reply = self.admin.post(
            "/v1/users",
            {
                "username": "me",
                "password": "short",
                "email": "nowhere",
                "timezone": "Mars/Olympus",
                "description": "x" * 4097,
                "roles": ["emperor"],
                "active": "yes",
                "unheard_of": 1,
            },
        )
        problem = self.assert_problem(reply, 422, "invalid_fields")
        pointers = {error["pointer"] for error in problem["errors"]}
        self.assertEqual(
            pointers,
            {
                "/username", "/password", "/email", "/timezone", "/description", "/roles/0",
                "/active", "/unheard_of",
            },
        )  # fmt: skip
        for error in problem["errors"]:
            self.assertTrue(error["code"] and error["detail"], error)

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
            {"username": None, "email": "x", "timezone": None, "roles": None, "password": "x"},
        )
        problem = self.assert_problem(reply, 422, "invalid_fields")
        pointers = {error["pointer"] for error in problem["errors"]}
        self.assertLessEqual({"/email", "/password"}, pointers)
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


class ListTest(UsersCase):
    def walk(self, client, **parameters):
        """All items, following Link; checks it against `next`."""
        items = []
        target = "/v1/users?" + urllib.parse.urlencode(parameters)
        while target:
            reply = client.get(target)
            self.assertEqual(reply.status, 200, reply)
            page = reply.json
            self.assertEqual(set(page), {"items", "next"})
            items += page["items"]
            link = reply.header("Link")
            self.assertEqual(bool(link), page["next"] is not None)
            target = None
            if link:
                target, rel = re.fullmatch(r'<([^>]*)>; rel="(.*)"', link).groups()
                self.assertEqual(rel, "next")
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(target).query)
                self.assertEqual(query["cursor"], [page["next"]])
        return items

    def test_text_finds_words_whatever_their_case_and_script(self):
        self.create(username="klaus", first_name="Klaus", last_name="Große Straße")
        self.create(username="zofia", last_name="ŻÓŁĆ", email="zofia@example.org")
        self.create(username="percent", last_name="100% under_score")
        for text, expected in [
            ("STRASSE", ["klaus"]),
            ("straße", ["klaus"]),
            ("GROSSE klaus", ["klaus"]),
            ('"große straße"', ["klaus"]),
            ('"straße große"', []),
            ("żółć", ["zofia"]),
            ("z\u0307o\u0301łc\u0301", ["zofia"]),
            ("ZOFIA@EXAMPLE", ["zofia"]),
            ("0% r_s", ["percent"]),
            ("%", ["percent"]),
            ("'; drop table users_user; --", []),
        ]:
            with self.subTest(text):
                found = [user["username"] for user in self.walk(self.admin, text=text)]
                self.assertEqual(found, expected)

    def test_sort_and_order(self):
        names = [f"sorted-{letter}" for letter in "CaDb"]
        for name in names:
            self.create(username=name, email=f"{name[::-1]}@example.org")
        def shown(**parameters):
            return [user["username"] for user in self.walk(self.admin, text="sorted-", **parameters)]

        self.assertEqual(shown(), names[::-1])
        self.assertEqual(shown(order="asc"), names)
        by_name = ["sorted-a", "sorted-b", "sorted-C", "sorted-D"]
        for sort in ("username", "email"):
            self.assertEqual(shown(sort=sort, order="asc", limit=3), by_name)
            self.assertEqual(shown(sort=sort, order="desc", limit=1), by_name[::-1])
        self.assertEqual(sorted(shown(sort="last_login", limit=2)), sorted(names))

    def test_active(self):
        self.create(username="filter-on")
        self.create(username="filter-off", active=False)
        for active, expected in [
            (None, {"filter-on"}),
            ("true", {"filter-on"}),
            ("false", {"filter-off"}),
            ("any", {"filter-on", "filter-off"}),
        ]:
            parameters = {"text": "filter-"} | ({"active": active} if active else {})
            found = {user["username"] for user in self.walk(self.admin, **parameters)}
            self.assertEqual(found, expected, active)

    def test_members_see_themselves(self):
        user, client = self.sign_in()
        self.assertEqual([shown["id"] for shown in self.walk(client)], [user["id"]])

    def test_parameters_that_break_their_rules(self):
        for query in ("limit=0", "limit=1001", "limit=x", "sort=age", "order=up", "active=maybe",
                      "unheard_of=1", "limit=1&limit=2"):  # fmt: skip
            with self.subTest(query):
                reply = self.admin.get(f"/v1/users?{query}")
                self.assertIn(reply.status, (400, 422), reply)
                self.assertEqual(reply.header("Content-Type"), "application/problem+json")

    def test_cursors(self):
        for _ in range(3):
            self.create()
        cursor = self.admin.get("/v1/users", limit=1).json["next"]
        self.assertTrue(self.admin.get("/v1/users", limit=1, cursor=cursor).json["items"])
        for parameters in ({"limit": 2}, {"limit": 1, "text": "x"}, {"limit": 1, "sort": "email"},
                           {"limit": 1, "order": "asc"}, {"limit": 1, "active": "any"}):  # fmt: skip
            with self.subTest(parameters):
                reply = self.admin.get("/v1/users", cursor=cursor, **parameters)
                self.assert_problem(reply, 400, "cursor_mismatch")
        for bad in ("", "x", "AAAA", cursor[:-4], cursor + "A", "%"):
            with self.subTest(bad):
                reply = self.admin.get("/v1/users", limit=1, cursor=bad)
                self.assert_problem(reply, 400, "bad_cursor")

    def test_a_walk_shows_every_unchanged_user_once_while_others_come_go_and_change(self):
        steady = {self.create(username=f"steady{i}")["username"] for i in range(120)}
        stop = threading.Event()

        def write(lane):
            step = 0
            while not stop.is_set():
                step += 1
                user = self.admin.post("/v1/users", {"username": f"busy{lane}-{step}"}).json
                self.admin.patch(f"/v1/users/{user['id']}", {"username": f"azzz{lane}-{step}"})
                self.admin.delete(f"/v1/users/{user['id']}")

        writers = [threading.Thread(target=write, args=(lane,)) for lane in range(2)]
        for writer in writers:
            writer.start()
        try:
            for sort in ("created", "username", "email"):
                shown = [user["username"] for user in self.walk(self.admin, sort=sort, limit=7)]
                kept = [name for name in shown if name in steady]
                self.assertEqual(len(kept), len(steady), sort)
                self.assertEqual(set(kept), steady, sort)
        finally:
            stop.set()
            for writer in writers:
                writer.join()


class RolesTest(UsersCase):
    def test_roles_have_fixed_ids_and_the_permissions_they_hold(self):
        _, client = self.sign_in()
        roles = {role["name"]: role for role in client.get("/v1/roles").json["items"]}
        self.assertEqual(
            set(roles), {"admin", "admin-reader", "staff", "account-admin", "consultant"}
        )
        self.assertEqual(roles["admin"]["id"], "726f6c650000000000000001")
        self.assertEqual(roles["admin"]["number"], 1)
        self.assertLessEqual(
            {"users:read", "users:write", "roles:read"}, set(roles["admin"]["permissions"])
        )
        for role in roles.values():
            self.assertEqual(
                set(role), {"id", "number", "name", "description", "permissions"}
            )
            self.assertRegex(role["id"], r"^(?=.*[a-f])[0-9a-f]{24}$")


class SignInTest(UsersCase):
    def test_by_name_or_address_and_with_odd_passwords(self):
        passwords = ("with:colons:in:it", "pässwörd", "x" * 1024, "  blanks around  ")
        for i, password in enumerate(passwords):
            user = self.create(
                username=f"Odd{i}", email=f"Odd-{i}@example.org", password=password
            )
            for name in (user["username"], user["username"].upper(), user["email"].lower()):
                with self.subTest(name=name, password=password[:20]):
                    reply = self.server.client(name, password).get("/v1/users/me")
                    self.assertEqual(reply.status, 200, reply)
                    self.assertEqual(reply.json["id"], user["id"])

    def test_refusals_are_the_same_whatever_the_reason(self):
        self.create(username="asleep", password="enchantress of number", active=False)
        self.create(username="nopass")
        self.create(username="here", password="enchantress of number")
        replies = [
            self.server.client(name, password).get("/v1/users/me")
            for name, password in [
                ("here", "wrong"), ("here", ""), ("here", "Enchantress of number"), ("nobody", "x"),
                ("asleep", "enchantress of number"), ("nopass", "x"), ("nopass", ""), ("", ""),
                ("h" * 2000, "x"),
            ]
        ]  # fmt: skip

        def comparable(reply):
            headers = dict(reply.header_lists)
            for varying in ("x-request-id", "date"):
                headers.pop(varying, None)
            body = {k: v for k, v in reply.json.items() if k != "request_id"}
            return reply.status, headers, body

        self.assertEqual(replies[0].status, 401)
        self.assertIn("Basic realm=", replies[0].header("WWW-Authenticate"))
        for reply in replies[1:]:
            self.assertEqual(comparable(reply), comparable(replies[0]))
        self.assertEqual(comparable(self.server.anonymous().get("/v1/users/me"))[0], 401)

    def test_other_credentials(self):
        good = base64.b64encode(f"admin:{gatehouse.ADMIN_PASSWORD}".encode()).decode()
        for value, status in [
            (f"Basic {good}", 200),
            (f"basic  {good}", 200),
            (f"Basic {good} ", 200),  # blanks around a value are no part of it (RFC 9110 5.5)
            (f"Basic {good}=", 401),
            (f"Basic {good[:8]} {good[8:]}", 401),
            ("Basic", 401),
            ("Bearer x", 401),
            ("Negotiate x", 401),
        ]:
            with self.subTest(value):
                reply = self.server.anonymous().send(
                    "GET", "/v1/users/me", headers={"Authorization": value}
                )
                self.assertEqual(reply.status, status, reply)

    def test_a_password_set_by_command_holds_at_once(self):
        user, client = self.sign_in()
        self.assertEqual(client.get("/v1/users/me").status, 200)
        done = self.server.run("user", "passwd", user["username"], answer="analytical engine")
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(client.get("/v1/users/me").status, 401)
        changed = self.server.client(user["username"], "analytical engine")
        self.assertEqual(changed.get("/v1/users/me").status, 200)


class FirstRunTest(unittest.TestCase):
    def test_the_admin_is_made_once_and_the_password_is_not_logged(self):
        with gatehouse.Server() as server:
            admin = server.client()
            me = admin.get("/v1/users/me").json
            self.assertEqual((me["username"], me["email"]), ("admin", "admin@localhost"))
            self.assertEqual(me["roles"], ["admin"])
            server.wait_for_log("first_password_unchanged")
            made = server.run("user", "create", "grace", "--admin", answer="bug in the relay")
            self.assertEqual(made.returncode, 0, made)
            grace = server.client("grace", "bug in the relay")
            self.assertEqual(grace.delete("/v1/users/1").status, 204)
            server.stop()
            text = str(server.records) + server.output.decode()
            for secret in (gatehouse.ADMIN_PASSWORD, "bug in the relay", "$argon2id$"):
                self.assertNotIn(secret, text)
            server.records.clear()
            server.start()
            self.assertEqual(server.client().get("/v1/users/me").status, 401)
            grace = server.client("grace", "bug in the relay")
            users = grace.get("/v1/users").json["items"]
            self.assertEqual([user["username"] for user in users], ["grace"])

    def test_without_a_given_password_one_is_shown_and_works(self):
        with gatehouse.Server(environment={}) as server:
            shown = server.wait_for_output(rb'password "([A-Za-z0-9]{20,})"')
            password = shown.group(1).decode()
            self.assertEqual(server.client("admin", password).get("/v1/users/me").status, 200)
            self.assertNotIn(password, str(server.records))

    def test_a_password_that_breaks_the_rules_ends_the_start(self):
        server = gatehouse.Server(environment={"GATEHOUSE_ADMIN_PASSWORD": "short"})
        with self.assertRaisesRegex(AssertionError, "shorter than 8 bytes"), server:
            pass

    def test_commands_refuse_with_1_and_say_why(self):
        with gatehouse.Server() as server:
            taken = server.run("user", "create", "ADMIN", answer="enchantress")
            self.assertEqual(taken.returncode, 1)
            self.assertIn("username", taken.stderr)
            weak = server.run("user", "create", "bob", answer="bob")
            self.assertEqual(weak.returncode, 1)
            self.assertIn("shorter than 8 bytes", weak.stderr)
            listed = server.run("user", "list", "--text", "localhost")
            self.assertEqual(listed.returncode, 0)
            self.assertIn("admin@localhost\tactive\tadmin", listed.stdout)


if __name__ == "__main__":
    unittest.main()
