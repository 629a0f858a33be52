"""Dialects side by side on a running server: whose mount answers how, and starts that are refused.

SPDX-License-Identifier: Apache-2.0
"""

import re
import unittest

import gatehouse
import shipped

FILE = "gatehouse.all.yaml"
OTHERS = "  accounts: {}\n  audit: {}\n  managed_users: {}\n  tokens: {}\n  users: {}\n"


def is_flexmeasures(status, reply):
    body = reply.json
    word = {401: "UNAUTHORIZED", 404: 404}[status]
    return isinstance(body["message"], str) and body["status"] == word


def is_detail(_, reply):
    return list(reply.json) == ["detail"] and isinstance(reply.json["detail"], str)


def is_wotkit(status, reply):
    error = reply.json["error"]
    members = ["status", "code", "message", "developerMessage", "moreInfo"]
    return list(error) == members and error["status"] == status


# Mount, the path of the users below it, the shape of an error, and the challenge of a 401.
DIALECTS = {
    "flexmeasures": ("/api/v3_0", "/users", is_flexmeasures, ""),
    "soltra_edge": ("/api", "/users/", is_detail, "Basic"),
    "sweatstack": ("/api/v1", "/users/", is_detail, "Bearer"),
    "wotkit": ("/wotkit/api", "/users", is_wotkit, "Basic"),
}


class DialectsCase(unittest.TestCase):
    def assert_canonical_404(self, reply):
        self.assertEqual(reply.status, 404, reply)
        self.assertEqual(reply.header("Content-Type"), "application/problem+json")

    def assert_shape(self, name, status, reply):
        _, _, has_shape, challenge = DIALECTS[name]
        self.assertEqual(reply.status, status, reply)
        self.assertEqual(reply.header("Content-Type").partition(";")[0], "application/json")
        self.assertTrue(has_shape(status, reply), reply)
        if status == 401:
            told = reply.header("WWW-Authenticate")
            self.assertTrue(told.startswith(challenge) and bool(told) == bool(challenge), told)


class AllTest(DialectsCase):
    """The configuration with all four."""

    @classmethod
    def setUpClass(cls):
        cls.server = gatehouse.Server(shipped.plugins_and_policy(FILE)).start()
        cls.anonymous = cls.server.anonymous()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def test_the_file_is_good(self):
        done = shipped.check(FILE)
        self.assertEqual(done.returncode, 0, done)

    def test_each_mount_answers_in_its_own_shape(self):
        for name, (mount, users, _, _) in DIALECTS.items():
            with self.subTest(name):
                self.assert_shape(name, 404, self.anonymous.get(mount + "/nobody-has-this"))
                self.assert_shape(name, 401, self.anonymous.get(mount + users))

    def test_what_is_in_no_mount_is_canonical(self):
        for path in ("/", "/wotkit", "/wotkit/apis/users", "/apis/users", "/v1/nothing"):
            self.assert_canonical_404(self.anonymous.get(path))
        self.assertEqual(self.server.client().get("/v1/users/me").status, 200)


class DisabledTest(DialectsCase):
    def test_the_paths_of_a_disabled_dialect_are_nobodys(self):
        lines = shipped.plugins_and_policy(FILE)
        for name, (mount, users, _, _) in DIALECTS.items():
            with self.subTest(name):
                turned_off = lines.replace(f"  {name}:\n", f"  {name}:\n    enabled: false\n")
                self.assertNotEqual(turned_off, lines)
                with gatehouse.Server(turned_off) as server:
                    for path in (mount + users, mount + "/nobody-has-this"):
                        self.assert_canonical_404(server.anonymous().get(path))

    def test_another_dialect_may_take_the_place_of_a_disabled_one(self):
        plugins = OTHERS + (
            "  sweatstack: {enabled: false, mount: /api/v1}\n  wotkit: {mount: /api/v1}\n"
        )
        with gatehouse.Server(plugins) as server:
            self.assert_shape("wotkit", 401, server.anonymous().get("/api/v1/users"))
            self.assert_shape("wotkit", 404, server.anonymous().get("/api/v1/nothing"))


