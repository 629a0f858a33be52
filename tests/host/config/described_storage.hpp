// All that the section `storage` says, as lines that can be compared and read.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>

#include "host/config/storage_settings.hpp"

namespace gatehouse::host {

inline std::map<std::string, std::string> described(const StorageSettings& storage) {
  const DatabaseOptions& database = storage.database;
  const SqliteOptions& sqlite = database.sqlite;
  const PostgresqlOptions& server = database.postgresql;
  std::string hosts;
  for (const std::string& host : server.hosts) hosts += (hosts.empty() ? "" : ",") + host;
  return {
      {"engine", database.engine == Engine::Sqlite ? "sqlite" : "postgresql"},
      {"sqlite.path", sqlite.path},
      {"sqlite.synchronous", sqlite.synchronous == Synchronous::Full ? "full" : "normal"},
      {"sqlite.readers", std::to_string(sqlite.readers)},
      {"hosts", hosts},
      {"port", std::to_string(server.port)},
      {"dbname", server.dbname},
      {"user", server.role.user},
      {"password_file", storage.password_file},
      {"owner.user", server.owner ? server.owner->user : "-"},
      {"owner.password_file", storage.owner_password_file},
      {"sslmode", server.sslmode},
      {"sslrootcert", server.sslrootcert},
      {"target_session_attrs", server.target_session_attrs},
      {"connect_timeout", std::to_string(server.connect_timeout.count())},
      {"connections", std::to_string(server.connections)},
      {"prepared", std::to_string(static_cast<int>(server.prepared))},
      {"migrations", storage.database.migrations == MigrationMode::Auto ? "auto" : "check"},
      {"folder", storage.folder},
      {"connection_wait_ms", std::to_string(database.pool_wait.count())},
      {"time_limit_ms", std::to_string(database.time_limit.count())},
  };
}

}  // namespace gatehouse::host
