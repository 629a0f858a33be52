"""What the tests of users share: one server a class, and users of its own a case.

SPDX-License-Identifier: Apache-2.0
"""

import unittest

import gatehouse


class UsersCase(unittest.TestCase):
    """One server for all cases of a class; each case makes users of its own."""

    PLUGINS = "  users: {}\n"

    @classmethod
    def setUpClass(cls):
        cls.server = gatehouse.Server(cls.PLUGINS).start()
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
