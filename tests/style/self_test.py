# The style checks find what they are for, and nothing else: violations planted in a made-up tree.
# SPDX-License-Identifier: Apache-2.0
import os
import tempfile
import unittest

import evidence
import layers
import tidy

LICENSE = "// SPDX-License-Identifier: Apache-2.0\n"


# Kept apart, so that the planted paths are none in this file.
ROOT_FOLDER = "/"


class Planted(unittest.TestCase):
    def problems(self, check, files):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)) or root, exist_ok=True)
                mode = "wb" if isinstance(text, bytes) else "w"
                with open(os.path.join(root, path), mode) as stream:
                    stream.write(text)
            return check.find_problems(root)

    def assert_found(self, check, path, text, part, line=2):
        found = self.problems(check, {path: text})
        self.assertEqual(len(found), 1, f"{path}: {text!r}: {found}")
        self.assertTrue(found[0].startswith(f"{path}:{line}: "), found[0])
        self.assertIn(part, found[0])

    def assert_clean(self, check, path, text):
        self.assertEqual(self.problems(check, {path: text}), [])


class Evidence(Planted):
    FILES = {
        "tests/a_test.cpp": LICENSE + "TEST(Sign, In) {}\nTEST_F(Other, One) {}\n",
        "tests/CMakeLists.txt": "add_test(NAME style.tidy COMMAND x)\n",
    }

    def test_finds_what_is_named_and_does_not_exist(self):
        for name in ("Sign.Out", "Sign.in", "Sig.*", "style.tidi"):
            files = {**self.FILES, "SECURITY.md": f"# S\n| a | `Other.One`, `{name}` |\n"}
            self.assertEqual(
                self.problems(evidence, files), [f"SECURITY.md:2: there is no test {name}"]
            )

    def test_lets_what_exists_and_other_words_pass(self):
        table = "| `http.port` is | `Sign.In`, `Other.*`, `style.tidy` (more) |\n"
        files = {**self.FILES, "SECURITY.md": f"`no.test` here\n{table}"}
        self.assertEqual(self.problems(evidence, files), [])


class Layers(Planted):
    def test_finds_what_a_folder_may_not_include(self):
        for path, include in [
            ("sdk/include/gatehouse/a.hpp", "<soci/soci.h>"),
            ("sdk/include/gatehouse/a.hpp", "<boost/json.hpp>"),
            ("sdk/include/gatehouse/a.hpp", "<boost/optional.hpp>"),
            ("sdk/include/gatehouse/a.hpp", "<unistd.h>"),
            ("sdk/include/gatehouse/a.hpp", '"host/config/settings.hpp"'),
            ("sdk/src/plugin.cpp", "<soci/soci.h>"),
            ("sdk/src/storage/db.cpp", "<boost/json.hpp>"),
            ("sdk/src/body/json.cpp", "<soci/soci.h>"),
            ("sdk/src/call.cpp", '"host/http/server.hpp"'),
            ("host/server/server.cpp", "<pistache/net.h>"),
            ("host/server/server.cpp", "<boost/beast/http.hpp>"),
            ("host/http/router.cpp", "<boost/dll.hpp>"),
            ("host/server/server.cpp", "<yaml-cpp/yaml.h>"),
            ("host/server/server.cpp", "<soci/soci.h>"),
            ("host/http/router.cpp", "<spdlog/spdlog.h>"),
            ("host/http/router.cpp", '"host/plugin_loader/loader.hpp"'),
            ("host/http/router.cpp", '"host/server/server.hpp"'),
            ("host/server/server.cpp", '"plugins/notes/note.hpp"'),
            ("plugins/notes/plugin.cpp", '"host/config/settings.hpp"'),
            ("plugins/notes/plugin.cpp", '"plugins/news/news.hpp"'),
            ("plugins/notes/plugin.cpp", '"../news/news.hpp"'),
            ("plugins/notes/plugin.cpp", "<gatehouse/runtime/passwords.hpp>"),
            ("plugins/notes/plugin.cpp", "<gatehouse/testing/harness.hpp>"),
            ("plugins/notes/plugin.cpp", "<soci/soci.h>"),
            ("plugins/notes/plugin.cpp", "<boost/json.hpp>"),
            ("plugins/notes/plugin.cpp", "<unistd.h>"),
        ]:
            with self.subTest(path=path, include=include):
                name = include.strip('<>"')
                self.assert_found(layers, path, f"// Text.\n  #  include {include}\n", name)

    def test_lets_each_folder_have_its_own(self):
        for path, include in [
            ("sdk/include/gatehouse/a.hpp", "<boost/describe.hpp>"),
            ("sdk/include/gatehouse/a.hpp", "<cstdint>"),
            ("sdk/src/storage/db.cpp", "<soci/soci.h>"),
            ("sdk/src/body/json.cpp", "<boost/json/basic_parser_impl.hpp>"),
            ("sdk/src/security/digest.cpp", "<sodium.h>"),
            ("host/http/reactor.cpp", "<pistache/net.h>"),
            ("host/http/reactor.cpp", '"host/config/settings.hpp"'),
            ("host/server/server.cpp", '"host/http/server.hpp"'),
            ("host/plugin_loader/loader.cpp", "<boost/dll/shared_library.hpp>"),
            ("plugins/notes/plugin.cpp", '"note.hpp"'),
            ("plugins/notes/plugin.cpp", '"plugins/notes/note.hpp"'),
            ("plugins/notes/plugin.cpp", "<gatehouse/services/users.hpp>"),
            ("tests/http/http_test.cpp", "<pistache/net.h>"),
        ]:
            with self.subTest(path=path, include=include):
                self.assert_clean(layers, path, f"#include {include}\n")

    def test_finds_plugins_named_by_the_host(self):
        self.assert_found(layers, "host/server/a.cpp", '\nauto x = find("users");\n', "users")
        self.assert_found(layers, "host/server/a.cpp", '\nauto x = R"(/v1/tokens)";\n', "tokens")

    def test_lets_the_host_speak_of_plugins_in_comments_and_longer_words(self):
        self.assert_clean(layers, "host/server/a.cpp", '// users\nint users = f("users_like");\n')

    def test_knows_the_plugins_that_are_there(self):
        files = {"plugins/notes/plugin.cpp": "", "host/server/a.cpp": 'auto x = "notes";\n'}
        self.assertEqual(len(self.problems(layers, files)), 1)


