"""Claim: /openapi.json tells the truth. Method: every operation it shows is called with input made
from its own schemas, valid and broken in one place, and each answer is held against the document.
Nothing here names a route, but for the tables below.

SPDX-License-Identifier: Apache-2.0
"""

import functools
import json
import types
import unittest
import uuid

import api_document
import gatehouse
from api_document import PROBLEM, NoExample, pointer_to, with_query

# Whom {parameters} name where a new object will not do: (operation, member that is sent) -> value.
WHOM = {
    ("PATCH /v1/users/{user}", "preferences"): "me",
}
# What new objects have beyond what is required, since operations upon them need it.
OBJECTS = {
    "/v1/users": ["email"],  # where mails about the password go
    "/v1/managed-users": ["last_name"],  # so that each name can go; one stays
}
# Values that obey the schema and that not even the admin may always write: what is answered then.
REFUSALS = {
    ("POST /v1/users", "roles"): 403,  # nobody makes an admin here
    ("PATCH /v1/users/{user}", "roles"): 403,
    ("POST /v1/users", "preferences"): 403,  # only for oneself
    ("PATCH /v1/users/{user}", "account"): 422,  # moving is an operation of its own
    ("POST /v1/users/{user}/tokens", "expires_at"): 422,  # years away: tokens.max_lifetime
    ("POST /v1/users/{user}/grants", "grantee"): 422,  # as a number that nobody has
    ("POST /v1/users/{user}/grants", "scopes"): 422,  # none at all
    ("POST /v1/managed-users/{user}/delegated-token", "scopes"): 422,  # none at all
    ("POST /v1/users/{user}/delegated-token", "scopes"): 422,
}
# Below these {user} is the admin, since what belongs to others is not theirs to share or read.
OWN = {
    "/users/{user}/notes": "1",
    "/v1/users/{user}/grants": "me",
}
# Members that name a user who was made for it.
NAMES_USER = {
    ("POST /v1/users/{user}/grants", "grantee"),
}
# Where {user} is somebody whom the admin manages.
MANAGED = {"/v1/users/{user}/delegated-token"}
# Where {user} is somebody whom somebody is invited to take over.
HANDOVER = "/v1/managed-users/{user}/handover"
# Members whose format is told and not judged.
UNJUDGED = {
    ("POST /v1/password-resets", "email"),  # the answer never depends on the address
    ("POST /v1/sessions", "email"),  # nor does this one
}
# Operations whose input, or whose caller, has a credential that no schema tells: any documented error
# will do.
BY_CREDENTIAL = "POST /v1/sessions", "POST /v1/sessions/refresh", "DELETE /v1/sessions/current"
# Operations whose input a test cannot come by, since it is in a mail; any documented error will do.
BY_MAIL_ONLY = "/confirm", "/undo"
# Lists of what happened to what stands before it.
EVENTS = "/audit-events"
LOGINS = "/login-history"
# A list of what signing in makes.
SESSIONS = "/v1/users/{user}/sessions"
# A list of what others make.
SHARED = "/v1/shared-with-me"
PASSWORD = "enchantress of number"


def of_each_operation(test):
    """A test of one operation becomes one of all."""

    @functools.wraps(test)
    def all_of_them(self):
        for operation in self.document.operations:
            with self.subTest(operation.name):
                test(self, operation)

    return all_of_them


