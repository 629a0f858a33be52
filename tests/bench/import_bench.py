#!/usr/bin/env python3
"""How quickly `gatehouse import users` stores users who come with the hash of their password.

Makes a file of users with bcrypt and Argon2id hashes, imports it into a new SQLite database, and
exports it again. Prints users per second beside the mark, of the whole command, which reads the file
twice. The disk is that of the temporary folder; a busy machine shows in everything but CPU.
SPDX-License-Identifier: Apache-2.0
"""
import argparse
import json
import pathlib
import random
import resource
import subprocess
import tempfile
import time

MARK = 5000  # users a second
CONFIG = """
storage: {{engine: sqlite, sqlite: {{path: {folder}/gatehouse.db}}}}
plugins: {{users: {{}}}}
"""
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def text(chance, length):
    return "".join(chance.choices(BASE64, k=length))


def hash_of(chance, place):
    if place % 2:
        return f"$2b$12${text(chance, 53)}"
    # The last character of 16 bytes in base64 has two bits, of 32 bytes four.
    salt, digest = text(chance, 21) + "A", text(chance, 42) + "A"
    return f"$argon2id$v=19$m=19456,t=2,p=1${salt}${digest}"


def write_users(file, count):
    chance = random.Random(count)
    with open(file, "w", encoding="utf-8") as lines:
        for place in range(count):
            user = {
                "id": f"{chance.getrandbits(92):023x}a",
                "username": f"user{place:07}",
                "email": f"user{place:07}@example.org",
                "first_name": text(chance, 8),
                "last_name": text(chance, 12),
                "timezone": "Europe/Berlin",
                "created_at": "2020-01-02T03:04:05.678Z",
                "password_hash": hash_of(chance, place),
            }
            lines.write(json.dumps(user) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release", metavar="DIR")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--users", type=int, default=100_000)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as name:
        folder = pathlib.Path(name)
        config = folder / "gatehouse.yaml"
        config.write_text(CONFIG.format(folder=folder))
        file = folder / "users.ndjson"
        write_users(file, options.users)
        program = [f"{options.build}/bin/gatehouse", "--config", str(config), "--developing"]

        def run(*words):
            began = time.perf_counter()
            done = subprocess.run(program + list(words), capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise SystemExit(done.stdout + done.stderr)
            return done.stdout.strip(), time.perf_counter() - began

        said, imported = run("import", "users", str(file))
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        peak = spent.ru_maxrss
        cpu = (spent.ru_utime + spent.ru_stime) / options.users * 1e6
        _, exported = run("export", "users", str(folder / "out.ndjson"), "--with-hashes")
        rate = options.users / imported
        met = rate >= MARK
        print(said)
        print(f"{'import, whole command':<28}{rate:>10.0f} users/s   mark {MARK}: "
              f"{'met' if met else 'MISSED'}")
        print(f"{'export, with hashes':<28}{options.users / exported:>10.0f} users/s")
        print(f"{'import, CPU':<28}{cpu:>10.1f} us/user")
        print(f"{'import, peak memory':<28}{peak / 1024:>10.1f} MiB")
        if options.json:
            figures = [
                {"name": "import", "value": rate, "unit": "users/s", "reference": None,
                 "ratio": None, "mark": MARK, "met": met},
                {"name": "export", "value": options.users / exported, "unit": "users/s",
                 "reference": None, "ratio": None, "mark": None, "met": None},
                {"name": "import: CPU", "value": cpu, "unit": "us/user",
                 "reference": None, "ratio": None, "mark": None, "met": None},
                {"name": "import: peak memory", "value": peak / 1024, "unit": "MiB",
                 "reference": None, "ratio": None, "mark": None, "met": None},
            ]
            pathlib.Path(options.json).write_text(json.dumps({"figures": figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
