"""The audit trail on PostgreSQL with an owner of its tables: the role that serves only adds.

SPDX-License-Identifier: Apache-2.0
"""

import unittest

import gatehouse
import test_migrate_postgresql

PLUGINS = "  accounts: {}\n  audit: {}\n  users: {}\n"


@gatehouse.postgresql_only
class AuditOwnerTest(test_migrate_postgresql.PostgresqlCase):
    PLUGINS = PLUGINS

    def test_the_role_that_serves_adds_to_the_trail_and_changes_none_of_it(self):
        self.run_words("user", "create", "ada", "--admin", answer=test_migrate_postgresql.PASSWORD)
        with self.serve() as server:
            client = server.client("ada", test_migrate_postgresql.PASSWORD)
            self.assertEqual(client.post("/v1/users", {"username": "bob"}).status, 201)
        self.assertGreater(int(self.psql("select count(*) from audit_event")), 1)
        for statement in (
            "update audit_event set detail = 'x'",
            "delete from audit_event",
            "truncate audit_event",
            "drop table audit_event",
            "alter table audit_event add column x bigint",
            "delete from audit_personal",
            "truncate audit_personal",
            "update audit_personal set person = 2",
            "update audit_personal set part = 2",
            "update audit_personal set number = 2",
            "drop table audit_personal",
        ):
            with self.assertRaisesRegex(RuntimeError, "permission denied|must be owner"):
                self.psql(statement, role=self.serving)
        # What stands in personal parts is the serving role's to erase.
        named = "select count(*) from audit_personal where person = 1 and name <> ''"
        self.assertGreater(int(self.psql(named)), 0)
        self.run_words("audit", "erase", "1")
        self.assertEqual(self.psql(named), "0")
        self.run_words("audit", "verify")

    def test_pruning_is_the_owners(self):
        self.run_words("user", "create", "ada", answer=test_migrate_postgresql.PASSWORD)
        self.run_words("audit", "prune", "--keep", "0s")
        self.run_words("audit", "verify")
        del self.environment["GATEHOUSE_STORAGE__POSTGRESQL__OWNER__USER"]
        self.environment["GATEHOUSE_STORAGE__MIGRATIONS"] = "check"
        done = self.installation.run("audit", "prune", "--keep", "0s")
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(self.psql("select count(*) from audit_event"), "1")


if __name__ == "__main__":
    unittest.main()
