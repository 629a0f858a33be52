#!/usr/bin/env python3
"""Claim: the schemas are valid, agree with the decoder on the sample bodies, and the OpenAPI document
holds together. Method: python3-jsonschema on the output of print_samples.
SPDX-License-Identifier: Apache-2.0"""
import json
import subprocess
import sys

import jsonschema

METHODS = {"get", "post", "put", "patch", "delete"}


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def resolve(document, reference):
    node = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def check_document(document):
    mistakes = []
    if document["openapi"] != "3.1.0":
        mistakes.append("the document is not OpenAPI 3.1.0")
    for reference in references(document):
        try:
            resolve(document, reference)
        except KeyError:
            mistakes.append(f"{reference} refers to nothing")
    for name, schema in document["components"]["schemas"].items():
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            mistakes.append(f"{name} is no schema: {error.message}")
    ids = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            if method not in METHODS:
                mistakes.append(f"{where}: no such method")
            ids.append(operation["operationId"])
            in_path = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
            named = {part[1:-1] for part in path.split("/") if part.startswith("{")}
            if in_path != named:
                mistakes.append(f"{where}: the path names {named}, the parameters {in_path}")
            if not operation["responses"]:
                mistakes.append(f"{where}: no answer")
            for parameter in operation.get("parameters", []):
                jsonschema.Draft202012Validator.check_schema(parameter["schema"])
    if len(ids) != len(set(ids)):
        mistakes.append("operationIds are not unique")
    return mistakes


def main():
    output = subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout
    first, *samples = output.splitlines()
    mistakes = check_document(json.loads(first))
    if len(samples) < 50:
        mistakes.append(f"only {len(samples)} samples")
    for line in samples:
        sample = json.loads(line)
        jsonschema.Draft202012Validator.check_schema(sample["schema"])
        valid = jsonschema.Draft202012Validator(sample["schema"]).is_valid(sample["body"])
        if valid != sample["accepted"]:
            mistakes.append(
                f"the decoder says {sample['accepted']}, the schema {valid}: {sample['body']}"
            )
    for mistake in mistakes:
        print(mistake)
    print(f"{len(samples)} samples, {len(mistakes)} mistakes")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
