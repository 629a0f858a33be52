"""Plugins that fail: what the operator reads, which exit code the program has, and what goes on.

SPDX-License-Identifier: Apache-2.0
"""

import re
import unittest

import gatehouse
from gatehouse import fixture

TEXTS = {"std": "thrown in {}", "int": "unknown exception (not a std::exception)"}


class RefusedStartTest(unittest.TestCase):
    """`gatehouse serve` ends with 2, says why in whole lines, and never serves."""

    def refused(self, plugins, *patterns):
        """One line of complaint for each pattern, in their order, and nothing else."""
        with gatehouse.Installation(plugins) as there:
            done = there.run("serve")
            self.assertEqual(done.returncode, 2, done)
            self.assertNotIn("serving", [record["event"] for record in done.log])
            errors = done.stderr.splitlines()
            self.assertEqual(len(errors), len(patterns), done.stderr)
            for error, pattern in zip(errors, patterns):
                self.assertRegex(error, pattern)
            return done

    @staticmethod
    def line_of(plugins, name):
        """The beginning of an error line on that plugin, as a pattern."""
        names = [line.partition(":")[0].strip() for line in plugins.splitlines()]
        index = names.index(name)
        return rf"^error: \S+/gatehouse\.yaml:{index + gatehouse.FIRST_PLUGIN_LINE}: "

    def test_an_exception_ends_the_start_with_its_text(self):
        for phase, called in [
            ("configure", "configure()"),
            ("migrations", "migrations()"),
            ("wire", "wire()"),
            ("start", "start()"),
        ]:
            for what, text in TEXTS.items():
                with self.subTest(phase=phase, what=what):
                    plugins = fixture("throws", where=phase, what=what)
                    self.refused(
                        plugins,
                        self.line_of(plugins, "throws")
                        + re.escape(f"plugin 'throws': failed in {called}: {text.format(phase)}")
                        + "$",
                    )

    def test_an_exception_in_the_constructor_ends_the_start_with_its_text(self):
        plugins = fixture("throws_std_made") + fixture("throws_int_made")
        self.refused(
            plugins,
            self.line_of(plugins, "throws_std_made")
            + "plugin 'throws_std_made': failed in its constructor: cannot open the key ring",
            self.line_of(plugins, "throws_int_made")
            + "plugin 'throws_int_made': failed in its constructor: ",
        )

    def test_all_errors_of_a_phase_come_at_once(self):
        for phase in ("configure", "migrations", "wire"):
            with self.subTest(phase):
                plugins = fixture("throws", where=phase) + fixture(
                    "throws_too", where=phase, what="int"
                )
                self.refused(
                    plugins,
                    self.line_of(plugins, "throws") + rf"plugin 'throws': .*thrown in {phase}$",
                    self.line_of(plugins, "throws_too")
                    + r"plugin 'throws_too': .*not a std::exception\)$",
                )

    def test_mistakes_in_settings_and_exceptions_come_together(self):
        plugins = fixture("throws", where="nowhere") + fixture("throws_too", where="configure")
        self.refused(
            plugins,
            self.line_of(plugins, "throws")
            + r"plugins\.throws\.config\.where: .*nowhere.*configure, migrations",
            self.line_of(plugins, "throws_too") + "plugin 'throws_too': .*thrown in configure$",
        )

    def test_what_has_started_is_stopped_in_reverse(self):
        plugins = (
            fixture("plain")
            + fixture("waits")
            + fixture("throws")
            + fixture("throws_too", where="start")
        )
        done = self.refused(plugins, "plugin 'throws_too': failed in start")
        told = [
            (record["source"], record["event"])
            for record in done.log
            if record["event"].startswith("fixture_")
        ]
        self.assertEqual(
            told,
            [
                ("throws", "fixture_started"),
                ("throws_too", "fixture_stopped"),  # what fails half-way may hold something, too
                ("throws", "fixture_stopped"),
            ],
        )

    def test_routes_that_others_have(self):
        plugins = fixture("duplicate_route")
        self.refused(
            plugins,
            self.line_of(plugins, "duplicate_route") + r"plugin 'duplicate_route': .*"
            r"GET /shelf/\{title\} is already registered by plugin 'duplicate_route' as "
            r"GET /shelf/\{book\}",
        )
        plugins = "  users: {}\n" + fixture("conflicting_route") + fixture("notes")
        self.refused(
            plugins,
            self.line_of(plugins, "notes") + r"plugin 'notes': .*"
            r"GET /notes/\{id\} is already registered by plugin 'conflicting_route' as "
            r"GET /notes/\{page\}",
        )

    def test_a_service_nobody_provides(self):
        plugins = fixture("missing_service")
        self.refused(
            plugins,
            self.line_of(plugins, "missing_service")
            + r"plugin 'missing_service': .*acme\.weather/2.* not provided by any enabled plugin",
        )

    def test_a_permission_nobody_declares(self):
        plugins = fixture("unknown_permission")
        self.refused(
            plugins,
            self.line_of(plugins, "unknown_permission")
            + r"plugin 'unknown_permission': route GET /shelves names the permission "
            r"'shelves:raed', .*did you mean 'shelves:read'\?",
        )

    def test_dependencies(self):
        missing = fixture("needs_nobody")
        self.refused(
            missing,
            self.line_of(missing, "needs_nobody")
            + "plugin 'needs_nobody': .*requires plugin 'nobody' >= 1.0 < 2.0, "
            "which is not configured: add it under 'plugins'",
        )
        disabled = fixture("notes") + "  users: {enabled: false}\n"
        self.refused(
            disabled,
            self.line_of(disabled, "notes") + "plugin 'notes': .*requires plugin 'users' >= 1.0, "
            r"which is disabled \(\S+gatehouse.yaml:9\): enable it",
        )
        old = fixture("needs_newer") + fixture("uses_newer") + fixture("plain")
        self.refused(
            old,
            self.line_of(old, "needs_newer") + "plugin 'needs_newer': .*requires plugin 'plain' "
            r">= 2.0, but \S+plain.so \(\S+gatehouse.yaml:10\) is version 1.4.0",
            self.line_of(old, "uses_newer") + "plugin 'uses_newer': .*uses plugin 'plain' >= 2.0",
        )
        circle = fixture("circle_one") + fixture("circle_two") + fixture("circle_three")
        self.refused(
            circle,
            "in a circle: circle_one -> circle_two -> circle_three -> circle_one: "
            "one of them has to do without",
        )

    def test_a_plugin_that_is_named_twice(self):
        self.refused(
            fixture("plain") + fixture("waits") + fixture("plain"),
            r"gatehouse\.yaml:10: the key 'plain' stands twice \(first at line 8\)",
        )

    def test_files_that_cannot_be_loaded(self):
        plugins = fixture("no_descriptor") + fixture("not_there") + fixture("plain")
        self.refused(
            plugins,
            self.line_of(plugins, "no_descriptor") + r"plugin 'no_descriptor': .*no_descriptor\.so",
            self.line_of(plugins, "not_there") + r"plugin 'not_there': .*not_there\.so",
        )
        plugins = fixture("undefined_symbol") + fixture("missing_library") + fixture("no_entry")
        self.refused(
            plugins,
            self.line_of(plugins, "undefined_symbol") + "plugin 'undefined_symbol': .*undefined",
            self.line_of(plugins, "missing_library") + r"plugin 'missing_library': .*libacmeldap",
            self.line_of(plugins, "no_entry") + "plugin 'no_entry': .*entry point",
        )


