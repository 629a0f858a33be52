"""What clients of Soltra Edge send, to a server with the configuration that is meant for them: the
curl lines and the Python examples of seed document 004, as they stand there.

SPDX-License-Identifier: Apache-2.0
"""

import concurrent.futures
import re
import shlex
import subprocess
import unittest

import gatehouse

CONFIG = gatehouse.ROOT / "config/gatehouse.soltra_edge.yaml"
PASSWORD = "Pass@1233"  # the document's

LIST = "curl 'your-edge.com/api/users/' --user username:your-password"
READ = "curl 'your-edge.com/api/users/:id/' --user username:your-password"
CREATE = """
curl
    -u username:password
    -H "Content-Type: application/json"
    -XPOST 'your-edge.com/api/users/'
    -d '{
      "username": "myuser",
      "password": "Pass@1233",
      "first_name": "johnny",
      "last_name": "Doe",
      "email": "johnny@doe.com"
    }'
"""
UPDATE = """
curl
    -XPATCH 'your-edge.com/api/users/{id}/'
    -u username:password
    -H "Content-Type: application/json"
    -d '{
      "first_name":"joseph"
    }'
"""
DELETE = """
curl
-XDELETE 'your-edge.com/api/users/{id}/'
-u username:password
"""
LIST_TOKENS = """
curl
'your-edge.com/api/users/{id}/tokens/'
-u username:password
"""
READ_TOKEN = """
curl
'your-edge.com/api/users/{id}/tokens/{tokenid}/'
-u username:password
"""
CREATE_TOKEN = """
curl
    -u username:password
    -H "Content-Type: application/json"
    -XPOST 'your-edge.com/api/users/:id/tokens/'
    -d '{
      "title": "My New Token"
    }'
"""
UPDATE_TOKEN = """
curl
-X PATCH 'your-edge.com/api/users/:id/tokens/:tokenid/'
-u username:password
-d '{
  "active": false
}'
"""
HISTORY = """
curl
'your-edge.com/api/users/{id}/history/'
-u username:password
"""
HISTORY_BY_TOKEN = (
    "curl 'your-edge.com/api/users/:id/history' -H \"Authorization: Token user:token\""
)


def sections(*names):
    """Of the configuration file, as their lines."""
    parts = re.split(r"(?m)^(?=[a-z]+:)", CONFIG.read_text(encoding="utf-8"))
    found = {part.partition(":")[0]: part for part in parts}
    return [found[name] for name in names]


class Answer:
    def __init__(self, text):
        head, _, self.body = text.partition("\r\n\r\n")
        self.status = int(head.split()[1])
        self.head = head

    @property
    def json(self):
        return gatehouse.json.loads(self.body)

    def __repr__(self):
        return f"{self.head}\n{self.body}"


class SoltraCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        plugins, policy = sections("plugins", "policy")
        cls.server = gatehouse.Server(plugins.partition("\n")[2] + policy).start()
        cls.admin = cls.server.client()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def curl(self, line, status, **values):
        """Runs the line with the server's address and what its placeholders stand for."""
        line = line.replace("your-edge.com", self.server.url)
        line = re.sub(r"username:(your-)?password", f"admin:{gatehouse.ADMIN_PASSWORD}", line)
        words = []
        for word in shlex.split(line.replace(gatehouse.ADMIN_PASSWORD, "<password>")):
            word = word.replace("<password>", gatehouse.ADMIN_PASSWORD)
            word = re.sub(r"Token user:token$", f"Token {values.get('pair')}", word)
            for name in ("tokenid", "id"):
                if word.startswith("http"):
                    value = values.get(name, "")
                    word = word.replace(f":{name}", value).replace(f"{{{name}}}", value)
            words.append(word)
        done = subprocess.run(
            [words[0], "-sS", "-i", "--noproxy", "*", *words[1:]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=gatehouse.PATIENCE_S,
            check=True,
        )
        answer = Answer(done.stdout.decode())
        self.assertEqual(answer.status, status, answer)
        return answer


class ConfigurationTest(unittest.TestCase):
    def test_the_file_for_those_who_come_from_soltra_is_good(self):
        with gatehouse.Installation() as installation:
            installation.environment = {"GATEHOUSE_CONFIG": str(CONFIG)}
            done = installation.run("check-config")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("plugin soltra_edge", done.stdout)


class CurlTest(SoltraCase):
    def test_every_line_of_the_document_in_its_order(self):
        made = self.curl(CREATE, 201).json
        mine = {"id": made["id"]}
        url = f"{self.server.url}/api/users/{made['id']}/"
        self.assertEqual(made["url"], url)
        self.assertEqual(made["access_tokens_url"], url + "tokens/")
        self.assertEqual(made["login_history_url"], url + "history/")
        self.assertEqual(len(made), 19)

        listed = self.curl(LIST, 200)
        self.assertIn(made, listed.json)
        self.assertIn('rel="first"', listed.head)
        self.assertIn('rel="last"', listed.head)
        self.assertEqual(self.curl(READ, 200, **mine).json, made)

        changed = self.curl(UPDATE, 202, **mine).json
        self.assertEqual(changed, {**made, "first_name": "joseph"})

        token = self.curl(CREATE_TOKEN, 201, **mine).json
        self.assertRegex(token["token"], r"^[0-9a-f]{40}$")
        self.assertRegex(token["hashed_token"], r"^\$2b\$10\$[./A-Za-z0-9]{53}$")
        self.assertEqual(token["user"], made["id"])
        one = {**mine, "tokenid": token["id"]}
        shown = self.curl(READ_TOKEN, 200, **one).json
        self.assertEqual(shown["token"], "")
        self.assertEqual(shown["hashed_token"], token["hashed_token"])
        self.assertEqual(self.curl(LIST_TOKENS, 200, **mine).json, [shown])

        by_token = {**mine, "pair": f"myuser:{token['token']}"}
        self.curl(HISTORY_BY_TOKEN, 403, **by_token)  # allow_rest_access is false
        allowed = self.admin.patch(f"/api/users/{made['id']}/", {"allow_rest_access": True})
        self.assertEqual(allowed.status, 202, allowed)
        own = self.server.client("myuser", PASSWORD)
        self.assertEqual(own.get(f"/api/users/{made['id']}/").status, 200)
        by_admin = self.curl(HISTORY, 200, **mine).json
        self.assertEqual(self.curl(HISTORY_BY_TOKEN, 200, **by_token).json, by_admin)
        self.assertTrue(by_admin[0]["success"])
        self.assertRegex(by_admin[0]["attempted_on"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$")

        self.assertFalse(self.curl(UPDATE_TOKEN, 202, **one).json["active"])
        self.curl(HISTORY_BY_TOKEN, 401, **by_token)
        self.assertEqual(self.curl(DELETE, 204, **mine).body, "")
        self.curl(READ, 404, **mine)


class PythonTest(SoltraCase):
    """The examples with `requests`, which sends JSON and Basic, and True for a truth in a query."""

    PAYLOAD = {
        "username": "pyuser",
        "password": PASSWORD,
        "first_name": "johnny",
        "last_name": "Doe",
        "email": "johnny@doe.com",
    }

    def test_the_examples_in_their_order(self):
        made = self.admin.post("/api/users/", self.PAYLOAD)
        self.assertEqual(made.status, 201, made)
        user = f"/api/users/{made.json['id']}/"
        self.assertEqual(made.header("Location"), self.server.url + user)
        found = self.admin.get("/api/users/", is_active=True, first_name="JOHN", last_name="do")
        self.assertEqual([one["username"] for one in found.json], ["pyuser"])
        self.assertIn("first_name=JOHN&last_name=do&is_active=True&page=1", found.header("Link"))
        self.assertEqual(self.admin.get(user).json, made.json)
        changed = self.admin.patch(user, {"first_name": "joseph"})
        self.assertEqual((changed.status, changed.json["first_name"]), (202, "joseph"))

        token = self.admin.post(user + "tokens/", {"title": "My New Token"}).json
        self.assertEqual(len(self.admin.get(user + "tokens/").json), 1)
        path = f"{user}tokens/{token['id']}/"
        self.assertEqual(self.admin.get(path).status, 200)
        self.assertEqual(self.admin.patch(path, {"active": False}).status, 202)
        self.assertEqual(self.admin.delete(path).status, 204)
        self.assertEqual(self.admin.get(user + "history/").json, [])
        self.assertEqual(self.admin.delete(user.rstrip("/")).status, 204)

    def test_a_walk_by_the_links_shows_each_user_once(self):
        names = [f"walker{i}" for i in range(5)]
        for name in names:
            payload = {**self.PAYLOAD, "username": name, "first_name": "Will"}
            self.assertEqual(self.admin.post("/api/users/", payload).status, 201)
        target = "/api/users/?username=walker&per_page=2"
        walked = []
        while target:
            page = self.admin.get(target)
            walked += [user["username"] for user in page.json]
            following = re.search(r'<([^>]*)>; rel="next"', page.header("Link"))
            target = following and following[1].removeprefix(self.server.url)
        self.assertEqual(walked, names)


class AtOnceTest(SoltraCase):
    def test_two_who_change_two_roles_change_both(self):
        """Roles are stored as a set, of which each request knows one."""
        made = self.admin.post("/api/users/", {**PythonTest.PAYLOAD, "username": "busy"})
        path = f"/api/users/{made.json['id']}/"
        roles = ("is_staff", "is_superuser")
        with concurrent.futures.ThreadPoolExecutor(len(roles)) as both:
            for value in (True, False) * 20:
                changes = [{role: value} for role in roles]
                replies = both.map(lambda change: self.admin.patch(path, change), changes)
                self.assertEqual([reply.status for reply in replies], [202, 202])
                user = self.admin.get(path).json
                self.assertEqual([user[role] for role in roles], [value, value])


class MovingTest(SoltraCase):
    def test_users_move_over_with_their_ids_by_the_words_of_the_manual(self):
        whole = {
            **PythonTest.PAYLOAD,
            "username": "mover",
            "is_staff": True,
            "is_active": False,
            "can_inbox": False,
            "allow_rest_access": True,
            "organization": "Acme",
            "description": "Moves.",
            "memberships": ["WHITE", "RED"],
        }
        self.assertEqual(self.admin.post("/api/users/", whole).status, 201)
        old = self.admin.get("/api/users/", username="mover")
        manual = (gatehouse.ROOT / "plugins/soltra_edge/README.md").read_text(encoding="utf-8")
        words = re.search(r"jq -c '([^']*)'", manual)[1]
        lines = subprocess.run(
            ["jq", "-c", words], input=old.body, capture_output=True, timeout=60, check=True
        )
        plugins, policy = sections("plugins", "policy")
        with gatehouse.Server(plugins.partition("\n")[2] + policy) as new:
            file = new.folder / "users.jsonl"
            file.write_bytes(lines.stdout)
            done = new.run("import", "users", str(file))
            self.assertEqual(done.returncode, 0, done.stderr)
            moved = new.client().get("/api/users/", username="mover").json

        def told(user):
            return {name: value for name, value in user.items() if not name.endswith("url")}

        self.assertEqual([told(user) for user in moved], [told(user) for user in old.json])


class RestartTest(SoltraCase):
    def test_tokens_and_their_hashes_outlive_the_process(self):
        payload = {**PythonTest.PAYLOAD, "username": "stays", "allow_rest_access": True}
        user = self.admin.post("/api/users/", payload).json
        path = f"/api/users/{user['id']}/"
        token = self.admin.post(path + "tokens/", {"title": "stays"}).json
        self.server.stop()
        self.server.start()
        pair = {"Authorization": f"Token stays:{token['token']}"}
        tokens = self.server.anonymous().send("GET", path + "tokens", headers=pair)
        self.assertEqual(tokens.status, 200, tokens)
        self.assertEqual(tokens.json[0]["hashed_token"], token["hashed_token"])

    def test_the_log_has_no_token(self):
        token = self.server.client().post("/api/users/me/tokens/", {"title": "quiet"})
        self.assertEqual(token.status, 201, token)
        log = b"".join(self.server.lines).decode()
        self.assertNotIn(token.json["token"], log)


if __name__ == "__main__":
    unittest.main()
