"""Lists of users and roles: filters, orders, walks, cursors.

SPDX-License-Identifier: Apache-2.0
"""

import re
import threading
import unittest
import urllib.parse

from users_case import UsersCase


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


if __name__ == "__main__":
    unittest.main()