class RunningTest(unittest.TestCase):
    """Once it serves, a plugin's exception costs that call and nothing else."""

    def both(self, where):
        return gatehouse.Server(
            fixture("throws", where=where) + fixture("throws_too", where=where, what="int")
        )

    def test_an_exception_in_a_handler_is_a_500_without_its_text(self):
        with self.both("handler") as server:
            for name, what in [("throws", "std"), ("throws_too", "int")]:
                for again in (False, True):
                    with self.subTest(name=name, again=again):
                        reply = server.anonymous().get(f"/{name}")
                        self.assertEqual(reply.status, 500, reply)
                        self.assertEqual(
                            reply.header("Content-Type"), "application/problem+json"
                        )
                        self.assertEqual(reply.json["code"], "internal")
                        request_id = reply.header("X-Request-Id")
                        self.assertEqual(reply.json["request_id"], request_id)
                        for inner in ("thrown in", "unknown exception", name):
                            self.assertNotIn(inner, reply.body.decode())
                        record = server.wait_for(
                            lambda request_id=request_id: next(
                                (
                                    r
                                    for r in server.logged("request_failed")
                                    if r["request_id"] == request_id
                                ),
                                None,
                            ),
                            "no request_failed in the log",
                        )
                        self.assertEqual(record["source"], name)
                        self.assertEqual(record["level"], "error")
                        self.assertIn(TEXTS[what].format("handler"), record["message"])
            self.assertEqual(server.anonymous().get("/health/live").status, 200)

    def test_an_exception_in_a_job_is_logged_and_the_job_comes_again(self):
        with self.both("job") as server:
            for name, what in [("throws", "std"), ("throws_too", "int")]:
                failures = server.wait_for(
                    lambda name=name: [
                        r for r in server.logged("job_failed") if r["source"] == name
                    ][1:],
                    f"no two failures of {name}'s job in the log",
                )
                self.assertIn("job 'throw' failed: ", failures[0]["message"])
                self.assertIn(TEXTS[what].format("job"), failures[0]["message"])
                self.assertEqual(server.anonymous().get(f"/{name}").status, 204)

    def test_an_exception_in_stop_is_logged_and_the_others_are_stopped(self):
        with self.both("stop") as server:
            self.assertEqual(server.stop(expect_success=False), 0)
            self.assertEqual(
                [record["source"] for record in server.logged("fixture_stopped")],
                ["throws_too", "throws"],
            )
            failures = server.logged("stop_failed")
            self.assertEqual(
                [(record["source"], record["message"]) for record in failures],
                [
                    ("throws_too", f"plugin 'throws_too': failed in stop(): {TEXTS['int']}"),
                    ("throws", "plugin 'throws': failed in stop(): thrown in stop"),
                ],
            )


if __name__ == "__main__":
    unittest.main()
