// From entries of a configuration to plugins that exist. The claim: each case that stands against
// it has its text, all of a phase are told at once, and nothing of a plugin that was refused has
// run. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/plugin_loader/plugin_loader.hpp"
#include "host/plugin_loader/preflight.hpp"
#include "tests/host/plugin_loader/fixtures.hpp"

namespace gatehouse::host {
namespace {

using test::fixture;
using test::Folder;
using test::read_file;
using test::write_file;

// A test machine may be busy; only the tests of the limit itself use a short one.
constexpr std::chrono::seconds kAmple(30);

LoaderOptions options(Preflight preflight = Preflight::Skip) {
  return {GATEHOUSE_PLUGIN_FIXTURES, OwnWritable::Warn, preflight, kAmple};
}

// Entries on lines 1, 2, 3 ... of g.yaml.
std::vector<PluginEntry> configured(const std::vector<std::string>& names) {
  std::vector<PluginEntry> entries;
  for (const std::string& name : names) {
    entries.push_back({name, {}, format("g.yaml:{}", entries.size() + 1), true});
  }
  return entries;
}

using Lines = std::vector<std::string>;

std::string only_error(const Loading& loading) {
  EXPECT_TRUE(loading.plugins.empty());
  EXPECT_EQ(loading.errors.size(), 1U);
  return loading.errors.empty() ? "" : loading.errors.front();
}

std::string only_error(const std::string& name) {
  return only_error(load_plugins(configured({name}), options()));
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The output of a command of the tool chain.
std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 4096> part{};
  while (const std::size_t got = std::fread(part.data(), 1, part.size(), pipe.get())) {
    text.append(part.data(), got);
  }
  return text;
}

TEST(Load, MakesPluginsInTheOrderOfTheirNeeds) {
  const Loading loading =
      load_plugins(configured({"uses_plain", "plain"}), options(Preflight::Run));
  EXPECT_EQ(loading.errors, Lines{});
  ASSERT_EQ(loading.plugins.size(), 2U);
  EXPECT_EQ(loading.plugins[0].entry.name, "plain");
  EXPECT_EQ(loading.plugins[1].entry.name, "uses_plain");
  EXPECT_EQ(loading.plugins[0].file.version_text, "1.4.0");
  EXPECT_EQ(loading.plugins[0].file.path, fixture("plain"));
  for (const LoadedPlugin& loaded : loading.plugins) EXPECT_NE(loaded.plugin, nullptr);
}

TEST(Load, TakesAPathFromTheEntry) {
  const Folder folder;
  std::filesystem::copy(fixture("plain"), folder.path() / "elsewhere.so");
  auto entries = configured({"plain"});
  entries[0].path = folder.path() / "elsewhere.so";
  const Loading loading = load_plugins(entries, options());
  EXPECT_EQ(loading.errors, Lines{});
  ASSERT_EQ(loading.plugins.size(), 1U);
}

TEST(Load, LeavesDisabledPluginsAlone) {
  auto entries = configured({"crashes_loading", "plain"});
  entries[0].enabled = false;
  const Loading loading = load_plugins(entries, options());
  EXPECT_EQ(loading.errors, Lines{});
  ASSERT_EQ(loading.plugins.size(), 1U);
}

TEST(Load, TellsAllMistakesOfTheFirstPhaseThatHasAny) {
  const Loading loading = load_plugins(
      configured({"no_descriptor", "plain", "absent", "sdk_2", "needs_nobody", "crashes_loading"}),
      options(Preflight::Run));
  ASSERT_EQ(loading.errors.size(), 3U);
  EXPECT_TRUE(loading.errors[0].starts_with("error: g.yaml:1: plugin 'no_descriptor': file "));
  EXPECT_TRUE(loading.errors[1].starts_with("error: g.yaml:3: plugin 'absent': file "));
  EXPECT_TRUE(loading.errors[2].starts_with("error: g.yaml:4: plugin 'sdk_2': file "));
}

TEST(Load, OrdersBeforeItLoads) {
  EXPECT_TRUE(
      contains(only_error("needs_nobody"), "requires plugin 'nobody' >= 1.0 < 2.0, which is not"));
  EXPECT_TRUE(contains(only_error(load_plugins(configured({"plain", "needs_newer"}), options())),
                       "requires plugin 'plain' >= 2.0, but "));
  EXPECT_TRUE(contains(only_error(load_plugins(configured({"plain", "uses_newer"}), options())),
                       "uses plugin 'plain' >= 2.0, but "));
  EXPECT_EQ(
      only_error(load_plugins(configured({"circle_one", "circle_two", "circle_three"}), options())),
      "error: g.yaml:1: plugin 'circle_one': plugins require each other in a circle: circle_one "
      "-> circle_two -> circle_three -> circle_one: one of them has to do without");
}

TEST(Load, RefusesAPluginUnderAnotherName) {
  auto entries = configured({"other"});
  entries[0].path = fixture("plain");
  EXPECT_EQ(only_error(load_plugins(entries, options())),
            "error: g.yaml:1: plugin 'other': file " + fixture("plain").string() +
                " says its name is 'plain', configured as 'other': give it its own name");
}

TEST(Load, RefusesOneNameTwice) {
  EXPECT_EQ(only_error(load_plugins(configured({"plain", "plain"}), options())),
            "error: g.yaml:2: plugin 'plain': is configured twice (first at g.yaml:1): remove one");
}

TEST(Load, RefusesOneFileUnderTwoNames) {
  const Folder folder;
  auto entries = configured({"plain", "link"});
  entries[1].path = folder.path() / "link.so";
  std::filesystem::create_symlink(fixture("plain"), entries[1].path);
  EXPECT_EQ(only_error(load_plugins(entries, options())),
            "error: g.yaml:2: plugin 'link': file " + entries[1].path.string() +
                " is the same file as plugin 'plain' (g.yaml:1)");
}

TEST(Load, NamesAnUndefinedSymbolInReadableForm) {
  EXPECT_EQ(
      only_error("undefined_symbol"),
      "error: g.yaml:1: plugin 'undefined_symbol': file " + fixture("undefined_symbol").string() +
          " cannot be loaded: undefined symbol: broken::nowhere_defined(int): link the plugin "
          "with gatehouse_add_plugin() to see this when it is built");
}

TEST(Load, NamesALibraryThatIsNotInstalled) {
  EXPECT_TRUE(
      contains(only_error("missing_library"),
               "cannot be loaded: libacmeldap.so.3: cannot open shared object file: No such "
               "file or directory: install the library that the plugin needs"))
      << only_error("missing_library");
}

TEST(Load, NamesAMissingEntryPoint) {
  EXPECT_TRUE(
      contains(only_error("no_entry"),
               "has a descriptor but no entry point gatehouse_plugin_create_v1 (stripped or "
               "version script?)"));
}

TEST(Load, TurnsWhatAConstructorThrowsIntoText) {
  const Loading loading =
      load_plugins(configured({"throws_std_made", "plain", "throws_int_made"}), options());
  EXPECT_TRUE(loading.plugins.empty());
  EXPECT_EQ(
      loading.errors,
      (Lines{"error: g.yaml:1: plugin 'throws_std_made': failed in its constructor: cannot open "
             "the key ring",
             "error: g.yaml:3: plugin 'throws_int_made': failed in its constructor: threw "
             "something that is not a std::exception"}));
}

TEST(Preflight, ReportsWhatWouldHaveEndedTheHost) {
  const struct {
    const char* name;
    const char* text;
  } cases[] = {
      {"crashes_loading", "crashed while being loaded (Segmentation fault)"},
      {"throws_loading", "cannot open the key ring"},
      {"exits_loading", "ended the process while being loaded (exit status 0)"},
      {"crashes_made", "crashed while its constructor ran (Segmentation fault)"},
      {"throws_std_made", "failed in its constructor: cannot open the key ring"},
      {"undefined_symbol", "cannot be loaded: undefined symbol: broken::nowhere_defined(int)"},
      {"no_entry", "has a descriptor but no entry point"},
  };
  for (const auto& c : cases) {
    const auto flown = preflight(fixture(c.name), kAmple);
    ASSERT_FALSE(flown.has_value()) << c.name;
    EXPECT_TRUE(contains(flown.error().message, c.text)) << flown.error().message;
  }
  const auto good = preflight(fixture("plain"), kAmple);
  EXPECT_TRUE(good.has_value()) << good.error().message;
}

TEST(Preflight, EndsAPluginThatDoesNotComeBack) {
  const std::chrono::milliseconds limit(300);
  EXPECT_EQ(preflight(fixture("hangs_loading"), limit).error().message,
            "did not finish loading within 300 ms (in a static initialiser?)");
  EXPECT_EQ(preflight(fixture("hangs_made"), limit).error().message,
            "did not finish its constructor within 300 ms");
}

TEST(Preflight, TellsAllPluginsThatFailIt) {
  const Loading loading = load_plugins(configured({"crashes_loading", "plain", "exits_loading"}),
                                       options(Preflight::Run));
  EXPECT_EQ(loading.errors.size(), 2U);
  EXPECT_TRUE(loading.plugins.empty());
}

TEST(Trust, RefusesWhatOthersCanChange) {
  const Folder folder;
  const auto file = folder.path() / "plain.so";
  std::filesystem::copy(fixture("plain"), file);
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  EXPECT_TRUE(check_trust(file, OwnWritable::Warn).has_value());

  ASSERT_EQ(::chmod(file.c_str(), 0666), 0);
  EXPECT_EQ(check_trust(file, OwnWritable::Warn).error().message,
            "file " + std::filesystem::canonical(file).string() +
                " can be changed by everybody: chmod o-w it");
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);

