// `gatehouse plugins ...` as an operator meets it: what is printed where, and the exit status.
// SPDX-License-Identifier: Apache-2.0
#include "host/cli/plugins.hpp"

#include <algorithm>
#include <sstream>

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

#include "host/cli/new_plugin.hpp"
#include "tests/host/plugin_loader/fixtures.hpp"

namespace gatehouse::host {
namespace {

using test::fixture;
using test::Folder;
using test::read_file;
using test::write_file;

struct Outcome {
  int status = -1;
  std::string out;
  std::string err;
};

// The arguments behind `gatehouse`, last word first, as CLI11 takes them.
Outcome run(std::vector<std::string> arguments, PluginList configured = {}) {
  std::ostringstream out;
  std::ostringstream err;
  Outcome result;
  CLI::App app;
  add_plugins_command(
      app,
      {[&configured](const std::filesystem::path&) { return configured; }, out, err},
      result.status);
  std::reverse(arguments.begin(), arguments.end());
  app.parse(arguments);
  result.out = out.str();
  result.err = err.str();
  return result;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(PluginsInspect, PrintsWhatTheFileSaysOfItself) {
  const Outcome good = run({"plugins", "inspect", fixture("notes").string()});
  EXPECT_EQ(good.status, 0);
  EXPECT_TRUE(good.out.starts_with(
      "name:      notes\nversion:   1.0.0\nrequires:  users >= 1.0\nSDK:       1."))
      << good.out;
  EXPECT_EQ(good.err, "");
}

TEST(PluginsInspect, SaysWhatIsWrongAndEndsWith2) {
  const Outcome bad = run({"plugins", "inspect", fixture("sdk_2").string()});
  EXPECT_EQ(bad.status, 2);
  EXPECT_EQ(bad.out, "");
  EXPECT_TRUE(
      bad.err.starts_with("error: file " + fixture("sdk_2").string() + " was built against"))
      << bad.err;
}

TEST(PluginsCheck, LoadsThePluginInAnotherProcess) {
  const Outcome good = run({"plugins", "check", fixture("plain").string()});
  EXPECT_EQ(good.status, 0) << good.err;
  EXPECT_EQ(good.out, "plugin 'plain' 1.4.0 can be loaded and made\n");
  const Outcome bad = run({"plugins", "check", fixture("exits_loading").string()});
  EXPECT_EQ(bad.status, 2);
  EXPECT_TRUE(contains(bad.err,
                       "error: plugin 'exits_loading': ended the process while being loaded (exit "
                       "status 0)"))
      << bad.err;
}

TEST(PluginsList, PrintsEveryConfiguredPlugin) {
  PluginList configured;
  configured.entries = {{"plain", fixture("plain"), "g.yaml:1", true},
                        {"audit", {}, "g.yaml:2", false},
                        {"uses_plain", fixture("uses_plain"), "g.yaml:3", true}};
  const Outcome listed = run({"plugins", "list", "--config", "g.yaml"}, configured);
  EXPECT_EQ(listed.status, 0) << listed.err;
  EXPECT_EQ(listed.out,
            "audit (disabled, g.yaml:2)\nplain 1.4.0 " + fixture("plain").string() +
                " (requires nothing)\nuses_plain 1.4.0 " + fixture("uses_plain").string() +
                " (requires ?plain >= 1.4)\n");
}

TEST(PluginsList, EndsWith2WhenThePluginsCouldNotBeLoaded) {
  PluginList configured;
  configured.entries = {{"needs_nobody", fixture("needs_nobody"), "g.yaml:1", true}};
  const Outcome listed = run({"plugins", "list"}, configured);
  EXPECT_EQ(listed.status, 2);
  EXPECT_TRUE(contains(listed.err, "requires plugin 'nobody'")) << listed.err;
  const Outcome unread = run({"plugins", "list"}, {{}, {"error: g.yaml:7: no"}});
  EXPECT_EQ(unread.status, 2);
  EXPECT_EQ(unread.err, "error: g.yaml:7: no\n");
}

TEST(NewPlugin, CopiesTheTemplateUnderTheNewName) {
  const Folder folder;
  const auto target = folder.path() / "mine";
  const auto written = new_plugin(GATEHOUSE_PLUGIN_TEMPLATE, "shopping_list", target);
  ASSERT_TRUE(written.has_value()) << written.error().message;
  const std::vector<std::filesystem::path> expected{".gitignore",
                                                    "CMakeLists.txt",
                                                    "README.md",
                                                    "migrations/0001_create_notes.postgresql.sql",
                                                    "migrations/0001_create_notes.sqlite.sql",
                                                    "shopping_list.cpp",
                                                    "shopping_list.hpp",
                                                    "shopping_list_test.cpp"};
  EXPECT_EQ(*written, expected);
  for (const auto& file : *written) {
    const std::string text = read_file(target / file);
    EXPECT_FALSE(text.empty()) << file;
    EXPECT_FALSE(contains(text, "jotter") || contains(text, "Jotter")) << file;
  }
  const std::string source = read_file(target / "shopping_list.cpp");
  EXPECT_TRUE(contains(source, "GATEHOUSE_PLUGIN(shopping_list::ShoppingList, \"shopping_list\","));
}

TEST(NewPlugin, RefusesANameThatIsNone) {
  const Folder folder;
  for (const char* name : {"Notes", "../notes", "my-notes", "", "7up"}) {
    EXPECT_FALSE(new_plugin(GATEHOUSE_PLUGIN_TEMPLATE, name, folder.path() / "new").has_value())
        << name;
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "new")) << name;
  }
}

TEST(NewPlugin, RefusesANameThatCannotBeBuilt) {
  const Folder folder;
  for (const char* name : {"class", "co_await", "test", "all", "gatehouse"}) {
    const auto refused = new_plugin(GATEHOUSE_PLUGIN_TEMPLATE, name, folder.path() / "new");
    ASSERT_FALSE(refused.has_value()) << name;
    EXPECT_TRUE(contains(refused.error().message, "choose another name")) << name;
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "new")) << name;
  }
  // A part of such a word is none.
  EXPECT_TRUE(new_plugin(GATEHOUSE_PLUGIN_TEMPLATE, "classes", folder.path() / "new").has_value());
}

TEST(NewPlugin, WritesOverNothing) {
  const Folder folder;
  write_file(folder.path() / "mine", "precious");
  const Outcome refused =
      run({"plugins", "new", "mine", "--dir", (folder.path() / "mine").string()});
  EXPECT_EQ(refused.status, 2);
  EXPECT_TRUE(contains(refused.err, "exists already: choose another folder with --dir"));
  EXPECT_EQ(read_file(folder.path() / "mine"), "precious");
}

TEST(NewPlugin, SaysWhenTheTemplateIsNotInstalled) {
  const Folder folder;
  const auto refused = new_plugin(folder.path() / "absent", "mine", folder.path() / "mine");
  ASSERT_FALSE(refused.has_value());
  EXPECT_TRUE(contains(refused.error().message, "install the SDK's development files"));
}

}  // namespace
}  // namespace gatehouse::host
