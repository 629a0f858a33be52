# Banned calls, each with what to use instead, and marks of haste in any text file.
# Usage: tidy.py [ROOT]. Prints "file:line: what" and fails when there is anything to print.
# SPDX-License-Identifier: Apache-2.0
import os
import re
import sys

from sources import Cpp, files_below

PRODUCT = ("sdk/", "host/", "plugins/")

# (pattern in code, where it is banned, files that may, what to do instead). The files may only get
# fewer.
BANNED = [
    (
        r"\bsystem_clock::now\b",
        PRODUCT + ("tests/",),
        ("sdk/src/security/system_clock.cpp",),
        "take the time from a Clock (gatehouse/time.hpp)",
    ),
    (
        r"\bs?rand\s*\(|\brandom_device\b",
        PRODUCT + ("tests/",),
        ("sdk/src/storage/",),  # seeds how long tries that collided wait
        "take randomness from a Random (gatehouse/random.hpp); tests seed an engine",
    ),
    (
        r"\bmt19937(_64)?\b|\bdefault_random_engine\b",
        PRODUCT,
        (),
        "take randomness from a Random (gatehouse/random.hpp)",
    ),
    (
        r"\bstd::(cout|cerr|clog)\b|(?<!\w)(printf|fprintf|puts)\s*\(",
        PRODUCT,
        ("host/cli/", "host/main.cpp", "host/server/serve.cpp"),
        "use Log, or CommandLine in commands",
    ),
    (
        r"\bsleep_(for|until)\b|\bu?sleep\s*\(|\bnanosleep\s*\(",
        ("host/", "plugins/", "tests/"),
        ("tests/bench/",),
        "wait for the condition itself: a condition variable, poll(), or a deadline and yield()",
    ),
    (
        r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof)\s*\(",
        PRODUCT,
        (),
        "use std::string, std::from_chars or snprintf",
    ),
    (
        r"\busing\s+namespace\s+std\s*;",
        PRODUCT + ("tests/",),
        (),
        "name what you use",
    ),
]

SQL = re.compile(
    r"\s*(select|insert\s+into|update\s+\w+\s+set|delete\s+from|create\s+(unique\s+)?(table|index)"
    r"|alter\s+table|drop\s+table|with\s+\w+\s+as)\b",
    re.IGNORECASE,
)
# A literal that is joined with something: by +, +=, << or a formatting call.
BUILT = re.compile(r'(?:(?:\+=?|<<|\bformat\s*\(|\bappend\s*\()\s*"(\d+)")|(?:"(\d+)"\s*(?:\+|<<))')

TEXT_SUFFIXES = (
    ".hpp .cpp .h .c .in .py .sh .cmake .txt .yaml .yml .json .md .sql .service".split()
)
# What clang-format keeps in C++, and room for messages elsewhere. Addresses and raw strings may be longer.
LONGEST_LINE = {
    100: (".hpp", ".cpp", ".h", ".c"),
    120: (".py", ".sh", ".cmake", "CMakeLists.txt", "dev"),
}
UNBREAKABLE = re.compile(r'://|R"\w*\(')
OPEN_END = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
OPEN_END_WITH_ISSUE = re.compile(r"\bTODO\(#\d+\): \S")
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(work|root|home/\w+|Users/\w+)/")


def check_code(file, text):
    problems = []
    cpp = Cpp(text)

    def line_of(position):
        return cpp.code.count("\n", 0, position) + 1

    for pattern, where, exempt, instead in BANNED:
        if not file.startswith(where) or (exempt and file.startswith(exempt)):
            continue
        for match in re.finditer(pattern, cpp.code):
            problems.append((line_of(match.start()), f"{match.group().strip(' (')}: {instead}"))
    if file.startswith(PRODUCT):
        for match in BUILT.finditer(cpp.code):
            literal = cpp.literals[int(match.group(1) or match.group(2))]
            if SQL.match(literal):
                problems.append(
                    (line_of(match.start()), "SQL put together from pieces: make it a constant Sql")
                )
    head = text.partition("#")[0]  # the comment before the first directive
    is_ours = file.endswith((".hpp", ".cpp")) and not file.startswith("sdk/template/")
    if is_ours and "SPDX-License-Identifier: Apache-2.0" not in head:
        problems.append((1, "no license line: // SPDX-License-Identifier: Apache-2.0"))
    return problems


def check_text(file, raw):
    problems = []
    if b"\0" in raw:
        return [(1, "holds a NUL byte")]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return [(1, "is not UTF-8")]
    if text and not text.endswith("\n"):
        problems.append((text.count("\n") + 1, "the last line has no end"))
    for number, line in enumerate(text.split("\n"), 1):
        if line.rstrip(" \t\r") != line:
            problems.append((number, "blanks or a carriage return at the end of the line"))
        if "\t" in line:
            problems.append((number, "a tab"))
        for limit, suffixes in LONGEST_LINE.items():
            if file.endswith(suffixes) and len(line) > limit and not UNBREAKABLE.search(line):
                problems.append((number, f"longer than {limit} characters"))
        if OPEN_END.search(line) and not OPEN_END_WITH_ISSUE.search(line):
            problems.append((number, "an open end without an issue: write TODO(#12): text"))
        if MACHINE_PATH.search(line):
            problems.append((number, "a path of one machine"))
    return problems


def find_problems(root):
    problems = []
    files = files_below(root, tuple(TEXT_SUFFIXES))
    files += [name for name in ("dev", ".ci/run") if os.path.exists(os.path.join(root, name))]
    for file in files:
        if file.startswith("tests/style/"):  # speaks of what it bans
            continue
        with open(os.path.join(root, file), "rb") as stream:
            raw = stream.read()
        found = check_text(file, raw)
        if file.endswith((".hpp", ".cpp", ".h", ".c")):
            found += check_code(file, raw.decode("utf-8", "replace"))
        problems += [f"{file}:{line}: {what}" for line, what in sorted(found)]
    return problems


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    found = find_problems(sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", ".."))
    print("\n".join(found))
    sys.exit(1 if found else 0)
