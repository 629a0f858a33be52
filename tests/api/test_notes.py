"""The notes plugin, as a plugin author sees it at work in the real host beside users.

The test of the installed SDK runs this too, with the notes.so that it built out of this tree.
SPDX-License-Identifier: Apache-2.0
"""

import unittest

from gatehouse import fixture
from users_case import UsersCase


class NotesTest(UsersCase):
    PLUGINS = "  users: {}\n" + fixture("notes", max_length=40)

    def write(self, client=None, **note):
        reply = (client or self.admin).post("/notes", note)
        self.assertEqual(reply.status, 201, reply)
        return reply.json

    def test_what_was_written_is_read(self):
        note = self.write(text="hélas", pinned=True)
        self.assertEqual((note["text"], note["pinned"]), ("hélas", True))
        self.assertRegex(note["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
        read = self.admin.get(f"/notes/{note['id']}")
        self.assertEqual((read.status, read.json), (200, note))
        self.assertIn(note, self.admin.get("/notes").json["items"])

    def test_fields_that_break_their_rules(self):
        for body, pointer in [
            ({}, "/text"),
            ({"text": 1}, "/text"),
            ({"text": "x", "pinned": "yes"}, "/pinned"),
            ({"text": "x", "colour": "red"}, "/colour"),
            ({"text": "x" * 41}, "/text"),  # the plugin's own rule, from its configuration
        ]:
            with self.subTest(body):
                problem = self.assert_problem(
                    self.admin.post("/notes", body), 422, "invalid_fields"
                )
                self.assertEqual([error["pointer"] for error in problem["errors"]], [pointer])

    def test_notes_of_nobody_and_of_others(self):
        note = self.write(text="mine")
        _, other = self.sign_in()
        self.assert_problem(self.admin.get("/notes/999999"), 404, "not_found")
        self.assert_problem(other.get(f"/notes/{note['id']}"), 404, "not_found")
        self.write(other, text="theirs")
        self.assertEqual([n["text"] for n in other.get("/notes").json["items"]], ["theirs"])
        stranger = self.server.anonymous()
        self.assert_problem(stranger.get(f"/notes/{note['id']}"), 401, "unauthenticated")

    def test_the_document_shows_its_routes(self):
        document = self.server.anonymous().get("/openapi.json").json
        self.assertEqual(set(document["paths"]["/notes"]), {"get", "post"})
        self.assertEqual(document["paths"]["/notes/{id}"]["get"]["x-permission"], "notes:read")
        self.assertIn("/v1/users", document["paths"])


if __name__ == "__main__":
    unittest.main()
