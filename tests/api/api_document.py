"""An OpenAPI document as tests use it: its operations, input made from its schemas (that obeys
them, or breaks one rule), and what an answer does that the document does not say.

SPDX-License-Identifier: Apache-2.0
"""

import copy
import itertools
import json
import urllib.parse

import jsonschema

METHODS = ("get", "post", "put", "patch", "delete")
# Headers that an answer has only sometimes.
OCCASIONAL_HEADERS = {"Link", "Idempotent-Replay"}
PROBLEM = "application/problem+json"
# Codes that the SDK may answer for any route; all others are the route's to tell.
SHARED_CODES = set(
    "bad_target malformed_json malformed_form body_required bad_etag bad_idempotency_key "
    "idempotency_in_progress answer_not_kept rights_changed secret_already_shown".split()
)


class NoExample(Exception):
    """No value can be made from a schema: it needs an `example`."""


def pointer_to(name):
    """The JSON pointer to a member."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


class Operation:
    """One method of one path."""

    def __init__(self, document, path, method, content):
        self.document = document
        self.path = path
        self.method = method.upper()
        self.content = content
        self.name = f"{self.method} {path}"
        self.is_public = content.get("security") == []
        self.responses = {
            status: document.resolve(response) for status, response in content["responses"].items()
        }
        self.codes = {c for r in self.responses.values() for c in r.get("x-codes", [])}

    def parameters(self, place):
        return [p for p in self.content.get("parameters", []) if p["in"] == place]

    def header_names(self):
        return {parameter["name"] for parameter in self.parameters("header")}

    @property
    def body(self):
        """The schema of the body as JSON, resolved; nothing when there is no body."""
        body = self.content.get("requestBody")
        return body and self.document.resolve(body["content"]["application/json"]["schema"])

    def unique_members(self):
        """Those whose value another object may have already."""
        return {code.removesuffix("_taken") for code in self.codes if code.endswith("_taken")}

    def mistakes(self, reply):
        """What an answer has that the document does not tell of this operation."""
        if reply.status >= 500:
            return [f"{reply.status} is a failure of the server"]
        response = self.responses.get(str(reply.status))
        if response is None:
            return [f"the status {reply.status} is not in the document"]
        mistakes = [
            f"the header {name} is missing"
            for name in response.get("headers", {})
            if name not in OCCASIONAL_HEADERS and not reply.header(name)
        ]
        content = response.get("content", {})
        sent = reply.header("Content-Type")
        if not content:
            return mistakes + (["there is a body"] if reply.body else [])
        # A media type in the document that has no parameters stands for all that have some.
        media_type = sent if sent in content else sent.partition(";")[0]
        if media_type not in content:
            return mistakes + [f"the content type {sent!r} is none of {list(content)}"]
        if "json" in media_type:
            validator = self.document.validator(content[media_type]["schema"])
            body = json.loads(reply.body)
            mistakes += [error.message[:300] for error in validator.iter_errors(body)]
            if reply.status in (400, 409):
                told = SHARED_CODES | set(response.get("x-codes", []))
                mistakes += [f"the code {c} is not told" for c in {body.get("code")} - told]
        return mistakes


class ApiDocument:
    """The document, and values made from its schemas. Every value for a unique member is new."""

    def __init__(self, content):
        self.content = content
        self.operations = [
            Operation(self, path, method, item[method])
            for path, item in content["paths"].items()
            for method in METHODS
            if method in item
        ]
        self._numbers = itertools.count(1)
        closed = copy.deepcopy(content.get("components", {}))
        self._close(closed)
        self._components = closed

    def find(self, method, path):
        found = (o for o in self.operations if (o.method, o.path) == (method, path))
        return next(found, None)

    def resolve(self, node):
        """`node`, or what it refers to, with what stands beside the reference."""
        while "$ref" in node:
            target = self.content
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = {**target, **{k: v for k, v in node.items() if k != "$ref"}}
        options = [one for one in node.get("anyOf", []) if one != {"type": "null"}]
        if options:
            inside = self.resolve(options[0])
            rest = {k: v for k, v in node.items() if k != "anyOf"}
            return {**inside, **rest, "type": [*self.types(inside), "null"]}
        return node

    @staticmethod
    def types(schema):
        """All types that the schema allows, [] for any."""
        types = schema.get("type", [])
        return [types] if isinstance(types, str) else types

    def validator(self, schema):
        """Of answers: members that the document does not name are mistakes too."""
        schema = copy.deepcopy(schema)
        self._close(schema)
        return jsonschema.Draft202012Validator(
            {"allOf": [schema], "components": self._components},
            format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
        )

    @classmethod
    def _close(cls, node):
        if isinstance(node, dict):
            if isinstance(node.get("properties"), dict) and node.get("type") == "object":
                node.setdefault("additionalProperties", False)
            for child in node.values():
                cls._close(child)
        elif isinstance(node, list):
            for child in node:
                cls._close(child)

    # --- Input that obeys.

    def value(self, schema, unique=False):
        """One valid value. `unique`: no value that was made before."""
        schema = self.resolve(schema)
        value = self._value(schema)
        if unique and isinstance(value, str):
            number = next(self._numbers)
            local, at, domain = value.partition("@")
            longest = schema.get("maxLength", 100) - len(str(number)) - len(at + domain)
            value = f"{local[:longest]}{number}{at}{domain}"
        return value

    def _value(self, schema):
        if schema.get("examples"):
            return schema["examples"][0]
        if "enum" in schema:
            return schema["enum"][0]
        types = [one for one in self.types(schema) if one != "null"]
        if not types:
            return {}
        kind = types[0]
        if kind == "object":
            return self.object(schema, schema.get("required", []))
        if kind == "array":
            return [self.value(schema["items"])]
        if kind == "string":
            return self._text(schema)
        if kind in ("integer", "number"):
            return schema.get("minimum", 1)
        return True

    @staticmethod
    def _text(schema):
        known = {
            "email": "walker@example.org",
            "date-time": "2031-01-02T03:04:05.000Z",
            "uri": "https://example.org/",
        }
        if schema.get("format") in known:
            return known[schema["format"]]
        if "pattern" in schema:
            raise NoExample(f"an example is needed for the pattern {schema['pattern']}")
        text = "walker".ljust(schema.get("minLength", 0), "x")
        return text[: schema.get("maxLength", len(text))]

    def object(self, schema, names, unique=()):
        """An object with these members."""
        properties = schema.get("properties", {})
        return {name: self.value(properties[name], name in unique) for name in names}

    def other_values(self, schema):
        """More values that the schema allows: at its bounds, all words, null."""
        schema = self.resolve(schema)
        types = self.types(schema)
        yield from schema.get("enum", [])
        yield from (schema[bound] for bound in ("minimum", "maximum") if bound in schema)
        if "null" in types:
            yield None
        if "boolean" in types:
            yield from (True, False)
        if "array" in types:
            yield []
            yield from ([one] for one in self.resolve(schema["items"]).get("enum", []))

    # --- Input that breaks one rule.

    def broken_values(self, schema):
        """Pairs of the rule that is broken and a value."""
        schema = self.resolve(schema)
        types = self.types(schema)
        if not types:
            return
        if "null" not in types:
            yield "null", None
        if "string" not in types:
            yield "a text", "text"
        if "integer" not in types and "number" not in types:
            yield "a number", 7
        elif "number" not in types:
            yield "a fraction", 1.5
        if "boolean" not in types:
            yield "a truth", True
        if "array" not in types:
            yield "an array", []
        if "object" not in types:
            yield "an object", {}
        if "array" in types:
            for rule, value in self.broken_values(schema["items"]):
                yield f"{rule} as an element", [value]
        if "object" in types and schema.get("additionalProperties") is False:
            required = self.object(schema, schema.get("required", []))
            yield "an unknown member", {**required, "no_such_member": 1}
        yield from self.out_of_bounds(schema)

    def out_of_bounds(self, schema):
        """Values of the right type that break another rule."""
        types = self.types(schema)
        if "enum" in schema and "string" in types:
            yield "another word", "no-such-word"
        if schema.get("minLength", 0) > 0 and "enum" not in schema:
            yield "too short", "x" * (schema["minLength"] - 1)
        if "maxLength" in schema:
            yield "too long", "x" * (schema["maxLength"] + 1)
        if "minimum" in schema:
            yield "too small", schema["minimum"] - 1
        if "maximum" in schema:
            yield "too large", schema["maximum"] + 1
        if schema.get("maxItems", 10_000) < 1000:
            yield "too many", [self.value(schema["items"])] * (schema["maxItems"] + 1)
        if schema.get("format") in ("email", "date-time", "uri"):
            yield f"no {schema['format']}", "no such format"


def with_query(target, pairs):
    return f"{target}?{urllib.parse.urlencode(pairs)}" if pairs else target
