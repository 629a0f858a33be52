// The section `storage`: defaults, judgements, and passwords from files.
// SPDX-License-Identifier: Apache-2.0
#include "host/config/storage_settings.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <stdlib.h>

#include <gatehouse/runtime/config_node.hpp>

#include "host/config/configuration.hpp"
#include "tests/host/config/described_storage.hpp"

namespace gatehouse::host {
namespace {

using Strings = std::vector<std::string>;

struct Reading {
  StorageSettings settings;
  Strings mistakes;
};

// `yaml`: what stands below `storage`.
Reading read(std::string_view yaml) {
  const Configuration configuration = parse_configuration(yaml, "t.yaml", {});
  Reading reading;
  reading.mistakes = configuration.mistakes;
  Config root =
      ConfigAccess::open(&configuration.root, "storage", configuration.name, reading.mistakes);
  reading.settings = read_storage(std::move(root), "/srv/gatehouse");
  return reading;
}

TEST(StorageSettings, AreOneFileUnlessSaid) {
  const Reading reading = read("");
  EXPECT_EQ(reading.mistakes, Strings{});
  const auto said = described(reading.settings);
  EXPECT_EQ(said.at("engine"), "sqlite");
  EXPECT_EQ(said.at("sqlite.path"), "/srv/gatehouse/data/gatehouse.sqlite");
  EXPECT_EQ(said.at("sqlite.synchronous"), "full");
  EXPECT_EQ(said.at("migrations"), "auto");
  EXPECT_EQ(said.at("folder"), "/srv/gatehouse/data");
  EXPECT_EQ(said.at("connection_wait_ms"), "500");
  EXPECT_EQ(said.at("time_limit_ms"), "10000");
}

TEST(StorageSettings, AreReadFromEveryKey) {
  const Reading reading = read(R"(
engine: postgresql
sqlite: {path: /var/lib/a b.sqlite, synchronous: normal, readers: 2}
postgresql:
  hosts: [db1.example.com, "fd00::5", /run/postgresql]
  port: 6432
  dbname: identity
  user: serves
  password_file: p
  owner: {user: owns, password_file: /o}
  sslmode: require
  sslrootcert: ca.crt
  target_session_attrs: primary
  connect_timeout: 5s
  connections: 20
  prepared: off
migrations: check
folder: own
connection_wait_ms: 250
time_limit: 3s
)");
  ASSERT_EQ(reading.mistakes, Strings{});
  const std::map<std::string, std::string> expected = {
      {"engine", "postgresql"},
      {"sqlite.path", "/var/lib/a b.sqlite"},
      {"sqlite.synchronous", "normal"},
      {"sqlite.readers", "2"},
      {"hosts", "db1.example.com,fd00::5,/run/postgresql"},
      {"port", "6432"},
      {"dbname", "identity"},
      {"user", "serves"},
      {"password_file", "/srv/gatehouse/p"},
      {"owner.user", "owns"},
      {"owner.password_file", "/o"},
      {"sslmode", "require"},
      {"sslrootcert", "/srv/gatehouse/ca.crt"},
      {"target_session_attrs", "primary"},
      {"connect_timeout", "5"},
      {"connections", "20"},
      {"prepared", std::to_string(static_cast<int>(PreparedStatements::Off))},
      {"migrations", "check"},
      {"folder", "/srv/gatehouse/own"},
      {"connection_wait_ms", "250"},
      {"time_limit_ms", "3000"},
  };
  EXPECT_EQ(described(reading.settings), expected);
}

TEST(StorageSettings, VerifyWhoTheServerIsUnlessItIsThisMachine) {
  struct Case {
    const char* hosts;
    const char* sslmode;
  };
  const Case cases[] = {{"[db.example.com]", "verify-full"},
                        {"[10.0.0.5]", "verify-full"},
                        {"[/run/postgresql, db.example.com]", "verify-full"},
                        {"[localhost.example.com]", "verify-full"},
                        {"[/run/postgresql]", "prefer"},
                        {"[localhost]", "prefer"},
                        {"[127.0.0.1, '::1']", "prefer"}};
  for (const Case& each : cases) {
    const Reading reading =
        read("engine: postgresql\npostgresql: {hosts: " + std::string(each.hosts) + "}");
    EXPECT_EQ(reading.mistakes, Strings{}) << each.hosts;
    EXPECT_EQ(reading.settings.database.postgresql.sslmode, each.sslmode) << each.hosts;
  }
}

TEST(StorageSettings, KeepOwnFilesBesideTheDatabaseOrTheConfiguration) {
  EXPECT_EQ(read("sqlite: {path: /var/lib/g/db.sqlite}").settings.folder, "/var/lib/g");
  EXPECT_EQ(read("{engine: postgresql, postgresql: {hosts: [/run]}}").settings.folder,
            "/srv/gatehouse/data");
}

TEST(StorageSettings, AreRefusedWithPlaceKeyAndCure) {
  constexpr std::string_view kNoHost =
      "t.yaml:1: storage.postgresql.hosts: are names, addresses or folders of sockets "
      "(/run/postgresql), without blanks, commas, quotes and control characters";
  constexpr std::string_view kPort =
      " is no host: the port is a key of its own, and IPv6 addresses have no brackets";
  constexpr std::string_view kNoName =
      "is no name that can be used: no blanks, quotes, commas, equals signs or control characters";
  const std::string at = "t.yaml:1: storage.postgresql.";
  struct Case {
    std::string yaml;
    std::string expected;
  };
  const Case cases[] = {
      {"engine: postgres", "t.yaml:1: storage.engine: 'postgres' is not one of sqlite, postgresql"},
      {"sqlite: {path: 'a\"b'}",
       "t.yaml:1: storage.sqlite.path: is no file name that can be used: no quotes, no control "
       "characters"},
      {"engine: postgresql",
       "t.yaml: storage.postgresql.hosts: names no server: hosts: [db.example.com], or "
       "[/run/postgresql] "
       "here"},
      {"postgresql: {hosts: ['db.example.com:5432']}",
       at + "hosts: 'db.example.com:5432'" + std::string(kPort)},
      {"postgresql: {hosts: ['[::1]']}", at + "hosts: '[::1]'" + std::string(kPort)},
      {"postgresql: {hosts: [\"a'b\"]}", std::string(kNoHost)},
      {"postgresql: {hosts: ['a\"b']}", std::string(kNoHost)},
      {"postgresql: {hosts: ['a b']}", std::string(kNoHost)},
      {"postgresql: {hosts: [\"a\\nb\"]}", std::string(kNoHost)},
      {"postgresql: {hosts: ['a\\b']}", std::string(kNoHost)},
      {"postgresql: {hosts: ['a password=x']}", std::string(kNoHost)},
      {"postgresql: {hosts: ['']}", std::string(kNoHost)},
      {"postgresql: {port: 0}", at + "port: 0 is out of range 1..65535"},
      {"postgresql: {dbname: 'a b'}", at + "dbname: " + std::string(kNoName)},
      {"postgresql: {dbname: 'host=evil'}", at + "dbname: " + std::string(kNoName)},
      {"postgresql: {user: ''}", at + "user: " + std::string(kNoName)},
      {"postgresql: {sslmode: verify_full}",
       at + "sslmode: 'verify_full' is not one of auto, disable, allow, prefer, require, "
            "verify-ca, verify-full"},
      {"postgresql: {target_session_attrs: standby}",
       at + "target_session_attrs: 'standby' is not one of read-write, primary, any"},
      {"postgresql: {connect_timeout: 1s}", at + "connect_timeout: 1s is out of range 2s..1m"},
      {"postgresql: {owner: {password_file: /o}}",
       at + "owner.password_file: is whose? Set user beside it, or neither"},
      {"migrations: yes", "t.yaml:1: storage.migrations: 'yes' is not one of auto, check"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(read(each.yaml).mistakes, Strings{each.expected}) << each.yaml;
  }
}

class PasswordFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "passwords-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    settings_.database.engine = Engine::PostgreSql;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const char* name, std::string_view text, unsigned mode = 0600) {
    const auto file = folder_ / name;
    std::ofstream(file, std::ios::binary) << text;
    std::filesystem::permissions(file, static_cast<std::filesystem::perms>(mode));
    return file;
  }
  std::string refused() {
    const auto options = with_passwords(settings_);
    return options ? "not refused" : options.error().message;
  }

