"""What an operator reads when a configuration or a command line is wrong, and when it is good.

SPDX-License-Identifier: Apache-2.0
"""

import socket
import subprocess
import unittest

import gatehouse
from gatehouse import fixture


class ConfigurationCase(unittest.TestCase):
    def setUp(self):
        self.there = gatehouse.Installation()
        self.addCleanup(self.there.close)

    def configure(self, text):
        self.there.config.write_text(text, encoding="utf-8")

    def set(self, **variables):
        self.there.environment = {**gatehouse.ADMIN_ENVIRONMENT, **variables}

    def refused(self, *patterns, words=("check-config",)):
        """One line "error: ..." for each pattern, in any order, nothing else, and exit code 2."""
        done = self.there.run(*words)
        self.assertEqual(done.returncode, 2, done)
        self.assertEqual(done.stdout, "")
        lines = done.stderr.splitlines()
        for pattern in patterns:
            self.assertRegex(done.stderr, rf"(?m)^error: {pattern}")
        self.assertEqual(len(lines), len(patterns), done.stderr)


class FileTest(ConfigurationCase):
    def test_all_mistakes_come_at_once_with_their_lines(self):
        self.configure(
            "http:\n"
            "  prot: 0\n"
            "  port: many\n"
            "  timeouts: {header: 10x}\n"
            "observability:\n"
            "  adress: ''\n"
            "storag: {}\n"
            "passwords: {memory_kib: 1024}\n"
            "plugins:\n"
            "  users:\n"
            "    enable: true\n"
        )
        file = str(self.there.config)
        mistakes = (
            rf"{file}:2: http\.prot: unknown key \(did you mean 'port'\?\)$",
            rf"{file}:3: http\.port: 'many' is not a whole number$",
            rf"{file}:4: http\.timeouts\.header: '10x' is not a duration such as 30s, ",
            rf"{file}:6: observability\.adress: unknown key \(did you mean 'address'\?\)$",
            rf"{file}:7: storag: unknown key \(did you mean 'storage'\?\)$",
            rf"{file}:8: passwords\.memory_kib: 1024 with 2 passes is too weak: at least ",
            rf"{file}:11: plugins\.users\.enable: unknown key \(did you mean 'enabled'\?\)$",
        )
        self.refused(*mistakes)
        self.refused(*mistakes, words=("serve",))
        self.refused(*mistakes, words=("user", "list"))
        self.refused(*mistakes, words=("plugins", "list"))

    def test_settings_of_plugins(self):
        self.configure(
            "plugins:\n"
            "  users:\n"
            "    config:\n"
            "      default_timezome: UTC\n"
            "      remembered_passwords: -1\n"
        )
        file = str(self.there.config)
        self.refused(
            rf"{file}:4: plugins\.users\.config\.default_timezome: unknown key "
            r"\(did you mean 'default_timezone'\?\)$",
            rf"{file}:5: plugins\.users\.config\.remembered_passwords: -1 ",
        )

    def test_a_plugin_that_is_misspelt(self):
        self.configure("plugins: {user: {}, shopping: {}}\n")
        self.refused(
            r".*plugin 'user': file \S+/user\.so cannot be read: .* \(did you mean 'users'\?\)$",
            r".*plugin 'shopping': file \S+/shopping\.so cannot be read: .* \(there are: .*users",
        )

    def test_a_hash_that_would_take_all_memory(self):
        self.configure("passwords: {memory_kib: 1048577}\nplugins: {}\n")
        self.refused(r".*passwords\.memory_kib: 1048577 .*1048576")

    def test_what_is_no_yaml(self):
        file = str(self.there.config)
        self.configure("http:\n  port: [1\nplugins: {}\n")
        self.refused(rf"{file}:\d+:\d+: end of sequence flow not found$")
        self.configure("http: {port: 1}\nhttp: {port: 2}\n")
        self.refused(rf"{file}:2: the key 'http' stands twice \(first at line 1\)$")
        self.there.config.write_bytes(b"http: \xff\n")
        self.refused(rf"{file}: is not UTF-8 text$")
        self.configure("just words\n")
        self.refused(rf"{file}:1: .*section of keys is expected$")

    def test_files_that_cannot_be_read(self):
        file = str(self.there.config)
        self.there.config.unlink()
        self.refused(rf"{file}: cannot be read: No such file or directory$")
        self.there.config.symlink_to("/proc/self/mem")  # opens and cannot be read, even by root
        self.refused(rf"{file}: cannot be read: Input/output error$")
        self.there.config.unlink()
        self.there.config.mkdir()
        self.refused(rf"{file}: is a folder, but a YAML file is expected$")

    def test_the_option_wins_over_the_variable(self):
        other = self.there.folder / "other.yaml"
        for command in (("check-config",), ("serve",), ("plugins", "list"), ("user", "list")):
            with self.subTest(command):
                self.refused(
                    rf"{other}: cannot be read: No such file or directory$",
                    words=(*command, "--config", str(other)),
                )


