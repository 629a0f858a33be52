// Statements and migrations as constants. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace gatehouse {

enum class Engine : std::uint8_t { Sqlite, PostgreSql };

// One statement for both engines, or a pair where they differ. The text must live for ever (a
// literal).
class Sql {
 public:
  constexpr Sql(const char* both) : sqlite_(both), postgresql_(both) {}
  constexpr Sql(const char* sqlite, const char* postgresql)
      : sqlite_(sqlite), postgresql_(postgresql) {}
  constexpr std::string_view for_engine(Engine engine) const {
    return engine == Engine::Sqlite ? sqlite_ : postgresql_;
  }

 private:
  std::string_view sqlite_;
  std::string_view postgresql_;
};

// One step of a plugin's schema: `version` ("0001", ...) orders it, `name` tells it, `script` holds
// any number of statements without parameters. Once released a step never changes: the host keeps
// its checksum. Tables and indexes begin with the plugin's name and "_". Code of the version before
// must be able to work on what a step leaves behind (README.md, "Migrations").
struct Migration {
  std::string_view version;
  std::string_view name;
  Sql script;
  // Tables, separated by blanks, that from this step on only grow: where migrations have an owner
  // of their own (PostgreSQL), the role that serves may insert and read, not change or delete. Of
  // "table(column,column)" it may change these columns, too.
  std::string_view append_only = {};
};
using Migrations = std::vector<Migration>;

}  // namespace gatehouse
