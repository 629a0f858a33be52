"""Migrations, their owner and the way back from a backup, on PostgreSQL.

GATEHOUSE_TEST_POSTGRESQL names the file that tells of a server (../postgresql.py).
SPDX-License-Identifier: Apache-2.0
"""

import re
import unittest
import uuid

import gatehouse
import postgresql

PLUGINS = "  users: {}\n" + gatehouse.fixture("ledger")
PASSWORD = "a long enough sentence"


@gatehouse.postgresql_only
class PostgresqlCase(unittest.TestCase):
    """A database of its own, with a role that serves and one that owns."""

    PLUGINS = PLUGINS

    def setUp(self):
        name = "test_" + uuid.uuid4().hex[:12]
        self.serving, self.owner = f"{name}_serves", f"{name}_owns"
        self.cluster = gatehouse.POSTGRESQL
        self.cluster.psql(f"create role {self.owner} login", f"create role {self.serving} login")
        self.addCleanup(
            self.cluster.psql, f"drop role {self.serving}", f"drop role {self.owner}"
        )
        self.environment = {
            "GATEHOUSE_STORAGE__POSTGRESQL__USER": self.serving,
            "GATEHOUSE_STORAGE__POSTGRESQL__OWNER__USER": self.owner,
        }
        self.installation = gatehouse.Installation(self.PLUGINS, self.environment)
        self.addCleanup(self.installation.close)
        self.name = self.installation.database
        self.psql(f'alter database "{self.name}" owner to {self.owner}')

    def psql(self, *statements, role=None):
        address = postgresql.Address(
            self.cluster.host, self.cluster.port, role or self.cluster.user
        )
        return address.psql(*statements, database=self.name).strip()

    def run_words(self, *words, code=0, answer=""):
        done = self.installation.run(*words, answer=answer)
        self.assertEqual(done.returncode, code, done)
        return done

    def serve(self, **more):
        return gatehouse.Server(
            self.PLUGINS, {**self.environment, **more}, folder=self.installation.folder
        )


class MigrateTest(PostgresqlCase):
    def test_six_servers_that_start_at_once_apply_each_step_once_and_make_one_admin(self):
        servers = [self.serve() for _ in range(6)]
        for server in servers:
            server._launch()  # all of them, before any of them serves
        try:
            for server in servers:
                server.wait_for_log("serving")
        finally:
            for server in servers:
                server.stop(expect_success=False)
        shown = [server for server in servers if b"The first admin" in server.output]
        self.assertEqual(len(shown), 1)
        self.assertEqual(self.psql("select count(*) from users_user"), "1")
        self.run_words("migrate", "--check")
        steps = self.run_words("migrate", "--status").stdout.splitlines()
        self.assertEqual(self.psql("select count(*) from gatehouse_migration"), str(len(steps)))

    def test_looking_changes_nothing(self):
        for words, code in ((("--status",), 0), (("--dry-run",), 0), (("--check",), 1)):
            done = self.run_words("migrate", *words, code=code)
            self.assertIn("ledger 0001 entries", done.stdout)
        self.assertEqual(self.psql("select count(*) from pg_tables where schemaname = 'public'"), "0")

    def test_a_dry_run_is_the_script_for_this_engine(self):
        self.psql(self.run_words("migrate", "--dry-run").stdout)
        self.assertEqual(self.psql("select count(*) from ledger_entry"), "0")

    def test_with_check_a_server_waits_for_the_operator(self):
        with self.serve(GATEHOUSE_STORAGE__MIGRATIONS="check").beginning() as server:
            self.assertEqual(server.wait(), 2)
            said = b"".join(server.lines).decode()
        for plugin, missing in (("users", "0001 'create_users', 0002"), ("ledger", "0001 'entries'")):
            self.assertRegex(said, rf"plugin '{plugin}': migrations? {missing}.*`gatehouse migrate`")
        self.assertEqual(self.psql("select count(*) from pg_tables where schemaname = 'public'"), "0")
        self.run_words("migrate")
        # The role that serves needs no right to make tables, and no owner is needed any more.
        del self.environment["GATEHOUSE_STORAGE__POSTGRESQL__OWNER__USER"]
        with self.serve(GATEHOUSE_STORAGE__MIGRATIONS="check", **gatehouse.ADMIN_ENVIRONMENT) as server:
            self.assertEqual(server.client().get("/v1/users/me").status, 200)