class EnvironmentTest(ConfigurationCase):
    def test_mistakes_name_the_variable(self):
        self.set(
            GATEHOUSE_HTTP__PORT="abc",
            GATEHOUSE_HTPP__PORT="1",
            GATEHOUSE_HTTP_PORT="2",
            GATEHOUSE_PLUGINS__USERS__ENABLED="perhaps",
        )
        self.refused(
            r"environment variable GATEHOUSE_HTTP__PORT: http\.port: 'abc' is not a whole number$",
            r"environment variable GATEHOUSE_HTPP__PORT: htpp: unknown key "
            r"\(did you mean 'http'\?\)$",
            r"environment variable GATEHOUSE_HTTP_PORT: .*did you mean GATEHOUSE_HTTP__PORT\?\)$",
            r"environment variable GATEHOUSE_PLUGINS__USERS__ENABLED: plugins\.users\.enabled: "
            r"'perhaps'",
        )

    def test_variables_that_nobody_chose_and_those_that_look_so(self):
        self.set(
            GATEHOUSE_PORT="tcp://10.0.0.1:8080",
            GATEHOUSE_PORT_8080_TCP="tcp://10.0.0.1:8080",
            GATEHOUSE_PORT_8080_TCP_PORT="8080",
            GATEHOUSE_SERVICE_HOST="10.0.0.1",
            GATEHOUSE_SERVICE_PORT_HTTP="8080",
        )
        self.assertEqual(self.there.run("check-config").returncode, 0)
        self.set(GATEHOUSE_PORT="18102", GATEHOUSE_DEBUG="1", GATEHOUSE_LOG_LEVEL="debug")
        self.refused(
            r"environment variable GATEHOUSE_PORT: .*did you mean GATEHOUSE_HTTP__PORT\?\)$",
            r"environment variable GATEHOUSE_DEBUG: is no setting; [^?]*$",
            r"environment variable GATEHOUSE_LOG_LEVEL: is no setting; [^?]*$",
        )

    def test_variables_win_over_the_file(self):
        self.configure(
            "http: {port: 1}\n"
            "storage: {sqlite: {path: gatehouse.sqlite}}\n"
            "plugins: {users: {config: {default_timezone: UTC}}}\n"
        )
        environment = {
            **gatehouse.ADMIN_ENVIRONMENT,
            "GATEHOUSE_HTTP__PORT": "0",
            "GATEHOUSE_PLUGINS__USERS__CONFIG__DEFAULT_TIMEZONE": "Europe/Paris",
        }
        server = gatehouse.Server(environment=environment)
        server.config.write_text(self.there.config.read_text(encoding="utf-8"), encoding="utf-8")
        with server:
            self.assertNotEqual(server.client().address.port, 1)
            made = server.client().post("/v1/users", {"username": "traveller"})
            self.assertEqual(made.json["timezone"], "Europe/Paris", made)


class CheckConfigTest(ConfigurationCase):
    def test_a_good_one_is_called_good_and_nothing_is_touched(self):
        done = self.there.run("check-config")
        self.assertEqual(done.returncode, 0, done)
        self.assertRegex(done.stdout, r"^plugin users \d+\.\d+\.\d+: good\n")
        self.assertTrue(done.stdout.endswith(f"{self.there.config}: good\n"), done.stdout)
        self.assertEqual([p.name for p in self.there.folder.iterdir()], ["gatehouse.yaml"])

    def test_it_says_what_serving_would(self):
        self.configure("policy: {roles: {staff: ['users:raed']}}\nplugins: {users: {}}\n")
        said = rf"{self.there.config}:1: policy.*users:raed.*users:read"
        self.refused(said)
        self.refused(said, words=("serve",))
        self.configure("plugins:\n" + fixture("throws", where="wire"))
        self.refused(r".*plugin 'throws': failed in wire\(\): thrown in wire$")
        self.assertEqual([p.name for p in self.there.folder.iterdir()], ["gatehouse.yaml"])

    def test_plugins_are_tried_in_a_process_of_their_own(self):
        self.configure(
            "plugins:\n"
            + fixture("crashes_loading")
            + fixture("hangs_made")
            + fixture("crashes_made")
            + fixture("exits_loading")
            + fixture("plain")
        )
        file = str(self.there.config)
        self.refused(
            rf"{file}:2: plugin 'crashes_loading': crashed while being loaded",
            rf"{file}:3: plugin 'hangs_made': did not finish its constructor within \d+ ms$",
            rf"{file}:4: plugin 'crashes_made': crashed while its constructor ran",
            rf"{file}:5: plugin 'exits_loading': ended the process while being loaded",
        )


