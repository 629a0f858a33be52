#!/usr/bin/env python3
"""What a page of managed users costs a manager who looks after very many, beside one of ten.

Both managers ask the same server in turns, over one connection each, for pages of ten; ratios are
medians over the rounds. The users are one that was made over the API, copied in the table.
SPDX-License-Identifier: Apache-2.0
"""
import argparse
import contextlib
import http.client
import json
import os
import pathlib
import sqlite3
import statistics
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
PAGE = 10
MARK = 1.5
PASSWORD = "a bench is for sitting 42"
PLUGINS = "  accounts: {}\n  users: {}\n  tokens: {}\n  managed_users: {}\n"
# Generated columns, and those that differ from copy to copy, are not copied.
NOT_COPIED = {"number", "id", "created_at", "last_login_key"}
COPY = {
    "sqlite": "with recursive n (i) as (select 1 union all select i + 1 from n where i < {count})"
    " insert into users_user (id, created_at, {columns})"
    " select lower(hex(randomblob(12))), created_at + i, {columns} from users_user, n"
    " where number = {number}",
    "postgresql": "insert into users_user (id, created_at, {columns})"
    " select substr(md5(random()::text || i), 1, 24), created_at + i, {columns}"
    " from users_user, generate_series(1, {count}) as i where number = {number}",
}
COLUMNS = {
    "sqlite": "select name from pragma_table_info('users_user')",
    "postgresql": "select column_name from information_schema.columns"
    " where table_name = 'users_user'",
}


class Manager:
    """Somebody with an API token, who looks after `count` users."""

    def __init__(self, server, engine, ask, name, count):
        made = server.client().post("/v1/users", {"username": name, "password": PASSWORD})
        assert made.status == 201, made
        client = server.client(name, PASSWORD)
        token = client.post("/v1/users/me/tokens", {"title": "bench"})
        assert token.status == 201, token
        first = client.post("/v1/managed-users", {"first_name": "Kim", "last_name": "Lee"})
        assert first.status == 201, first
        columns = ", ".join(c for c in ask(COLUMNS[engine]) if c not in NOT_COPIED)
        words = {"columns": columns, "count": count - 1, "number": first.json["number"]}
        ask(COPY[engine].format(**words))
        self._headers = {"Authorization": f"Bearer {token.json['token']}"}
        self._connection = http.client.HTTPConnection(client.address.hostname, client.address.port)
        self.times = {}  # by what was asked for, in microseconds

    def get(self, target):
        self._connection.request("GET", target, headers=self._headers)
        response = self._connection.getresponse()
        body = response.read()
        assert response.status == 200, body
        return json.loads(body)

    def measure(self, what, target, requests):
        began = time.perf_counter()
        for _ in range(requests):
            self.get(target)
        took = (time.perf_counter() - began) / requests * 1e6
        self.times.setdefault(what, []).append(took)

    def page_after(self, count):
        """The target of the page that follows that many users. A cursor is good for one limit."""
        first = target = f"/v1/managed-users?limit={PAGE}"
        for _ in range(count // PAGE):
            target = first + "&cursor=" + self.get(target)["next"]
        return target


def compare(note, engine, server, ask, options):
    few = Manager(server, engine, ask, "few", PAGE)
    many = Manager(server, engine, ask, "many", options.users)
    ask("analyze")
    first = f"/v1/managed-users?limit={PAGE}"
    deep = many.page_after(options.users // 2)
    assert len(many.get(first)["items"]) == len(few.get(first)["items"]) == PAGE
    for _ in range(options.rounds):
        few.measure("first", first, options.requests)
        many.measure("first", first, options.requests)
        many.measure("in the middle", deep, options.requests)
    own = few.times["first"]
    for what, times in many.times.items():
        ratio = statistics.median(a / b for a, b in zip(times, own))
        note(f"{engine}: a page of {options.users:,} managed users, {what}",
             statistics.median(times), statistics.median(own), ratio)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release", metavar="DIR")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    build = pathlib.Path(options.build).resolve()
    os.environ["GATEHOUSE_BIN"] = str(build / "bin/gatehouse")  # read by the next import
    sys.path += [str(TESTS / "fault"), str(TESTS / "api")]
    import places

    figures = []

    def note(name, value, reference, ratio):
        met = ratio <= MARK
        figures.append({"name": name, "value": round(value, 3), "unit": "us",
                        "reference": round(reference, 3), "ratio": round(ratio, 3),
                        "mark": MARK, "met": met})
        print(f"{name:62}{value:9.1f} us{reference:9.1f} us of ten{ratio:7.2f}"
              f"   {'met' if met else 'MISSED'}: <= {MARK}", flush=True)

    with places.Server(plugins=PLUGINS) as server:

        def ask_sqlite(statement):
            file = server.folder / "gatehouse.sqlite"
            with contextlib.closing(sqlite3.connect(file)) as database, database:
                return [row[0] for row in database.execute(statement)]

        compare(note, "sqlite", server, ask_sqlite, options)
    with places.durable_cluster() as cluster, places.Server([cluster], plugins=PLUGINS) as server:
        compare(note, "postgresql", server,
                lambda words: cluster.psql(words, database=places.DATABASE).split(), options)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"figures": figures}), encoding="utf-8")


if __name__ == "__main__":
    main()
