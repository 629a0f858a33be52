// SPDX-License-Identifier: Apache-2.0
#include "host/config/storage_settings.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/text.hpp>

#include "host/config/network.hpp"
#include "host/files/private_file.hpp"

namespace gatehouse::host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What is built into a connection string, where quotes and backslashes mean something.
bool is_plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' || c == '\'' || c == '\\';
  });
}

// A word of a connection string: no blanks either, nor what would divide it.
bool is_word(std::string_view text) {
  return !text.empty() && is_plain(text) && text.find_first_of(" ,=") == text.npos;
}

bool is_folder(std::string_view host) {
  return host.starts_with('/');
}

bool is_this_machine(std::string_view host) {
  return is_folder(host) || host == "localhost" || is_loopback(host);
}

void read_sqlite(Config config, const std::filesystem::path& home, SqliteOptions& sqlite) {
  const std::string path = config.text("path", "data/gatehouse.sqlite");
  // They would end the file's name early in the database library's connection string.
  if (path.empty() || !is_plain(path)) {
    config.fail("path", "is no file name that can be used: no quotes, no control characters");
  }
  sqlite.path = (home / path).lexically_normal();
  const std::string synchronous = config.choice("synchronous", {"full", "normal"}, "full");
  sqlite.synchronous = synchronous == "normal" ? Synchronous::Normal : Synchronous::Full;
  sqlite.readers = static_cast<std::size_t>(
      config.integer("readers", 1, 64, static_cast<std::int64_t>(sqlite.readers)));
}

void read_hosts(Config& config, Engine engine, std::vector<std::string>& hosts) {
  hosts = config.list("hosts", {});
  for (const std::string& host : hosts) {
    // A name with a colon is "host:5432"; an address in numbers may have them.
    const bool has_port = host.find(':') != host.npos && !is_address(host) && !is_folder(host);
    if (has_port) {
      config.fail("hosts",
                  format("'{}' is no host: the port is a key of its own, and IPv6 addresses have "
                         "no brackets",
                         host));
    } else if (!is_word(host)) {
      config.fail("hosts",
                  "are names, addresses or folders of sockets (/run/postgresql), without blanks, "
                  "commas, quotes and control characters");
    }
  }
  if (hosts.empty() && engine == Engine::PostgreSql) {
    config.fail("hosts", "names no server: hosts: [db.example.com], or [/run/postgresql] here");
  }
}

std::string read_word(Config& config, std::string_view key, std::string_view fallback) {
  std::string word = config.text(key, fallback);
  if (!is_word(word)) {
    config.fail(key,
                "is no name that can be used: no blanks, quotes, commas, equals signs or control "
                "characters");
  }
  return word;
}

std::filesystem::path read_path(Config& config,
                                std::string_view key,
                                const std::filesystem::path& home) {
  const std::string path = config.text(key, "");
  if (!is_plain(path)) config.fail(key, "is no file name that can be used: no quotes");
  return path.empty() ? std::filesystem::path() : (home / path).lexically_normal();
}

PreparedStatements read_prepared(Config& config) {
  const std::string prepared = config.choice("prepared", {"auto", "on", "off"}, "auto");
  return prepared == "on"    ? PreparedStatements::On
         : prepared == "off" ? PreparedStatements::Off
                             : PreparedStatements::Automatic;
}

void read_owner(Config config, const std::filesystem::path& home, StorageSettings& storage) {
  if (!config.text("user", "").empty()) {
    storage.database.postgresql.owner = PostgresqlRole{read_word(config, "user", ""), {}};
  }
  storage.owner_password_file = read_path(config, "password_file", home);
  if (!storage.owner_password_file.empty() && !storage.database.postgresql.owner) {
    config.fail("password_file", "is whose? Set user beside it, or neither");
  }
}

void read_postgresql(Config config, const std::filesystem::path& home, StorageSettings& storage) {
  PostgresqlOptions& server = storage.database.postgresql;
  read_hosts(config, storage.database.engine, server.hosts);
  server.port = static_cast<std::uint16_t>(config.integer("port", 1, 65'535, server.port));
  server.dbname = read_word(config, "dbname", server.dbname);
  server.role.user = read_word(config, "user", server.role.user);
  storage.password_file = read_path(config, "password_file", home);
  read_owner(config.section("owner"), home, storage);

  server.sslmode =
      config.choice("sslmode",
                    {"auto", "disable", "allow", "prefer", "require", "verify-ca", "verify-full"},
                    "auto");
  if (server.sslmode == "auto") {
    const bool all_here = std::all_of(server.hosts.begin(), server.hosts.end(), &is_this_machine);
    server.sslmode = all_here ? "prefer" : "verify-full";
  }
  server.sslrootcert = read_path(config, "sslrootcert", home);
  server.target_session_attrs = config.choice(
      "target_session_attrs", {"read-write", "primary", "any"}, server.target_session_attrs);
  server.connect_timeout =
      config.duration("connect_timeout", seconds(2), seconds(60), server.connect_timeout);
  server.connections = static_cast<std::size_t>(
      config.integer("connections", 2, 1'000, static_cast<std::int64_t>(server.connections)));
  server.prepared = read_prepared(config);
}

// One line, without its end.
Result<std::string> read_password(std::string_view key, const std::filesystem::path& file) {
  if (file.empty()) return std::string();
  auto content = read_private_file(file);
  if (!content) {
    return unavailable(format("storage.postgresql.{}: {}",
                              key,
                              content.error().code == ErrorCode::NotFound
                                  ? format("{} is not there", file.string())
                                  : content.error().message));
  }
  content->resize(content->find_last_not_of("\r\n") + 1);
  if (content->empty() || content->find_first_of(std::string_view("\r\n\0", 3)) != content->npos) {
    return unavailable(format(
        "storage.postgresql.{}: {} has to hold the password, on one line", key, file.string()));
  }
  return content;
}

}  // namespace

StorageSettings read_storage(Config config, const std::filesystem::path& home) {
  StorageSettings storage;
  DatabaseOptions& database = storage.database;
  const bool is_postgresql =
      config.choice("engine", {"sqlite", "postgresql"}, "sqlite") == "postgresql";
  database.engine = is_postgresql ? Engine::PostgreSql : Engine::Sqlite;
  read_sqlite(config.section("sqlite"), home, database.sqlite);
  read_postgresql(config.section("postgresql"), home, storage);

  storage.folder = read_path(config, "folder", home);
  if (storage.folder.empty()) {
    storage.folder = is_postgresql ? (home / "data").lexically_normal()
                                   : std::filesystem::path(database.sqlite.path).parent_path();
  }
  const std::string migrations = config.choice("migrations", {"auto", "check"}, "auto");
  storage.database.migrations = migrations == "check" ? MigrationMode::Check : MigrationMode::Auto;
  database.pool_wait =
      milliseconds(config.integer("connection_wait_ms", 10, 60'000, database.pool_wait.count()));
  database.time_limit = config.duration("time_limit",
                                        seconds(1),
                                        seconds(600),
                                        std::chrono::duration_cast<seconds>(database.time_limit));
  return storage;
}

Result<DatabaseOptions> with_passwords(const StorageSettings& settings) {
  DatabaseOptions options = settings.database;
  if (options.engine != Engine::PostgreSql) return options;
  PostgresqlOptions& server = options.postgresql;
  GATEHOUSE_TRY(server.role.password, read_password("password_file", settings.password_file));
  if (server.owner) {
    GATEHOUSE_TRY(server.owner->password,
                  read_password("owner.password_file", settings.owner_password_file));
  }
  return options;
}

}  // namespace gatehouse::host