  std::filesystem::path folder_;
  StorageSettings settings_;
};

TEST_F(PasswordFiles, HoldOneLineForEachRole) {
  settings_.password_file = write("serves", "pass word:\\ü\n");
  settings_.owner_password_file = write("owns", "other");
  settings_.database.postgresql.owner = PostgresqlRole{"owns", {}};
  const auto options = with_passwords(settings_);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->postgresql.role.password, "pass word:\\ü");
  EXPECT_EQ(options->postgresql.owner->password, "other");
}

TEST_F(PasswordFiles, AreNotNeeded) {
  const auto options = with_passwords(settings_);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->postgresql.role.password, "");
}

TEST_F(PasswordFiles, ThatOthersMayReadOrThatHoldNoPasswordAreRefusedWithTheCure) {
  settings_.password_file = write("open", "secret", 0644);
  const std::string open = settings_.password_file.string();
  EXPECT_EQ(refused(),
            "storage.postgresql.password_file: " + open +
                " can be read or changed by others: chmod 600 " + open);

  settings_.password_file = folder_ / "none";
  EXPECT_EQ(refused(),
            "storage.postgresql.password_file: " + (folder_ / "none").string() + " is not there");

  for (const std::string_view text :
       {std::string_view("\n"), std::string_view("two\nlines\n"), std::string_view("a\0b", 3)}) {
    settings_.password_file = write("empty", text);
    EXPECT_EQ(refused(),
              "storage.postgresql.password_file: " + (folder_ / "empty").string() +
                  " has to hold the password, on one line");
  }

  settings_.password_file.clear();
  settings_.database.postgresql.owner = PostgresqlRole{"owns", {}};
  settings_.owner_password_file = folder_ / "none";
  EXPECT_EQ(
      refused(),
      "storage.postgresql.owner.password_file: " + (folder_ / "none").string() + " is not there");
}

}  // namespace
}  // namespace gatehouse::host