class Tidy(Planted):
    def test_finds_banned_calls(self):
        for path, code in [
            ("plugins/notes/a.cpp", "auto t = std::chrono::system_clock::now();"),
            ("tests/a_test.cpp", "auto t = std::chrono::system_clock::now();"),
            ("sdk/src/a.cpp", "int x = rand();"),
            ("host/a.cpp", "std::random_device d;"),
            ("host/a.cpp", "std::mt19937 engine;"),
            ("host/server/a.cpp", "std::cout << 1;"),
            ("plugins/notes/a.cpp", 'printf("x");'),
            ("tests/a_test.cpp", "std::this_thread::sleep_for(1s);"),
            ("plugins/notes/a.cpp", "usleep(3);"),
            ("sdk/src/a.cpp", "int x = atoi(text);"),
            ("tests/a_test.cpp", "using namespace std;"),
        ]:
            with self.subTest(path=path, code=code):
                self.assert_found(tidy, path, LICENSE + code + "\n", ": ")

    def test_finds_sql_that_is_put_together(self):
        for code in [
            'auto q = "select * from t where n = " + name;',
            'auto q = std::string("x") + "delete from t";',
            'auto q = format("insert into {} values (1)", table);',
            'q += " update t set a = 1";',
            'stream << "select 1";',
        ]:
            with self.subTest(code=code):
                self.assert_found(tidy, "plugins/notes/a.cpp", LICENSE + code + "\n", "SQL")

    def test_finds_marks_of_haste_in_any_text(self):
        for path, text in [
            ("README.md", f"x\nsee {ROOT_FOLDER}work/shared\n"),
            ("config/a.yaml", f"x\npath: {ROOT_FOLDER}root/data\n"),
            ("config/a.yaml", "x\npath: /home/ada/data\n"),
            ("README.md", "x\nTODO later\n"),
            ("README.md", "x\nTODO(soon): later\n"),
            ("README.md", "x\nFIXME\n"),
            ("README.md", "x\nblank at the end \n"),
            ("README.md", "x\r\n".replace("x", "x\nx")),
            ("config/a.yaml", "x\n\ta tab\n"),
            ("README.md", "x\nno end"),
            ("dev", "x\n# " + 120 * "x" + "\n"),
        ]:
            with self.subTest(path=path, text=text):
                self.assert_found(tidy, path, text, ": ")
        self.assert_found(tidy, "host/a.cpp", LICENSE + "//" + 99 * "x" + "\n", "longer")
        self.assert_clean(tidy, "host/a.cpp", LICENSE + "//" + 98 * "x" + "\n")
        self.assert_found(tidy, "host/a.cpp", "int x = 1;\n", "license", line=1)
        self.assert_found(tidy, "README.md", b"a\0b\n", "NUL", line=1)
        self.assert_found(tidy, "README.md", b"a\xff\n", "UTF-8", line=1)

    def test_leaves_comments_literals_and_the_right_places_alone(self):
        for path, code in [
            ("sdk/src/security/system_clock.cpp", "return std::chrono::system_clock::now();"),
            ("host/cli/a.cpp", "std::cout << 1;"),
            ("host/server/a.cpp", '// rand(); std::cout\nauto x = "rand() std::cout";'),
            ("sdk/src/a.cpp", "std::snprintf(a, b, c); brand(); operand(x);"),
            ("sdk/src/a.cpp", "int x = 10'000; f('\"'); int y = 1'0; // sleep_for"),
            ("plugins/notes/a.cpp", 'constexpr Sql kAll = "select 1";'),
            ("plugins/notes/a.cpp", 'log.info("e", "selected " + name);'),
            ("tests/a_test.cpp", 'auto q = "select " + column;'),
            ("host/server/a.cpp", "// TODO(#12): text"),
        ]:
            with self.subTest(path=path, code=code):
                self.assert_clean(tidy, path, LICENSE + code + "\n")
        self.assert_clean(tidy, "README.md", f"See https://example.org{ROOT_FOLDER}work/x and " + 100 * "x" + "\n")

    def test_skips_what_is_not_of_the_repository(self):
        self.assert_clean(tidy, "build/dev/a.cpp", "TODO\n")
        self.assert_clean(tidy, ".git/a.md", "TODO\n")


if __name__ == "__main__":
    unittest.main()
