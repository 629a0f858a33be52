"""Sessions over real connections: signing in, refreshing, restarts, and what ends them.

SPDX-License-Identifier: Apache-2.0
"""

import concurrent.futures
import unittest

import gatehouse
from users_case import UsersCase

PASSWORD = "enchantress of number"


class SessionsCase(UsersCase):
    PLUGINS = "  accounts: {}\n  audit: {}\n  tokens: {}\n  users: {}\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        body = {"username": "admin", "password": gatehouse.ADMIN_PASSWORD}
        if cls.server.anonymous().post("/v1/sessions", body).status == 500:
            cls.server.close(expect_success=False)
            raise unittest.SkipTest("nobody signs people in here")

    def open(self, username, password=PASSWORD):
        body = {"username": username, "password": password}
        reply = self.server.anonymous().post("/v1/sessions", body)
        self.assertEqual(reply.status, 201, reply)
        return reply.json

    def refresh(self, opened):
        body = {"refresh_token": opened["refresh_token"]}
        return self.server.anonymous().post("/v1/sessions/refresh", body)

    def bearer(self, opened):
        client = self.server.anonymous()
        client.headers["Authorization"] = "Bearer " + opened["access_token"]
        return client

    def test_a_session_from_its_beginning_to_its_end(self):
        user, _ = self.sign_in()
        opened = self.open(user["username"])
        self.assertEqual(opened["user"]["id"], user["id"])
        self.assertEqual(self.bearer(opened).get("/v1/users/me").json["id"], user["id"])
        refreshed = self.refresh(opened)
        self.assertEqual(refreshed.status, 200, refreshed)
        self.assertEqual(self.refresh(opened).json["refresh_token"], refreshed.json["refresh_token"])
        client = self.bearer(refreshed.json)
        listed = client.get("/v1/users/me/sessions").json["items"]
        self.assertEqual([one["id"] for one in listed], [opened["session"]])
        self.assertEqual(client.delete("/v1/sessions/current").status, 204)
        refused = client.get("/v1/users/me")
        self.assert_problem(refused, 401, "unauthenticated")
        self.assertIn("Bearer", refused.header("WWW-Authenticate"))
        self.assertEqual(self.refresh(refreshed.json).status, 401)

    def test_wrong_passwords_are_refused_like_unknown_names(self):
        user, _ = self.sign_in()
        for name, password in ((user["username"], "wrong"), ("nobody", PASSWORD)):
            body = {"username": name, "password": password}
            reply = self.server.anonymous().post("/v1/sessions", body)
            self.assert_problem(reply, 401, "unauthenticated")

    def test_a_new_password_ends_all_sessions_but_the_one_it_is_set_in(self):
        user, _ = self.sign_in()
        kept, other = self.open(user["username"]), self.open(user["username"])
        body = {"current_password": PASSWORD, "new_password": "another enchantress"}
        reply = self.bearer(kept).send("PUT", "/v1/users/me/password", body)
        self.assertEqual(reply.status, 204, reply)
        self.assertEqual(self.bearer(other).get("/v1/users/me").status, 401)
        self.assertEqual(self.refresh(other).status, 401)
        again = self.refresh(kept)
        self.assertEqual(again.status, 200, again)
        self.assertEqual(self.bearer(again.json).get("/v1/users/me").status, 200)

    def test_whoever_is_shut_out_is_refused_and_their_sessions_do_not_come_back(self):
        user, _ = self.sign_in()
        opened = self.open(user["username"])
        path = "/v1/users/" + user["id"]
        self.assertEqual(self.admin.patch(path, {"active": False}).status, 200)
        self.assertEqual(self.bearer(opened).get("/v1/users/me").status, 401)
        self.assertEqual(self.admin.patch(path, {"active": True}).status, 200)
        self.assertEqual(self.bearer(opened).get("/v1/users/me").status, 401)
        self.assertEqual(self.refresh(opened).status, 401)

    def test_twenty_refreshes_at_once_get_one_successor(self):
        user, _ = self.sign_in()
        opened = self.open(user["username"])
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            replies = list(pool.map(lambda _: self.refresh(opened), range(20)))
        self.assertEqual({reply.status for reply in replies}, {200}, replies)
        self.assertEqual(len({reply.json["refresh_token"] for reply in replies}), 1)

    def test_sessions_outlive_the_server(self):
        user, _ = self.sign_in()
        opened = self.open(user["username"])
        self.server.stop()
        self.server.start()
        type(self).admin = self.server.client()
        refreshed = self.refresh(opened)
        self.assertEqual(refreshed.status, 200, refreshed)
        self.assertEqual(self.bearer(refreshed.json).get("/v1/users/me").status, 200)

    def test_published_keys_may_be_kept_and_all_else_may_not(self):
        keys = self.server.anonymous().get("/.well-known/jwks.json")
        self.assertEqual(keys.status, 200)
        self.assertEqual(keys.header("Cache-Control"), "public, max-age=300")
        self.assertEqual([key["alg"] for key in keys.json["keys"]], ["ES256"])
        self.assertEqual(self.admin.get("/v1/users/me").header("Cache-Control"), "no-store")


if __name__ == "__main__":
    unittest.main()