class SurroundingsTest(ConfigurationCase):
    SERVE = ("serve",)

    def configure_storage(self, path):
        self.configure(f"http: {{port: 0}}\nstorage: {{sqlite: {{path: {path}}}}}\nplugins: {{}}\n")

    def test_a_port_in_use_is_found_out_before_anything_is_made(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            for variable, value in (
                ("GATEHOUSE_HTTP__PORT", str(port)),
                ("GATEHOUSE_OBSERVABILITY__ADDRESS", f"127.0.0.1:{port}"),
            ):
                with self.subTest(variable):
                    self.there.environment = {variable: value}  # and so a password to be shown
                    self.refused(r"\w+\.address: cannot listen on", words=self.SERVE)
                    names = [path.name for path in self.there.folder.iterdir()]
                    self.assertEqual(names, ["gatehouse.yaml"])

    def test_a_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.configure(
                f"http: {{port: {port}}}\nstorage: {{sqlite: {{path: x.sqlite}}}}\nplugins: {{}}\n"
            )
            self.refused(
                rf"http\.address: cannot listen on 127\.0\.0\.1:{port}: Address already in use",
                words=self.SERVE,
            )
            self.set(GATEHOUSE_OBSERVABILITY__ADDRESS=f"127.0.0.1:{port}", GATEHOUSE_HTTP__PORT="0")
            self.refused(
                rf"observability\.address: cannot listen on 127\.0\.0\.1:{port}: Address already",
                words=self.SERVE,
            )

    def test_a_folder_in_the_place_of_the_first_password(self):
        self.there.environment = {"GATEHOUSE_ADMIN_PASSWORD_FILE": "/tmp"}
        self.refused(
            r'.*GATEHOUSE_ADMIN_PASSWORD_FILE names "/tmp", which is a folder', words=self.SERVE
        )

    def test_places_where_no_database_can_be(self):
        junk = self.there.folder / "junk.sqlite"
        junk.write_text("no database, but long enough to be taken for one. " * 20)
        junk.chmod(0o600)
        for path, reason in [
            # /proc takes no files, not even root's.
            ("/proc/data/gatehouse.sqlite", r"the folder /proc/data cannot be made: \w.*; make it"),
            ("/proc/gatehouse.sqlite", r"/proc/gatehouse\.sqlite cannot be opened for writing: \w"),
            (self.there.folder, rf"{self.there.folder} is no file; name a file"),
            (junk, rf"{junk} cannot be used: .*file is not a database"),
        ]:
            with self.subTest(path):
                self.configure_storage(path)
                self.refused(rf"storage\.sqlite\.path: {reason}", words=self.SERVE)


class CommandLineTest(ConfigurationCase):
    def test_version(self):
        done = self.there.run("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^gatehouse \d+\.\d+\.\d+\n$")

    def test_help(self):
        for words, text in [
            (("--help",), "check-config"),
            (("--help",), "Commands of the plugin users"),
            (("help",), "Commands of the plugin users"),
            (("serve", "--help"), "--config"),
            (("user", "--help"), "passwd"),
            (("user", "create", "--help"), "--email"),
        ]:
            with self.subTest(words):
                done = self.there.run(*words)
                self.assertEqual(done.returncode, 0, done)
                self.assertIn(text, done.stdout)
        self.assert_untouched()

    def test_wrong_words_are_64_and_said(self):
        for words, text in [
            ((), "subcommand is required"),
            (("serve", "--nonsense"), "--nonsense"),
            (("serve", "extra"), "extra"),
            (("--nonsense",), "subcommand is required"),
            (("plugins",), "subcommand is required"),
            (("plugins", "inspect"), "FILE is required"),
            (("plugins", "lsit"), "unknown command 'plugins lsit' (did you mean 'plugins list'?)"),
            (("chekc-config",), "unknown command 'chekc-config' (did you mean 'check-config'?)"),
            (("sevre",), "unknown command 'sevre' (did you mean 'serve'?)"),
            (("usr", "list"), "unknown command 'usr' (did you mean 'user'?)"),
            (("migrations",), "unknown command 'migrations'"),
            (("user",), "subcommand is required"),
            (("user", "craete"), "unknown command 'user craete' (did you mean 'user create'?)"),
            (("user", "create"), "username is required"),
            (("user", "create", "a", "b"), "b"),
            (("user", "create", "a", "--nonsense"), "--nonsense"),
        ]:
            with self.subTest(words):
                done = self.there.run(*words)
                self.assertEqual(done.returncode, 64, done)
                self.assertIn(text, done.stderr)
                self.assertEqual(done.stdout, "")
        self.assert_untouched()

    def assert_untouched(self):
        self.assertEqual([p.name for p in self.there.folder.iterdir()], ["gatehouse.yaml"])

    def test_a_folder_that_has_gone(self):
        gone = self.there.folder / "gone"
        gone.mkdir()
        done = subprocess.run(
            [gatehouse.PROGRAM, "check-config", "--config", "gatehouse.yaml"],
            cwd=gone,
            preexec_fn=gone.rmdir,
            capture_output=True,
            text=True,
            timeout=gatehouse.PATIENCE_S,
            check=False,
        )
        self.assertEqual(done.returncode, 2, done)
        self.assertRegex(done.stderr, r"^error: .*No such file or directory")

    def test_output_that_nobody_takes(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = self.there.run("user", "list", output=full)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("error: standard output cannot be written", done.stderr)


if __name__ == "__main__":
    unittest.main()
