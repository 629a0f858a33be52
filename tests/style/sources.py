# What both style checks share: the files of the repository, and C++ taken apart just far enough.
# SPDX-License-Identifier: Apache-2.0
import os
import re

SKIPPED_FOLDERS = {"build", "data", "node_modules", "__pycache__"}


def files_below(root, suffixes, folders=("",)):
    """Paths relative to `root`, sorted, of the files that end in one of `suffixes`."""
    found = []
    for folder in folders:
        for where, inner, names in os.walk(os.path.join(root, folder)):
            inner[:] = [
                name
                for name in inner
                if name not in SKIPPED_FOLDERS and (not name.startswith(".") or name == ".ci")
            ]
            for name in names:
                if name.endswith(suffixes):
                    found.append(os.path.relpath(os.path.join(where, name), root))
    return sorted(set(found))


# Numbers come first because of 10'000, raw strings before plain ones.
TOKEN = re.compile(
    r"""(?P<number>\b\d[\w.']*)
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | R"(?P<mark>[^()\\ \n]{0,16})\((?P<raw>.*?)\)(?P=mark)"
      | "(?P<text>(?:\\.|[^"\\\n])*)"
      | '(?:\\.|[^'\\\n])*'
    """,
    re.VERBOSE | re.DOTALL,
)


class Cpp:
    """C++ text as `code` (comments blank, a literal is "N"), `literals` and their lines."""

    def __init__(self, text):
        self.literals = []
        self.lines = []

        def replace(match):
            if match.group("number"):
                return match.group()
            newlines = "\n" * match.group().count("\n")
            if match.group("comment"):
                return " " + newlines
            literal = match.group("raw") if match.group("raw") is not None else match.group("text")
            if literal is None:
                return "''"
            self.literals.append(literal)
            self.lines.append(text.count("\n", 0, match.start()) + 1)
            return f'"{len(self.literals) - 1}"' + newlines

        # Includes keep their names: they are no literals.
        kept = []
        text_without_includes = re.sub(
            r'^([ \t]*#[ \t]*include[ \t]*)([<"][^>"\n]*[>"])',
            lambda match: kept.append(match.group(2)) or match.group(1),
            text,
            flags=re.MULTILINE,
        )
        self.code = TOKEN.sub(replace, text_without_includes)


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]*)[>"]', re.MULTILINE)


def includes(text):
    """(line, "<" or '"', path) of every include."""
    return [
        (text.count("\n", 0, match.start(1)) + 1, match.group(1), match.group(2))
        for match in INCLUDE.finditer(text)
    ]