class OpenApiCalls(unittest.TestCase):
    """One server with the plugins of ours and one from outside."""

    @classmethod
    def setUpClass(cls):
        plugins = "  accounts: {}\n  audit: {}\n  managed_users: {}\n  tokens: {}\n"
        plugins += "  users: {config: {handovers_per_hour: 0}}\n"
        cls.server = gatehouse.Server(plugins + gatehouse.fixture("notes")).start()
        cls.admin = cls.server.client()
        account = {"username": "member", "password": PASSWORD}
        assert cls.admin.post("/v1/users", account).status == 201
        cls.member = cls.server.client(*account.values())
        cls.stranger = cls.server.anonymous()
        cls.document = api_document.ApiDocument(cls.stranger.get("/openapi.json").json)
        cls.kept = {}  # where objects are -> one of them, which broken input is sent to

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        for event in ("undeclared_answer", "request_failed", "authenticator_failed"):
            found = [record["message"] for record in cls.server.logged(event)]
            assert not found, found

    # --- Objects and calls.

    def new_object(self, collection, target=None):
        """What stands for {x} in COLLECTION/{x}: a new object, else the first of the list.

        `target`: the collection with something for each of its own {parameters}.
        """
        target = target or self.fill(collection)
        if collection.endswith(EVENTS):
            return self.new_event(target.removesuffix(EVENTS))
        if collection.endswith(LOGINS):
            return self.new_login(target.removesuffix(LOGINS))
        if collection == SESSIONS:
            return self.new_session(target.removesuffix("/sessions"))
        if collection == SHARED:
            return self.new_sharer()
        make = self.document.find("POST", collection)
        if make is not None and "201" in make.responses:
            body = self.valid_body(make, *OBJECTS.get(collection, ()))
            reply = self.admin.post(target, body)
            self.assertEqual(reply.status, 201, f"{make.name}: {reply}")
            return reply.header("Location").rpartition("/")[2]
        if self.document.find("GET", collection) is not None:
            items = self.admin.get(target).json.get("items")
            if items:
                return items[0]["id"]
        return "none"

    def new_event(self, about):
        """Something happens to what stands at `about`, and the audit trail tells of it."""
        if about == "/v1":
            return self.new_object("/v1/users")
        field = "description" if about.startswith("/v1/users/") else "name"
        reply = self.admin.patch(about, {field: uuid.uuid4().hex})
        self.assertEqual(reply.status, 200, reply)
        return "none"

    def new_login(self, about):
        """Somebody fails to sign in as the user."""
        name = self.admin.get(about).json["username"]
        reply = self.server.client(name, "not the password").get("/v1/users/me")
        self.assertEqual(reply.status, 401, reply)
        return "none"

    def new_session(self, about):
        """The user signs in; with a password of ours the first time."""
        user = self.admin.get(about).json
        if "username" not in user:
            return "none"
        who = {"username": user["username"], "password": PASSWORD}
        reply = self.stranger.post("/v1/sessions", who)
        if reply.status == 401 and user["username"] != "admin":
            password = {"new_password": PASSWORD}
            self.assertEqual(self.admin.send("PUT", about + "/password", password).status, 204)
            reply = self.stranger.post("/v1/sessions", who)
        self.assertEqual(reply.status, 201, reply)
        return reply.json["session"]

    def new_sharer(self):
        """Somebody shares with the admin."""
        who = {"username": "sharer" + uuid.uuid4().hex, "password": PASSWORD}
        self.assertEqual(self.admin.post("/v1/users", who).status, 201)
        grant = {"grantee": self.admin.get("/v1/users/me").json["id"], "scopes": ["data:read"]}
        reply = self.server.client(*who.values()).post("/v1/users/me/grants", grant)
        self.assertEqual(reply.status, 201, reply)
        return "none"

    def new_invited(self):
        """Somebody is invited to take over whom the admin manages."""
        user = self.new_object("/v1/managed-users")
        body = self.valid_body(self.document.find("POST", HANDOVER))
        reply = self.admin.post(f"/v1/managed-users/{user}/handover", body)
        self.assertEqual(reply.status, 202, reply)
        return user

    def fill(self, path, fresh=True, whom=None):
        """The path with something for each {parameter}."""
        own = next((me for below, me in OWN.items() if path.startswith(below)), None)
        if path in MANAGED and whom is None:
            whom, fresh = self.new_object("/v1/managed-users"), True  # not kept for other paths
        if path == HANDOVER and whom is None:
            whom, fresh = self.new_invited(), True
        collection = target = ""
        for segment in path.split("/")[1:]:
            value = segment
            if segment.startswith("{"):
                about_self = own is not None and segment == "{user}"
                value = whom or (own if about_self else None if fresh else self.kept.get(target))
                if value is None:
                    value = self.new_object(collection, target)
                if not fresh and not about_self:
                    self.kept[target] = value
            collection += "/" + segment
            target += "/" + value
        return target

    def call(self, operation, body=None, query=(), client=None, headers=None, **path):
        target = with_query(self.fill(operation.path, **path), query)
        return (client or self.admin).send(operation.method, target, body, headers)

    def valid_body(self, operation, *also):
        """The members that are required, and these."""
        schema = operation.body
        if schema is None:
            return None
        if "properties" not in schema:
            return self.document.value(schema)
        names = {*schema.get("required", []), *also}
        body = self.document.object(schema, names, operation.unique_members())
        return {**body, **self.named_users(operation, names)}

    def named_users(self, operation, names):
        named = (name for name in names if (operation.name, name) in NAMES_USER)
        return {name: self.new_object("/v1/users") for name in named}

    def required_query(self, operation):
        return [
            (p["name"], self.document.value(p["schema"]))
            for p in operation.parameters("query")
            if p["required"]
        ]

    def assert_told(self, operation, reply, what):
        mistakes = operation.mistakes(reply)
        if mistakes:
            self.fail(f"{operation.name} with {what}: {'; '.join(mistakes)}; it answered {reply}")

    def assert_success(self, operation, reply, what, where=None):
        self.assert_told(operation, reply, what)
        if reply.status == REFUSALS.get((operation.name, where)):
            return
        if operation.name in BY_CREDENTIAL:
            return
        if not any(word in operation.path for word in BY_MAIL_ONLY):
            self.assertLess(reply.status, 300, f"{operation.name} with {what}: {reply}")

    def assert_refused(self, operation, reply, status, what, pointer=None):
        self.assert_told(operation, reply, what)
        self.assertEqual(reply.status, status, f"{operation.name} with {what}: {reply}")
        self.assertEqual(reply.header("Content-Type"), PROBLEM)
        if pointer is not None:
            pointers = [error["pointer"] for error in reply.json.get("errors", [])]
            found = any(p == pointer or p.startswith(pointer + "/") for p in pointers)
            self.assertTrue(found, f"{operation.name} with {what}: {pointer} is not in {pointers}")

    # --- Valid input.

    @of_each_operation
    def test_valid_input_is_answered_as_documented(self, operation):
        query = self.required_query(operation)
        reply = self.call(operation, self.valid_body(operation), query)
        self.assert_success(operation, reply, "what is required")
        for name, schema in ((operation.body or {}).get("properties", {})).items():
            self.send_member(operation, name, schema)
        for parameter in operation.parameters("query"):
            self.send_parameter(operation, parameter)

    def send_member(self, operation, name, schema):
        """Every value that a member may have."""
        whom = WHOM.get((operation.name, name))
        try:
            body = self.valid_body(operation, name)
        except NoExample as error:
            self.fail(f"{operation.name}: {name}: {error}")
        bodies = [body, *({**body, name: v} for v in self.document.other_values(schema))]
        for one in bodies:
            one = {
                **one,
                **{
                    unique: self.document.value(operation.body["properties"][unique], unique=True)
                    for unique in operation.unique_members() & one.keys()
                    if one[unique] is not None
                },
                **self.named_users(operation, one.keys() - {name}),
            }
            what = f"{name} {one[name]!r}"
            reply = self.call(operation, one, self.required_query(operation), whom=whom)
            self.assert_success(operation, reply, what, name)

    def send_parameter(self, operation, parameter):
        name, schema = parameter["name"], parameter["schema"]
        if name == "cursor":
            return self.walk(operation)
        required = self.required_query(operation)
        for value in [self.document.value(schema), *self.document.other_values(schema)]:
            reply = self.call(operation, self.valid_body(operation), [*required, (name, value)])
            self.assert_success(operation, reply, f"?{name}={value}", f"?{name}")
        return None

    def walk(self, operation):
        """Two pages of a list that has as many objects."""
        path = self.fill(operation.path)
        for _ in range(2):
            self.new_object(operation.path, path)
        first = self.admin.get(with_query(path, [("limit", 1)]))
        self.assert_success(operation, first, "limit=1")
        self.assertIsNotNone(first.json["next"], operation.name)
        second = self.admin.get(with_query(path, [("limit", 1), ("cursor", first.json["next"])]))
        self.assert_success(operation, second, "a cursor")
        self.assertNotEqual(first.json["items"], second.json["items"], operation.name)

    # --- Broken input.

    @of_each_operation
    def test_broken_members_are_422_and_named(self, operation):
        schema = operation.body or {}
        for name, member in schema.get("properties", {}).items():
            for rule, value in self.document.broken_values(member):
                if rule.startswith("no ") and (operation.name, name) in UNJUDGED:
                    continue
                body = {**self.valid_body(operation), name: value}
                reply = self.call(operation, body, fresh=False)
                what = f"{name}: {rule}"
                self.assert_refused(operation, reply, 422, what, pointer_to(name))
        for name in schema.get("required", []):
            body = self.valid_body(operation)
            del body[name]
            reply = self.call(operation, body, fresh=False)
            self.assert_refused(operation, reply, 422, f"no {name}", pointer_to(name))
        if schema.get("additionalProperties") is False:
            body = {**self.valid_body(operation), "no_such_member": 1}
            reply = self.call(operation, body, fresh=False)
            self.assert_refused(operation, reply, 422, "an unknown member", "/no_such_member")

    @of_each_operation
    def test_bodies_that_are_none(self, operation):
        if operation.body is None:
            return
        target = self.fill(operation.path, fresh=False)

        def send(body, content_type="application/json"):
            headers = {"Content-Type": content_type}
            return self.admin.send(operation.method, target, body, headers)

        for body in (b"{", b"{}}", b'{"a":', b"\xff", b'{"a": "\\ud800"}', b"[" * 100):
            self.assert_refused(operation, send(body), 400, f"the body {body!r}")
        for body in (b"[]", b"7", b'"text"', b"null"):
            self.assert_refused(operation, send(body), 422, f"the body {body!r}")
        reply = send(b"x", "text/plain")
        self.assert_refused(operation, reply, 415, "plain text")
        limit = operation.content["x-body-limit"]
        if limit <= 1_000_000:
            reply = send(b" " * (limit + 1))
            self.assert_refused(operation, reply, 413, f"{limit + 1} bytes")

    @of_each_operation
    def test_broken_parameters_are_422_and_named(self, operation):
        parameters = operation.parameters("query")
        for parameter in parameters:
            name, schema = parameter["name"], self.document.resolve(parameter["schema"])
            broken = list(self.document.out_of_bounds(schema))
            if self.document.types(schema)[:1] in (["integer"], ["number"]):
                broken.append(("a word", "word"))
            if self.document.types(schema) == ["boolean"]:
                broken.append(("no truth", "7"))
            for rule, value in broken:
                reply = self.call(operation, query=[(name, value)], fresh=False)
                what = f"?{name}: {rule}"
                self.assert_refused(operation, reply, 422, what, f"?{name}")
            if self.document.types(schema) != ["array"]:
                value = self.document.value(schema)
                reply = self.call(operation, query=[(name, value)] * 2, fresh=False)
                self.assert_refused(operation, reply, 422, f"?{name} twice", f"?{name}")
            if name == "cursor":
                reply = self.call(operation, query=[(name, "bad")], fresh=False)
                self.assert_refused(operation, reply, 400, "a bad cursor")
                self.assertEqual(reply.json["code"], "bad_cursor")
        if parameters:
            reply = self.call(operation, query=[("no_such", 1)], fresh=False)
            self.assert_refused(operation, reply, 422, "an unknown parameter", "?no_such")

    # --- Headers that the document promises to obey.

    @of_each_operation
    def test_preconditions_are_obeyed(self, operation):
        if "If-Match" not in operation.header_names():
            return
        body = self.valid_body(operation)
        for tag, status in (('"no-such-state"', 412), ("no tag", 400)):
            reply = self.call(operation, body, headers={"If-Match": tag}, fresh=False)
            self.assert_refused(operation, reply, status, f"If-Match: {tag}")
        if operation.method == "GET":
            known = {"If-None-Match": self.call(operation, fresh=False).header("ETag")}
            reply = self.call(operation, headers=known, fresh=False)
            self.assert_told(operation, reply, str(known))
            self.assertEqual(reply.status, 304, reply)

    @of_each_operation
    def test_a_request_with_a_key_is_carried_out_once(self, operation):
        if "Idempotency-Key" not in operation.header_names():
            return
        body = self.valid_body(operation)
        target = self.fill(operation.path)

        def send(key):
            reply = self.admin.send(operation.method, target, body, {"Idempotency-Key": key})
            self.assert_told(operation, reply, f"the key {key!r}")
            return reply

        first, again = send("key-1"), send("key-1")
        if first.status >= 300:  # nothing was changed, and nothing is kept
            self.assertEqual(again.status, first.status, operation.name)
        elif again.status == 409:
            self.assertEqual(again.json["code"], "secret_already_shown", operation.name)
        else:
            self.assertEqual((again.status, again.body), (first.status, first.body))
        if first.status < 300:
            self.assertEqual(again.header("Idempotent-Replay"), "true", operation.name)
        self.assert_refused(operation, send("two words"), 400, "a key with a blank")

    # --- Others than the admin, and other objects than there are.

    @of_each_operation
    def test_strangers_are_401(self, operation):
        reply = self.call(
            operation, self.valid_body(operation), client=self.stranger, fresh=False
        )
        if operation.is_public:
            self.assert_told(operation, reply, "no credential")
            if operation.name not in BY_CREDENTIAL:
                self.assertNotEqual(reply.status, 401, operation.name)
        else:
            self.assert_refused(operation, reply, 401, "no credential")

    @of_each_operation
    def test_whoever_has_no_role_is_answered_as_documented(self, operation):
        body = self.valid_body(operation)
        reply = self.call(operation, body, self.required_query(operation), self.member)
        self.assert_told(operation, reply, "no role")

    @of_each_operation
    def test_what_does_not_exist_is_answered_as_documented(self, operation):
        if not operation.parameters("path"):
            return
        for nothing in ("no-such-object", "0", "-1", "9" * 30, "%C3%A9", "x" * 2000):
            reply = self.call(operation, self.valid_body(operation), whom=nothing)
            self.assert_told(operation, reply, f"{nothing} in the path")


