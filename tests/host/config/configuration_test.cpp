// YAML and environment to one tree, and what is refused on the way.
// SPDX-License-Identifier: Apache-2.0
#include "host/config/configuration.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::host {
namespace {

using Kind = ConfigNode::Kind;
using Strings = std::vector<std::string>;

Configuration parse(std::string_view yaml, const Environment& environment = {}) {
  return parse_configuration(yaml, "t.yaml", environment);
}

// The value at "a.b.c"; a Null node when there is none.
ConfigNode at(const Configuration& configuration, std::string_view path) {
  const ConfigNode* node = &configuration.root;
  while (node != nullptr && !path.empty()) {
    const std::size_t dot = path.find('.');
    node = node->find(path.substr(0, dot));
    path = dot == std::string_view::npos ? "" : path.substr(dot + 1);
  }
  return node != nullptr ? *node : ConfigNode{};
}

TEST(Yaml, BecomesATreeWhoseValuesKnowTheirLines) {
  const auto read =
      parse("http:\n  port: 8080\n  text: \"8080\"\n  list:\n    - a\n    - b\n  no:\n");
  ASSERT_EQ(read.mistakes, Strings{});
  EXPECT_EQ(at(read, "http").kind, Kind::Map);
  EXPECT_EQ(at(read, "http").origin, "t.yaml:1");
  EXPECT_EQ(at(read, "http.port").scalar, "8080");
  EXPECT_FALSE(at(read, "http.port").quoted);
  EXPECT_EQ(at(read, "http.port").origin, "t.yaml:2");
  EXPECT_TRUE(at(read, "http.text").quoted);
  ASSERT_EQ(at(read, "http.list").items.size(), 2U);
  EXPECT_EQ(at(read, "http.list").items[1].origin, "t.yaml:6");
  EXPECT_EQ(at(read, "http.no").kind, Kind::Null);
}

TEST(Yaml, MayBeEmpty) {
  for (const char* text : {"", "# nothing\n", "---\n"}) {
    const auto read = parse(text);
    EXPECT_EQ(read.mistakes, Strings{}) << text;
    EXPECT_EQ(read.root.kind, Kind::Null) << text;
  }
}

TEST(Yaml, MayUseAnchors) {
  const auto read = parse("a: &x {k: 1}\nb: *x\n");
  EXPECT_EQ(read.mistakes, Strings{});
  EXPECT_EQ(at(read, "b.k").scalar, "1");
}

TEST(Yaml, IsRefusedWithThePlace) {
  struct Case {
    const char* name;
    std::string_view yaml;
    const char* expected;
  };
  using namespace std::string_view_literals;
  const Case cases[] = {
      {"syntax", "a: [1,\nb: }", "t.yaml:2:4: illegal flow end"},
      {"a key that stands twice",
       "a:\n  k: 1\n  m: 2\n  k: 3\n",
       "t.yaml:4: the key 'k' stands twice (first at line 2)"},
      {"a key that is a list", "? [a, b]\n: c\n", "t.yaml:1: a key has to be plain text"},
      {"two documents",
       "a: 1\n---\nb: 2\n",
       "t.yaml: holds 2 YAML documents, but one is expected: remove '---'"},
      {"bytes that are no UTF-8", "a: \xff\n", "t.yaml: is not UTF-8 text"},
      {"NUL", "a: \0\n"sv, "t.yaml: is not UTF-8 text"},
      {"an endless alias", "a: &a [*a]\n", "t.yaml:1: is nested too deeply or too long"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(parse(each.yaml).mistakes, Strings{each.expected}) << each.name;
  }
}

TEST(Yaml, CannotGrowWithoutBoundThroughAliases) {
  std::string yaml = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    yaml += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 9; ++k) yaml += below + ",";
    yaml += below + "]\n";
  }
  EXPECT_EQ(parse(yaml).mistakes.size(), 1U);
}

TEST(Environment, SetsAndOverridesValues) {
  const auto read = parse("http:\n  port: 1\n",
                          {{"GATEHOUSE_HTTP__PORT", "2"},
                           {"GATEHOUSE_PLUGINS__MANAGED_USERS__CONFIG__MAX_ROWS", "3"},
                           {"HTTP__PORT", "4"},
                           {"GATEHOUSEX_HTTP__PORT", "5"}});
  EXPECT_EQ(read.mistakes, Strings{});
  EXPECT_EQ(at(read, "http.port").scalar, "2");
  EXPECT_EQ(at(read, "http.port").origin, "environment variable GATEHOUSE_HTTP__PORT");
  EXPECT_EQ(at(read, "plugins.managed_users.config.max_rows").scalar, "3");
}