class OwnerTest(PostgresqlCase):
    def rights(self, object_name, kind="table"):
        wanted = {
            "table": "select insert update delete truncate references trigger",
            "sequence": "usage select update",
        }[kind].split()
        return [
            right
            for right in wanted
            if self.psql(
                f"select has_{kind}_privilege('{self.serving}', '{object_name}', '{right}')"
            )
            == "t"
        ]

    def test_the_role_that_serves_has_what_it_needs_and_no_more(self):
        self.run_words("migrate")
        self.assertEqual(
            self.psql("select distinct tableowner from pg_tables where schemaname = 'public'"),
            self.owner,
        )
        everything = ["select", "insert", "update", "delete"]
        self.assertEqual(self.rights("users_user"), everything)
        self.assertEqual(self.rights("gatehouse_mail"), everything)
        self.assertEqual(self.rights("ledger_draft"), everything)
        self.assertEqual(self.rights("ledger_entry"), ["select", "insert"])
        self.assertEqual(self.rights("gatehouse_migration"), ["select"])
        self.assertEqual(
            self.rights("users_user_number_seq", "sequence"), ["usage", "select", "update"]
        )
        for statement in (
            "update ledger_entry set text = ''",
            "delete from ledger_entry",
            "truncate ledger_draft",
            "alter table users_user add column x bigint",
            "drop table ledger_draft",
            "delete from gatehouse_migration",
        ):
            with self.assertRaisesRegex(RuntimeError, "permission denied|must be owner"):
                self.psql(statement, role=self.serving)
        self.psql("insert into ledger_entry (text) values ('x')", role=self.serving)

    def test_every_migration_sets_the_rights_anew(self):
        self.run_words("migrate")
        for statement in (
            f"grant all on ledger_entry, gatehouse_migration to {self.serving}",
            f"revoke all on ledger_entry, gatehouse_migration from {self.serving}",
        ):
            self.psql(statement)
            self.run_words("migrate")
            self.assertEqual(self.rights("ledger_entry"), ["select", "insert"])
            self.assertEqual(self.rights("gatehouse_migration"), ["select"])

    def test_a_role_that_is_not_there_is_named(self):
        self.environment["GATEHOUSE_STORAGE__POSTGRESQL__USER"] = self.serving + "x"
        said = self.run_words("migrate", code=2).stderr
        self.assertIn(self.serving + "x", said)
        self.assertNotIn("grant select", said, "no script")

    def test_everything_works_as_the_role_that_serves(self):
        self.run_words("user", "create", "ada", "--admin", answer=PASSWORD)
        with self.serve() as server:
            made = server.client("ada", PASSWORD).post("/v1/users", {"username": "bob"})
            self.assertEqual(made.status, 201, made)
            self.assertEqual(
                server.client("ada", PASSWORD).delete(f"/v1/users/{made.json['id']}").status, 204
            )
        users = '{"username": "eve", "number": 77}\n'
        file = self.installation.folder / "users.json"
        file.write_text(users)
        self.run_words("import", "users", str(file))
        owners = f"datname = current_database() and usename = '{self.owner}'"
        gatehouse.Server.wait_for(
            lambda: not self.psql(f"select pid from pg_stat_activity where {owners}"),
            "the owner's session stays",
        )


class BackupTest(PostgresqlCase):
    def test_a_backup_is_told_to_be_pg_dumps(self):
        done = self.run_words("backup", "copy of it.dump", code=2)
        for part in (
            "pg_dump --format=custom",
            f"--host='{self.cluster.host}'",
            f"--dbname='{self.name}'",
            f"--username='{self.owner}'",
            "PGSSLMODE='prefer'",
            "copy of it.dump'",
            "gatehouse restore --in-place",
        ):
            self.assertIn(part, done.stderr)

    def test_a_restored_database_is_readied_in_place(self):
        self.run_words("user", "create", "ada", "--admin", answer=PASSWORD)
        self.psql(
            "insert into users_code values ('x', 1, 1, 0, 99999999999999999)",
            "insert into ledger_entry (number, text) values (500, 'beyond its sequence')",
            "insert into gatehouse_mail (plugin, purpose, user_number, mount, data, queued_at,"
            " due_at, tries) values ('users', 'password_reset', 1, '/v1', '', 0, 0, 0)",
        )
        self.run_words("restore", "--in-place")
        self.assertEqual(self.psql("select count(*) from users_code"), "0")
        self.assertEqual(self.psql("select count(*) from gatehouse_mail"), "0")
        self.assertGreater(int(self.psql("select epoch from gatehouse_deployment")), 1)
        self.run_words("user", "create", "bob", answer=PASSWORD)
        self.assertEqual(
            self.psql("select number from users_user order by number"), "1\n1000002"
        )
        self.assertEqual(
            self.psql("insert into ledger_entry (text) values ('x') returning number"), "1000501"
        )

    def test_nothing_is_readied_in_place_under_running_servers(self):
        def sessions():
            servers = "application_name = 'gatehouse' and datname = current_database()"
            return set(self.psql(f"select pid from pg_stat_activity where {servers}").split())

        with self.serve() as one, self.serve():
            before = sessions()
            said = self.run_words("restore", "--in-place", code=2).stderr
            stayed = before & sessions()  # servers connect when they need it
            self.assertGreaterEqual(len(stayed), 2)
            named = re.findall(r"process ([0-9]+)\b", said)
            self.assertLessEqual(stayed, set(named))
            self.assertRegex(said, rf"\A[^\n]*storage\.postgresql: {len(named)} sessions")
            self.assertEqual(self.psql("select epoch from gatehouse_deployment"), "1")
            self.assertEqual(one.client().get("/health/ready").status, 200)
        # PostgreSQL ends a session a moment after its client.
        gatehouse.Server.wait_for(lambda: not sessions(), "a stopped server's session stays")
        self.run_words("restore", "--in-place")

    def test_a_file_is_for_sqlite(self):
        done = self.run_words("restore", "copy.dump", code=2)
        self.assertIn("pg_restore", done.stderr)


if __name__ == "__main__":
    unittest.main()