class HeadTest(unittest.TestCase):
    def test_it_names_the_version_and_the_public_url(self):
        url = "https://id.example.com/sso"
        environment = {**gatehouse.ADMIN_ENVIRONMENT, "GATEHOUSE_HTTP__PUBLIC_URL": url}
        with gatehouse.Server(environment=environment) as server:
            document = server.anonymous().get("/openapi.json").json
            self.assertEqual(document["servers"], [{"url": url}])
            version = server.run("--version").stdout.split()[-1]
            self.assertEqual(document["info"]["version"], version)
            self.assertEqual(set(document["components"]["securitySchemes"]), {"basic"})


class CheckTest(unittest.TestCase):
    """The check sees what it is there to see."""

    def setUp(self):
        item = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
        answer = {
            "description": "x",
            "headers": {"X-Request-Id": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}},
        }
        responses = {"200": answer, "204": {"description": "y"}}
        document = {
            "paths": {"/x": {"get": {"responses": responses}}},
            "components": {"schemas": {"Item": item}},
        }
        (self.operation,) = api_document.ApiDocument(document).operations

    def mistakes(self, status=200, body=None, media_type="application/json", request_id="r"):
        headers = {"Content-Type": media_type, "X-Request-Id": request_id}
        text = b"" if status == 204 else json.dumps({"id": 1} if body is None else body).encode()
        return self.operation.mistakes(
            types.SimpleNamespace(status=status, body=text, header=lambda n: headers.get(n, ""))
        )

    def test_an_answer_that_keeps_to_the_document_is_none(self):
        self.assertEqual(self.mistakes(), [])
        self.assertEqual(self.mistakes(204), [])

    def test_an_answer_that_does_not(self):
        for lie in (
            {"status": 201},
            {"status": 500},
            {"status": 503},
            {"body": {"id": "1"}},
            {"body": {}},
            {"body": {"id": 1, "secret": 2}},
            {"media_type": "text/html"},
            {"request_id": ""},
        ):
            with self.subTest(lie):
                self.assertNotEqual(self.mistakes(**lie), [])


if __name__ == "__main__":
    unittest.main()