TEST(Environment, LeavesReservedVariablesAndThoseOfKubernetesAlone) {
  const auto read = parse("",
                          {{"GATEHOUSE_CONFIG", "x"},
                           {"GATEHOUSE_ADMIN_PASSWORD", "x"},
                           {"GATEHOUSE_ADMIN_PASSWORD_FILE", "x"},
                           {"GATEHOUSE_PORT", "tcp://10.0.0.1:8080"},
                           {"GATEHOUSE_PORT_8080_TCP_ADDR", "10.0.0.1"},
                           {"GATEHOUSE_SERVICE_HOST", "10.0.0.1"}});
  EXPECT_EQ(read.mistakes, Strings{});
  EXPECT_EQ(read.root.kind, Kind::Null);
}

TEST(Environment, IsRefusedWithTheVariablesName) {
  struct Case {
    Environment environment;
    const char* expected;
  };
  const Case cases[] = {
      {{{"GATEHOUSE_HTTP_PORT", "1"}},
       "environment variable GATEHOUSE_HTTP_PORT: is no setting; two underscores join the levels "
       "of "
       "a key (did you mean GATEHOUSE_HTTP__PORT?)"},
      {{{"GATEHOUSE_PORT", "8080"}},
       "environment variable GATEHOUSE_PORT: is no setting; two underscores join the levels of a "
       "key (did you mean GATEHOUSE_HTTP__PORT?)"},
      {{{"GATEHOUSE_DEBUG", "1"}},
       "environment variable GATEHOUSE_DEBUG: is no setting; two underscores join the levels of a "
       "key"},
      {{{"GATEHOUSE_HTTP__", "1"}},
       "environment variable GATEHOUSE_HTTP__: has an empty level between its underscores"},
      {{{"GATEHOUSE_HTTP__PORT__X", "1"}},
       "environment variable GATEHOUSE_HTTP__PORT__X: reaches below a value that is no section "
       "(t.yaml:2)"},
      {{{"GATEHOUSE_A__HTTP", "1"}},
       "environment variable GATEHOUSE_A__HTTP: names a section, not a value (t.yaml:4)"},
      {{{"GATEHOUSE_HTTP__PORT", "1"}, {"GATEHOUSE_http__port", "2"}},
       "environment variable GATEHOUSE_http__port: sets what GATEHOUSE_HTTP__PORT sets too"},
  };
  for (const Case& each : cases) {
    const auto read = parse("http:\n  port: 1\na:\n  http: {k: 1}\n", each.environment);
    EXPECT_EQ(read.mistakes, Strings{each.expected});
  }
}

class ConfigurationFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "gatehouse-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& text) {
    std::ofstream(folder_ / "own.yaml") << text;
    return folder_ / "own.yaml";
  }

  std::filesystem::path folder_;
};

TEST_F(ConfigurationFile, IsReadAndGivesItsFolder) {
  const auto file = write("http: {port: 7}\n");
  const auto read = load_configuration(file, {});
  EXPECT_EQ(read.mistakes, Strings{});
  EXPECT_EQ(at(read, "http.port").scalar, "7");
  EXPECT_EQ(at(read, "http.port").origin, file.string() + ":1");
  EXPECT_EQ(read.folder, folder_);
}

TEST_F(ConfigurationFile, ThatCannotBeReadIsAMistake) {
  const auto missing = folder_ / "none.yaml";
  EXPECT_EQ(load_configuration(missing, {}).mistakes,
            Strings{missing.string() + ": cannot be read: No such file or directory"});
  EXPECT_EQ(load_configuration(folder_, {}).mistakes,
            Strings{folder_.string() + ": is a folder, but a YAML file is expected"});
  const auto huge = write(std::string((1 << 20) + 1, '#'));
  EXPECT_EQ(load_configuration(huge, {}).mistakes,
            Strings{huge.string() + ": is longer than 1 MiB"});
}

TEST(BuiltInConfiguration, IsUsedWithoutAFile) {
  const auto read = load_configuration(std::nullopt, {});
  EXPECT_EQ(read.mistakes, Strings{});
  EXPECT_EQ(at(read, "http.port").origin.rfind("built-in gatehouse.yaml:", 0), 0U);
  EXPECT_EQ(read.folder, std::filesystem::current_path());
}

TEST(ProcessEnvironment, HoldsTheVariablesOfTheProcess) {
  ASSERT_EQ(setenv("GATEHOUSE_TEST_VARIABLE", "a=b", 1), 0);
  EXPECT_EQ(process_environment().at("GATEHOUSE_TEST_VARIABLE"), "a=b");
  unsetenv("GATEHOUSE_TEST_VARIABLE");
}

}  // namespace
}  // namespace gatehouse::host