class RefusedTest(unittest.TestCase):
    """The start ends with 2 and one line for each mistake, which says where it is and the cure."""

    def refused(self, plugins, *mistakes):
        with gatehouse.Installation(OTHERS + plugins) as there:
            for words in (("check-config",), ("serve",)):
                done = there.run(*words)
                self.assertEqual(done.returncode, 2, done)
                self.assertEqual(len(done.stderr.splitlines()), len(mistakes), done.stderr)
                for line, text in mistakes:
                    place = gatehouse.FIRST_PLUGIN_LINE + OTHERS.count("\n") + line
                    pattern = rf"(?m)^error: {re.escape(str(there.config))}:{place}: {text}$"
                    self.assertRegex(done.stderr, pattern)

    def test_two_dialects_on_one_mount(self):
        self.refused(
            "  soltra_edge: {}\n  wotkit:\n    mount: /api\n",
            (1, r"plugin 'wotkit': failed in wire\(\): route GET /api/users is already registered by "
                "plugin 'soltra_edge' as GET /api/users"),
            (1, "plugin 'wotkit': mount '/api' is already declared by plugin 'soltra_edge': "
                "each takes a path of its own"),
        )

    def test_a_mount_without_the_end_that_clients_put_there(self):
        for name, mount, end in (
            ("sweatstack", "/sweat/api/v2", "/api/v1"),
            ("flexmeasures", "/api", "/api/v3_0"),
            ("soltra_edge", "/soltra", "/api"),
        ):
            with self.subTest(name):
                self.refused(
                    f"  {name}:\n    mount: {mount}\n",
                    (1, rf"plugins\.{name}\.mount: '{mount}' does not end in {end}, which clients "
                        "put behind their base URL: no client could be pointed at it"),
                )

    def test_a_path_that_another_plugin_has(self):
        self.refused(
            "  wotkit:\n    mount: /v1\n",
            (0, r"plugin 'wotkit': failed in wire\(\): route GET /v1/users is already registered by "
                "plugin 'users' as GET /v1/users"),
            (0, "plugin 'wotkit': mount '/v1': /v1 is nobody's"),
            (0, "plugin 'wotkit': route GET /v1/users is not public, but its mount .*"),
        )

    def test_a_mount_below_a_path_of_another_dialect(self):
        for mount in ("/api/users", "/api/users/deep", "/api/requestAuthToken", "/reset/x"):
            with self.subTest(mount):
                self.refused(
                    f"  flexmeasures: {{}}\n  soltra_edge: {{}}\n  wotkit: {{mount: {mount}}}\n",
                    (2, rf"plugin 'wotkit': mount '{mount}' is below route .* of plugin "
                        "'(flexmeasures|soltra_edge)': take a path of its own"),
                )

    def test_mounts_of_the_server_itself(self):
        for mount, why in (
            ("/v1/wotkit", "/v1 is nobody's"),
            ("/health", "it is kept for the server itself"),
            ("/metrics/wotkit", "it is kept for the server itself"),
            ("/openapi.json", "it is kept for the server itself"),
            ("/oauth", "it is kept for the server itself"),
        ):
            with self.subTest(mount):
                self.refused(
                    f"  wotkit:\n    mount: {mount}\n", (0, f"plugin 'wotkit': mount '{mount}': {why}")
                )

    def test_what_is_no_path(self):
        for mount, why in (
            ("wotkit/api", "does not begin with a slash: it is a path, such as /wotkit/api"),
            ("/wotkit/api/", "ends in a slash: leave that out, such as /wotkit/api"),
        ):
            with self.subTest(mount):
                self.refused(f"  wotkit:\n    mount: {mount}\n", (1, rf"plugins\.wotkit\.mount: {why}"))


if __name__ == "__main__":
    unittest.main()