  ASSERT_EQ(::chmod(folder.path().c_str(), 0777), 0);
  EXPECT_EQ(check_trust(file, OwnWritable::Warn).error().message,
            "folder " + std::filesystem::canonical(folder.path()).string() +
                " can be changed by everybody: chmod o-w it");
  // A link in a good place does not make the file it names a good one.
  const Folder good;
  std::filesystem::create_symlink(file, good.path() / "plain.so");
  EXPECT_FALSE(check_trust(good.path() / "plain.so", OwnWritable::Warn).has_value());
  ASSERT_EQ(::chmod(folder.path().c_str(), 0700), 0);
}

TEST(Trust, RefusesWhatAForeignGroupCanChange) {
  if (::geteuid() != 0) GTEST_SKIP() << "giving a file to another group takes root";
  const Folder folder;
  const auto file = folder.path() / "plain.so";
  std::filesystem::copy(fixture("plain"), file);
  ASSERT_EQ(::chown(file.c_str(), 0, 12345), 0);
  ASSERT_EQ(::chmod(file.c_str(), 0664), 0);
  EXPECT_TRUE(contains(check_trust(file, OwnWritable::Warn).error().message,
                       "can be changed by the group with number 12345: chmod g-w it"));
}

TEST(Trust, RefusesOrWarnsOfWhatTheHostItselfCanChange) {
  const Folder folder;
  const auto file = folder.path() / "plain.so";
  std::filesystem::copy(fixture("plain"), file);
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  if (::geteuid() == 0) {
    // Root can change everything: there is nothing to tell.
    EXPECT_TRUE(check_trust(file, OwnWritable::Refuse).has_value());
    ASSERT_EQ(::chown(folder.path().c_str(), 65534, 65534), 0);
    ASSERT_EQ(::chown(file.c_str(), 65534, 65534), 0);
    ASSERT_EQ(::seteuid(65534), 0);
  }
  const auto refused = check_trust(file, OwnWritable::Refuse);
  const auto warned = check_trust(file, OwnWritable::Warn);
  if (::getuid() == 0) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ASSERT_FALSE(refused.has_value());
  EXPECT_TRUE(contains(refused.error().message, "can be changed by the user the host runs as"));
  ASSERT_TRUE(warned.has_value());
  EXPECT_EQ(warned->size(), 2U);  // the file and its folder
}

TEST(Build, APluginExportsItsEntryPointAndNothingElse) {
  const std::string symbols =
      output_of("nm -D --defined-only --format=posix '" + fixture("notes").string() + "'");
  EXPECT_TRUE(symbols.starts_with("gatehouse_plugin_create_v1 T ")) << symbols;
  EXPECT_EQ(std::ranges::count(symbols, '\n'), 1) << symbols;
}

TEST(Build, TheSdkLibraryExportsNothingOfBoost) {
  const auto sdk = default_plugin_folder().parent_path().parent_path() / "libgatehouse-sdk.so.1";
  const std::string symbols = output_of("nm -DC --defined-only '" + sdk.string() + "'");
  EXPECT_TRUE(contains(symbols, "vtable for gatehouse::Plugin")) << sdk;
  EXPECT_TRUE(contains(symbols, "typeinfo for gatehouse::Plugin"));
  EXPECT_FALSE(contains(symbols, " boost::"));
  EXPECT_FALSE(contains(symbols, "for boost::"));
}

TEST(Build, TheDescriptorSurvivesStripping) {
  const Folder folder;
  const auto stripped = folder.path() / "plain.so";
  output_of("strip -s -o '" + stripped.string() + "' '" + fixture("plain").string() + "'");
  ASSERT_LT(read_file(stripped).size(), read_file(fixture("plain")).size());
  auto entries = configured({"plain"});
  entries[0].path = stripped;
  const Loading loading = load_plugins(entries, options());
  EXPECT_EQ(loading.errors, Lines{});
}

}  // namespace
}  // namespace gatehouse::host
