"""The audit trail of a running server, and the commands about it.

SPDX-License-Identifier: Apache-2.0
"""

import json
import stat
import unittest

import gatehouse

PLUGINS = "  accounts: {}\n  audit: {}\n  users: {}\n"
PASSWORD = "enchantress of number"


class AuditTest(unittest.TestCase):
    def setUp(self):
        self.server = gatehouse.Server(PLUGINS)
        self.addCleanup(self.server.close)

    def run_words(self, *words, code=0):
        done = self.server.run(*words)
        self.assertEqual(done.returncode, code, done)
        return done

    def events(self, **filters):
        reply = self.server.client().get("/v1/audit-events", limit=1000, **filters)
        self.assertEqual(reply.status, 200, reply)
        return reply.json["items"]

    def wait_for(self, **filters):
        return self.server.wait_for(lambda: self.events(**filters), f"no event {filters}")

    def test_what_happens_is_told_and_can_be_verified_beside_the_server(self):
        self.server.start()
        admin = self.server.client()
        made = admin.post("/v1/users", {"username": "ada", "password": PASSWORD})
        self.assertEqual(made.status, 201, made)
        ada = self.server.client("ada", PASSWORD)
        self.assertEqual(ada.get("/v1/audit-events").status, 403)
        self.assertEqual(self.server.client("ada", "wrong password").get("/v1/users/me").status, 401)

        (created,) = [e for e in self.events(action="user.created") if e["user"]["username"] == "ada"]
        self.assertEqual(created["actor"]["username"], "admin")
        self.assertEqual(created["request_id"], made.header("X-Request-Id"))
        self.assertEqual(created["remote_address"], "127.0.0.1")
        self.assertEqual(created["account"]["name"], "Default")
        (denied,) = self.wait_for(action="access.denied")
        self.assertEqual(denied["actor"]["username"], "ada")
        (refused,) = self.wait_for(action="session.refused")
        self.assertEqual(refused["outcome"], "refused")
        self.wait_for(action="server.started")

        mine = ada.get("/v1/users/me/audit-events").json["items"]
        self.assertIn("user.created", {event["action"] for event in mine})
        self.assertEqual({event["user"]["username"] for event in mine}, {"ada"})

        said = self.run_words("audit", "verify").stdout
        self.assertRegex(said, r"\AAll is as it was written: [0-9]+ events in [0-9]+ chains\.\n\Z")

    def test_an_export_is_for_its_owner_alone_and_holds_no_secret(self):
        self.server.start()
        admin = self.server.client()
        canary = "canary-Zeichen-47-xyzzy"
        made = admin.post("/v1/users", {"username": "ada", "password": canary})
        self.assertEqual(made.status, 201, made)
        ada = self.server.client("ada", canary)
        changed = ada.send(
            "PUT",
            "/v1/users/me/password",
            {"current_password": canary, "new_password": canary + "-2"},
        )
        self.assertEqual(changed.status, 204, changed)
        ada = self.server.client("ada", canary + "-2")
        ada.patch("/v1/users/me", {"description": canary + "-value"})
        self.server.client("ada", canary + "-3").get("/v1/users/me")
        self.wait_for(action="session.refused")
        file = self.server.folder / "trail.ndjson"
        self.run_words("audit", "export", str(file))
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        lines = file.read_text().splitlines()
        actions = {json.loads(line)["action"] for line in lines}
        self.assertLessEqual({"user.created", "session.refused"}, actions)
        numbers = [json.loads(line)["number"] for line in lines]
        self.assertEqual(numbers, sorted(numbers))
        self.assertNotIn(canary, file.read_text())
        self.assertEqual(self.run_words("audit", "export").stdout.splitlines()[: len(lines)], lines)

    def test_what_is_anchored_at_the_stop_shows_a_cut(self):
        anchor = self.server.folder / "anchor"
        self.server.environment = {
            **self.server.environment,
            "GATEHOUSE_PLUGINS__AUDIT__CONFIG__ANCHOR": str(anchor),
        }
        self.server.start()
        self.server.client().get("/v1/users/me")
        self.server.stop()
        self.assertEqual(stat.S_IMODE(anchor.stat().st_mode), 0o600)
        self.run_words("audit", "verify", "--anchor", str(anchor))
        time, chain, sequence, digest = anchor.read_text().splitlines()[-1].split()
        with anchor.open("a") as file:
            file.write(f"{time} {chain} {int(sequence) + 1} {digest}\n")
        said = self.run_words("audit", "verify", "--anchor", str(anchor), code=1).stdout
        self.assertRegex(said, rf"sequence {int(sequence) + 1} is missing")

    @gatehouse.sqlite_only
    def test_a_restore_is_told_and_old_anchors_show_what_it_took(self):
        anchor = self.server.folder / "anchor"
        self.server.environment = {
            **self.server.environment,
            "GATEHOUSE_PLUGINS__AUDIT__CONFIG__ANCHOR": str(anchor),
        }
        copy = self.server.folder / "copy.sqlite"
        self.server.start()
        self.run_words("backup", str(copy))
        self.server.client().post("/v1/users", {"username": "ada"})
        self.server.stop()
        self.run_words("restore", str(copy))
        self.run_words("audit", "verify")
        said = self.run_words("audit", "verify", "--anchor", str(anchor), code=1).stdout
        self.assertRegex(said, r"is missing: [0-9]+ was anchored at .* and the chain has been cut")
        self.server.start()
        (told,) = self.wait_for(action="server.restored")
        self.assertRegex(told["detail"]["reason"], r"\Aepoch [0-9]{10}\Z")

    def test_pruned_and_erased_trails_can_be_verified(self):
        self.server.start()
        made = self.server.client().post("/v1/users", {"username": "ada"}).json
        self.server.stop()
        self.run_words("audit", "erase", made["id"])
        self.assertNotIn('"ada"', self.run_words("audit", "export").stdout)
        self.run_words("audit", "verify")
        said = self.run_words("audit", "prune", "--keep", "0s").stdout
        self.assertRegex(said, r"\APruned [0-9]+ events before ")
        self.run_words("audit", "verify")
        lines = self.run_words("audit", "export").stdout.splitlines()
        self.assertEqual({json.loads(line)["action"] for line in lines}, {"audit.pruned"})
        self.assertEqual(json.loads(lines[0])["detail"]["method"], "command")

    def test_a_setting_that_is_no_place_ends_the_start(self):
        self.server.environment = {
            **self.server.environment,
            "GATEHOUSE_PLUGINS__AUDIT__CONFIG__ANCHOR": "anchor.txt",
        }
        done = self.run_words("check-config", code=2)
        self.assertIn("is neither syslog nor the whole path", done.stderr)
        self.server.environment["GATEHOUSE_PLUGINS__AUDIT__CONFIG__ANCHOR"] = "/nowhere/at/all"
        done = self.run_words("check-config", code=2)
        self.assertIn("there is no folder /nowhere/at: make it", done.stderr)


if __name__ == "__main__":
    unittest.main()
