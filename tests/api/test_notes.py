"""The notes plugin, as a plugin author sees it at work in the real host beside users.

The test of the installed SDK runs this too, with the notes.so that it built out of this tree.
SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import sqlite3
import unittest

import gatehouse
from gatehouse import fixture
from users_case import UsersCase


class NotesTest(UsersCase):
    PLUGINS = "  users: {}\n  managed_users: {}\n" + fixture("notes", max_length=40)

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

    def share(self, owner, grantee, *scopes):
        """Where the grant is."""
        reply = owner.post("/v1/users/me/grants", {"grantee": grantee["id"], "scopes": scopes})
        self.assertEqual(reply.status, 201, reply)
        return reply.header("Location")

    def rows(self, owner):
        """How many stand in the table."""
        sql = f"select count(*) from notes_note where owner = {owner['number']}"
        if gatehouse.POSTGRESQL:
            return int(gatehouse.POSTGRESQL.psql(sql, database=self.server.database))
        with contextlib.closing(sqlite3.connect(self.server.folder / "gatehouse.sqlite")) as file:
            return file.execute(sql).fetchone()[0]

    def test_a_grantee_reads_and_writes_what_was_granted(self):
        ada, as_ada = self.sign_in()
        grace, as_grace = self.sign_in()
        note = self.write(as_ada, text="shared")
        notes = f"/users/{ada['number']}/notes"
        self.assert_problem(as_grace.get(notes), 404, "not_found")
        self.assert_problem(as_grace.get("/users/999999/notes"), 404, "not_found")

        grant = self.share(as_ada, grace, "data:read")
        self.assertEqual(as_grace.get(notes).json["items"], [note])
        self.assertEqual(as_grace.get(f"{notes}/{note['id']}").json, note)
        self.assert_problem(as_grace.post(notes, {"text": "x"}), 403, "not_granted")
        # Her own notes are another matter.
        self.assert_problem(as_ada.get(f"/users/{grace['number']}/notes"), 404, "not_found")

        self.assertEqual(as_ada.delete(grant).status, 204)
        for path in (notes, f"{notes}/{note['id']}"):
            self.assert_problem(as_grace.get(path), 404, "not_found")
        self.assert_problem(as_grace.post(notes, {"text": "x"}), 404, "not_found")

        self.share(as_ada, grace, "data:write")
        written = as_grace.post(notes, {"text": "by grace"})
        self.assertEqual(written.status, 201, written)
        self.assertEqual(written.header("Location"), f"{notes}/{written.json['id']}")
        self.assert_problem(as_grace.get(notes), 403, "not_granted")
        self.assertIn(written.json, as_ada.get("/notes").json["items"])

    def test_no_role_opens_the_notes_of_others(self):
        ada, as_ada = self.sign_in()
        self.write(as_ada, text="mine")
        path = f"/users/{ada['number']}/notes"
        self.assert_problem(self.admin.get(path), 404, "not_found")
        self.assertEqual(len(as_ada.get(path).json["items"]), 1)

    def test_notes_go_with_their_writer(self):
        ada, as_ada = self.sign_in()
        grace, as_grace = self.sign_in()
        self.share(as_ada, grace, "data:write")
        self.write(as_ada, text="mine")
        self.write(as_grace, text="hers")
        as_grace.post(f"/users/{ada['number']}/notes", {"text": "by grace"})
        self.assertEqual((self.rows(ada), self.rows(grace)), (2, 1))
        self.assertEqual(self.admin.delete(f"/v1/users/{ada['number']}").status, 204)
        self.assertEqual((self.rows(ada), self.rows(grace)), (0, 1))
        reply = as_grace.post(f"/users/{ada['number']}/notes", {"text": "too late"})
        self.assert_problem(reply, 404, "not_found")

    def test_the_document_shows_its_routes(self):
        document = self.server.anonymous().get("/openapi.json").json
        self.assertEqual(set(document["paths"]["/notes"]), {"get", "post"})
        self.assertEqual(document["paths"]["/notes/{id}"]["get"]["x-permission"], "notes:read")
        self.assertIn("/v1/users", document["paths"])


if __name__ == "__main__":
    unittest.main()
