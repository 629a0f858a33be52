# Who may include what: plugins -> sdk <- host, and each third-party library in its one place.
# Usage: layers.py [ROOT]. Prints "file:line: what: why" and fails when there is anything to print.
# SPDX-License-Identifier: Apache-2.0
import os
import re
import sys

from sources import Cpp, files_below, includes

# Header prefixes of libraries that live in certain folders only, and how to do without them.
HOMES = [
    ("pistache/", ("host/http/",), "only the HTTP engine knows the reactor"),
    ("boost/beast", ("host/http/",), "only the HTTP engine parses requests"),
    ("boost/asio", ("host/http/",), "only the HTTP engine parses requests"),
    ("boost/dll", ("host/plugin_loader/",), "only the loader opens libraries"),
    ("curl/", ("host/mail/",), "only mail is sent with it"),
    ("yaml-cpp/", ("host/config/",), "read settings through gatehouse/config.hpp"),
    ("soci/postgresql", ("sdk/postgresql/",), "only that library knows PostgreSQL"),
    ("soci/", ("sdk/src/storage/", "sdk/postgresql/"), "use gatehouse/storage.hpp"),
    ("sqlite3", ("sdk/src/storage/",), "use gatehouse/storage.hpp"),
    ("libpq", ("sdk/postgresql/",), "only that library knows PostgreSQL"),
    ("zxcvbn", ("sdk/src/security/",), "use guesses_in_bits() of gatehouse/passwords.hpp"),
    ("boost/json", ("sdk/src/body/",), "describe a struct; the SDK reads and writes it"),
    ("spdlog/", ("host/observability/",), "use gatehouse/log.hpp"),
    ("prometheus/", ("host/observability/",), "use gatehouse/metrics.hpp"),
    ("CLI/", ("host/cli/", "host/main.cpp"), "only the command line parses arguments"),
]

# Folders of the host that others may include.
SHARED_HOST = ("config", "observability", "files")
# Those that put the others together.
COMPOSING_HOST = ("server", "cli", "main.cpp")

KNOWN_PLUGINS = (
    "users accounts tokens managed_users audit flexmeasures sweatstack wotkit soltra_edge".split()
)


def is_standard(path):
    return re.fullmatch(r"[a-z0-9_]+", path) is not None


def judge_sdk_header(path):
    if is_standard(path) or path.startswith(("gatehouse/", "boost/describe", "boost/mp11")):
        return None
    return "SDK headers include only std, Boost.Describe, Boost.Mp11 and gatehouse/"


def judge_sdk_source(path):
    if path.startswith(("host/", "plugins/")):
        return "the SDK knows neither host nor plugins"
    return None


def judge_host(file, path):
    if path.startswith("plugins/") or "/plugins/" in path:
        return "the host never includes a plugin"
    if not path.startswith("host/"):
        return None
    own, other = file.split("/")[1], path.split("/")[1]
    if own in COMPOSING_HOST or other == own or other in SHARED_HOST:
        return None
    return "parts of the host meet in host/server; others see the SDK, config and observability"


def judge_plugin(file, quote, path):
    own = "/".join(file.split("/")[:2])
    if path.startswith(("gatehouse/runtime/", "gatehouse/testing/")):
        return "is for the host and for tests, not for plugins"
    if path.startswith(("gatehouse/", "boost/describe", "boost/mp11")) or is_standard(path):
        return None
    if quote == '"' and path.startswith(own + "/"):
        return None
    if quote == '"' and not path.startswith(("host/", "plugins/", "sdk/", "tests/")):
        beside = os.path.normpath(os.path.join(os.path.dirname(file), path))
        if beside.startswith(own + "/"):
            return None
    return "plugins include std, gatehouse/ and their own files; they meet in gatehouse/services/"


def judge(file, quote, path):
    for prefix, homes, instead in HOMES:
        if path.startswith(prefix) and not file.startswith(homes):
            return f"belongs to {' and '.join(homes)}; {instead}"
    if file.startswith("sdk/include/"):
        return judge_sdk_header(path)
    if file.startswith("sdk/src/"):
        return judge_sdk_source(path)
    if file.startswith("host/"):
        return judge_host(file, path)
    if file.startswith("plugins/"):
        return judge_plugin(file, quote, path)
    return None


def plugin_names(root):
    folder = os.path.join(root, "plugins")
    names = set(KNOWN_PLUGINS)
    if os.path.isdir(folder):
        names |= {name for name in os.listdir(folder) if os.path.isdir(f"{folder}/{name}")}
    return names


def find_problems(root):
    problems = []
    # "--api-tokens" is an option, and names nobody.
    word = re.compile(r"(?<!-)\b(" + "|".join(sorted(plugin_names(root))) + r")\b")
    for file in files_below(root, (".hpp", ".cpp", ".h", ".c", ".ipp"), ("sdk", "host", "plugins")):
        with open(os.path.join(root, file), encoding="utf-8") as stream:
            text = stream.read()
        for line, quote, path in includes(text):
            why = judge(file, quote, path)
            if why:
                problems.append(f"{file}:{line}: {path}: {why}")
        if file.startswith("host/"):
            cpp = Cpp(text)
            for line, literal in zip(cpp.lines, cpp.literals):
                found = word.search(literal)
                if found:
                    problems.append(
                        f"{file}:{line}: '{found.group()}': the host names no plugin; "
                        "what it needs of one comes through the SDK"
                    )
    return problems


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    found = find_problems(sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", ".."))
    print("\n".join(found))
    sys.exit(1 if found else 0)
