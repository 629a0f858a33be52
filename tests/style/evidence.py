# The tests that SECURITY.md names as its evidence exist.
# Usage: evidence.py [ROOT]. Prints "file:line: what" and fails when there is anything to print.
# SPDX-License-Identifier: Apache-2.0
import fnmatch
import os
import re
import sys

from sources import files_below

DOCUMENT = "SECURITY.md"
GTEST = re.compile(r"^\s*TEST(?:_F|_P)?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.MULTILINE)
CTEST = re.compile(r"add_test\s*\(\s*NAME\s+\"?([\w.]+)")
NAME = re.compile(r"`([^`]+)`")


def tests_below(root):
    names = set()
    for path in files_below(root, (".cpp", "CMakeLists.txt"), ("tests", "plugins", "sdk")):
        with open(os.path.join(root, path), encoding="utf-8") as stream:
            text = stream.read()
        if path.endswith(".cpp"):
            names.update(f"{suite}.{case}" for suite, case in GTEST.findall(text))
        else:
            names.update(CTEST.findall(text))
    for path in files_below(root, (".py",), ("tests/api",)):
        suite = os.path.basename(path).removeprefix("test_").removesuffix(".py")
        names.add(f"api: {suite}")
    return names


def find_problems(root):
    document = os.path.join(root, DOCUMENT)
    if not os.path.exists(document):
        return []
    names = tests_below(root)
    problems = []
    with open(document, encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            cells = line.strip().strip("|").split("|")
            if not line.startswith("|") or len(cells) != 2:
                continue
            for name in NAME.findall(cells[1]):
                if not fnmatch.filter(names, name):
                    problems.append(f"{DOCUMENT}:{number}: there is no test {name}")
    return problems


if __name__ == "__main__":
    found = find_problems(sys.argv[1] if len(sys.argv) > 1 else ".")
    print("\n".join(found))
    sys.exit(1 if found else 0)
