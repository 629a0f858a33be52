// The host's settings: defaults, judgements, and that config/ says the same as the code.
// SPDX-License-Identifier: Apache-2.0
#include "host/config/settings.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/host/config/described_storage.hpp"

namespace gatehouse::host {
namespace {

using Strings = std::vector<std::string>;

SettingsReading read(std::string_view yaml, const Environment& environment = {}) {
  Configuration configuration = parse_configuration(yaml, "t.yaml", environment);
  configuration.folder = "/srv/gatehouse";
  return read_settings(configuration);
}

// The paths of all values, "http.port", without those below `skipped`.
void collect_keys(const ConfigNode& node,
                  const std::string& path,
                  const Strings& skipped,
                  Strings& keys) {
  if (std::find(skipped.begin(), skipped.end(), path) != skipped.end()) return;
  if (node.kind != ConfigNode::Kind::Map) {
    keys.push_back(path);
    return;
  }
  for (const auto& [key, value] : node.members) {
    collect_keys(value, path.empty() ? key : path + "." + key, skipped, keys);
  }
}

TEST(Settings, HaveDefaultsForEverything) {
  const auto reading = read("");
  EXPECT_EQ(reading.mistakes, Strings{});
  EXPECT_EQ(reading.settings.http.address, "127.0.0.1");
  EXPECT_EQ(reading.settings.http.port, 8080);
  EXPECT_GE(reading.settings.http.workers, 4U);
  EXPECT_GE(reading.settings.http.hashing_slots, 1U);
  EXPECT_EQ(reading.settings.storage.database.sqlite.path, "/srv/gatehouse/data/gatehouse.sqlite");
  EXPECT_TRUE(reading.settings.plugins.empty());
}

TEST(Settings, AreReadFromEveryKey) {
  const auto reading = read(R"(
http:
  address: "::1"
  port: 0
  public_url: https://id.example.com/sso
  trusted_proxies: [10.0.0.0/8, "::1"]
  cors: {origins: ["https://app.example.com"]}
  threads: {io: 2, workers: 9, hashing: 3}
  limits:
    {connections: 5, connections_per_address: 4, header_bytes: 2048,
     buffered_bytes: 1048576, queue: 6, hashing_queue: 7}
  timeouts: {header: 1s, body: 2s, write: 3s, idle: 4m, drain: 5}
observability: {address: "127.0.0.1:9100", log_level: debug, log_format: json, log_requests: false}
passwords: {memory_kib: 47104, passes: 1}
)");
  ASSERT_EQ(reading.mistakes, Strings{});
  using std::chrono::seconds;
  const HttpSettings http{"::1",
                          0,
                          "https://id.example.com/sso",
                          {"10.0.0.0/8", "::1"},
                          {"https://app.example.com"},
                          2,
                          9,
                          3,
                          5,
                          4,
                          2048,
                          1'048'576,
                          6,
                          7,
                          seconds(1),
                          seconds(2),
                          seconds(3),
                          seconds(240),
                          seconds(5)};
  EXPECT_EQ(reading.settings.http, http);
  const ObservabilitySettings observability{
      "127.0.0.1", 9100, LogLevel::Debug, LogFormat::Json, false};
  EXPECT_EQ(reading.settings.observability, observability);
  EXPECT_EQ(reading.settings.passwords, (PasswordCost{47'104, 1}));
}

TEST(Settings, NamePluginsInTheirOrder) {
  const auto reading = read(
      "plugins:\n"
      "  users:\n"
      "  notes:\n"
      "    path: lib/notes.so\n"
      "    config: {max_length: 0}\n"
      "  audit: {enabled: false}\n");
  ASSERT_EQ(reading.mistakes, Strings{});
  const auto& plugins = reading.settings.plugins;
  ASSERT_EQ(plugins.size(), 3U);
  EXPECT_EQ(plugins[0].name, "users");
  EXPECT_TRUE(plugins[0].enabled);
  EXPECT_EQ(plugins[0].origin, "t.yaml:2");
  EXPECT_EQ(plugins[0].config.kind, ConfigNode::Kind::Null);
  EXPECT_EQ(plugins[1].path, "/srv/gatehouse/lib/notes.so");
  ASSERT_NE(plugins[1].config.find("max_length"), nullptr);
  EXPECT_EQ(plugins[1].config.find("max_length")->origin, "t.yaml:5");
  EXPECT_FALSE(plugins[2].enabled);
}

TEST(Settings, ComeFromTheEnvironmentToo) {
  const auto reading =
      read("plugins: {users: {}}",
           {{"GATEHOUSE_HTTP__PORT", "9000"},
            {"GATEHOUSE_HTTP__CORS__ORIGINS", "https://a.example,https://b.example"},
            {"GATEHOUSE_PLUGINS__USERS__CONFIG__UNIQUE_EMAIL", "false"}});
  ASSERT_EQ(reading.mistakes, Strings{});
  EXPECT_EQ(reading.settings.http.port, 9000);
  EXPECT_EQ(reading.settings.http.cors_origins,
            (Strings{"https://a.example", "https://b.example"}));
  ASSERT_NE(reading.settings.plugins[0].config.find("unique_email"), nullptr);
}

TEST(Settings, KeepThePolicyForLater) {
  const auto reading = read("policy: {roles: {staff: [users:read]}}");
  EXPECT_EQ(reading.mistakes, Strings{});
  EXPECT_NE(reading.settings.policy.find("roles"), nullptr);
}

TEST(Settings, AreRefusedWithPlaceKeyAndCure) {
  struct Case {
    const char* yaml;
    const char* expected;
  };
  const Case cases[] = {
      {"http:\n  adress: x", "t.yaml:2: http.adress: unknown key (did you mean 'address'?)"},
      {"htttp: {}", "t.yaml:1: htttp: unknown key (did you mean 'http'?)"},
      {"http: {port: 65536}", "t.yaml:1: http.port: 65536 is out of range 0..65535"},
      {"http: {address: localhost}",
       "t.yaml:1: http.address: is no IPv4 or IPv6 address, such as 127.0.0.1 or ::"},
      {"http: {public_url: 'https://id.example.com/'}",
       "t.yaml:1: http.public_url: is no URL such as https://id.example.com (no slash at the end)"},
      {"http: {public_url: 'javascript:alert(1)'}",
       "t.yaml:1: http.public_url: is no URL such as https://id.example.com (no slash at the end)"},
      {"http: {trusted_proxies: [10.0.0.0/33]}",
       "t.yaml:1: http.trusted_proxies: '10.0.0.0/33' is no address or network (10.0.0.0/8)"},
      {"http: {cors: {origins: ['*']}}",
       "t.yaml:1: http.cors.origins: '*' is no exact origin (https://app.example.com)"},
      {"http: {cors: {origins: ['https://a.example/x']}}",
       "t.yaml:1: http.cors.origins: 'https://a.example/x' is no exact origin "
       "(https://app.example.com)"},
      {"observability: {address: '9100'}",
       "t.yaml:1: observability.address: is no address and port, such as 127.0.0.1:9100 or "
       "[::1]:9100"},
      {"passwords: {passes: 1}",
       "t.yaml:1: passwords.memory_kib: 19456 with 1 passes is too weak: at least 47104 with one "
       "pass, 19456 with two, 12288 with three or more"},
      {"plugins: {Users: {}}",
       "t.yaml:1: plugins.Users: is no plugin's name: lower-case letters, digits and underscores"},
      {"plugins: {users: {confg: {}}}",
       "t.yaml:1: plugins.users.confg: unknown key (did you mean 'config'?)"},
      {"plugins: [users]", "t.yaml:1: plugins: is a list, but a section of keys is expected"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(read(each.yaml).mistakes, Strings{each.expected}) << each.yaml;
  }
}

TEST(Settings, ReportUnknownVariables) {
  EXPECT_EQ(
      read("", {{"GATEHOUSE_HTTP__PROT", "1"}}).mistakes,
      Strings{"environment variable GATEHOUSE_HTTP__PROT: http.prot: unknown key (did you mean "
              "'port'?)"});
}

TEST(Settings, ReportAllMistakesAtOnce) {
  const auto reading = read("http: {port: x, adress: y}\nstorage: {engine: z}\nhttp: {}\n");
  EXPECT_EQ(reading.mistakes.size(), 4U);
}

TEST(ShippedConfiguration, HasNoMistakes) {
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(GATEHOUSE_CONFIG_FOLDER)) {
    const auto reading = read_settings(load_configuration(file.path(), {}));
    EXPECT_EQ(reading.mistakes, Strings{}) << file.path();
    EXPECT_FALSE(reading.settings.plugins.empty()) << file.path();
    ++files;
  }
  EXPECT_EQ(files, 8);
}

// Every value below `node`, by its path, without the places where they stand.
void collect_values(const ConfigNode& node,
                    const std::string& path,
                    std::map<std::string, std::string>& values) {
  for (const ConfigMember& member : node.members) {
    collect_values(member.value, path + "." + member.key, values);
  }
  if (!node.members.empty()) return;
  values[path] = node.scalar;
  for (const ConfigNode& item : node.items) values[path] += item.scalar + ",";
}

std::map<std::string, std::string> values_of(const std::string& file) {
  const auto path = std::filesystem::path(GATEHOUSE_CONFIG_FOLDER) / file;
  const Configuration configuration = load_configuration(path, {});
  std::map<std::string, std::string> values;
  for (const char* part : {"plugins", "policy"}) {
    if (const ConfigNode* node = configuration.root.find(part)) collect_values(*node, part, values);
  }
  return values;
}

// But for what one dialect wants and another does not, which gatehouse.all.yaml tells of.
TEST(ShippedConfiguration, HasAllDialectsTogetherAsTheyAreAlone) {
  const std::set<std::string> differing = {"plugins.users.config.unique_email",
                                           "plugins.users.config.default_timezone"};
  auto together = values_of("gatehouse.yaml");
  for (auto& [path, value] : values_of("gatehouse.all.yaml")) together[path] = value;
  for (const std::string dialect : {"flexmeasures", "soltra_edge", "sweatstack", "wotkit"}) {
    const auto alone = values_of("gatehouse." + dialect + ".yaml");
    EXPECT_EQ(alone.count("plugins." + dialect + ".mount"), 1U);
    for (const auto& [path, value] : alone) {
      if (value.empty() || differing.count(path) != 0) continue;
      EXPECT_EQ(together[path], value) << dialect << ": " << path;
    }
  }
}

TEST(ShippedConfiguration, IsBuiltIntoTheProgram) {
  std::ifstream file(std::string(GATEHOUSE_CONFIG_FOLDER) + "/gatehouse.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(default_configuration(), text);
}

TEST(ShippedConfiguration, HasEveryKeyTheHostReadsAndNoOther) {
  const Configuration configuration = load_configuration(std::nullopt, {});
  Strings written;
  collect_keys(configuration.root, "", {"plugins", "policy"}, written);
  Strings known = read_settings(configuration).known_keys;
  std::sort(written.begin(), written.end());
  std::sort(known.begin(), known.end());
  EXPECT_EQ(written, known);
}

TEST(ShippedConfiguration, ShowsTheDefaults) {
  Configuration empty = parse_configuration("", "empty", {});
  const Configuration shipped = load_configuration(std::nullopt, {});
  empty.folder = shipped.folder;
  const Settings defaults = read_settings(empty).settings;
  const Settings shown = read_settings(shipped).settings;
  EXPECT_EQ(shown.http, defaults.http);
  EXPECT_EQ(shown.observability, defaults.observability);
  EXPECT_EQ(described(shown.storage), described(defaults.storage));
  EXPECT_EQ(shown.passwords, defaults.passwords);
  EXPECT_EQ(shown.mail, defaults.mail);
  EXPECT_EQ(shown.master_file, defaults.master_file);
}

}  // namespace
}  // namespace gatehouse::host
