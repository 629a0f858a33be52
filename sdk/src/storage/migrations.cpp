// SPDX-License-Identifier: Apache-2.0
#include "storage/migrations.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include <boost/describe.hpp>
#include <sodium.h>

#include <gatehouse/storage.hpp>
#include <gatehouse/text.hpp>

#include "storage/use.hpp"

namespace gatehouse {
BOOST_DESCRIBE_STRUCT(AppliedMigration, (), (plugin, version, name, checksum, applied_at))
}  // namespace gatehouse

namespace gatehouse::storage {
namespace {

constexpr std::string_view kCreateTable =
    "create table if not exists gatehouse_migration ("
    " plugin text not null, version text not null, name text not null, checksum text not null,"
    " applied_at bigint not null, primary key (plugin, version))";
constexpr Sql kSelectAll =
    "select plugin, version, name, checksum, applied_at from gatehouse_migration"
    " order by plugin, version";
constexpr Sql kInsert =
    "insert into gatehouse_migration (plugin, version, name, checksum, applied_at)"
    " values (:plugin, :version, :name, :checksum, :applied_at)";
constexpr Sql kTableExists(
    "select count(*) from sqlite_master where name = 'gatehouse_migration'",
    "select count(*) from information_schema.tables where table_name = 'gatehouse_migration'");

std::string checksum(std::string_view script) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(
      hash.data(), reinterpret_cast<const unsigned char*>(script.data()), script.size());
  std::array<char, 2 * hash.size() + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return hex.data();
}

// A problem of the migrations as such: what() is the sentence for the operator.
class Refusal : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class... A>
[[noreturn]] void refuse(std::string_view plugin, std::string_view pattern, const A&... arguments) {
  throw Refusal(format("plugin '{}': {}", plugin, format(pattern, arguments...)));
}

std::string version_after(std::size_t count) {
  std::string digits = std::to_string(count + 1);
  return std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

void check_list(std::string_view plugin, const Migrations& migrations) {
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].version == version_after(i)) continue;
    refuse(plugin,
           "migration {} '{}' stands where {} belongs: versions count up from 0001 without a gap",
           migrations[i].version,
           migrations[i].name,
           version_after(i));
  }
}

// How many of `migrations` are applied; they are a prefix of the list, unchanged.
std::size_t check_applied(std::string_view plugin,
                          Engine engine,
                          const Migrations& migrations,
                          const std::vector<AppliedMigration>& applied) {
  std::size_t count = 0;
  for (const AppliedMigration& step : applied) {
    if (step.plugin != plugin) continue;
    if (step.version != version_after(count)) {
      refuse(plugin,
             "migration {} was never applied, but {} '{}' was: restore the database from a backup",
             version_after(count),
             step.version,
             step.name);
    }
    if (count == migrations.size()) {
      refuse(
          plugin,
          "the database is newer than the plugin: it has migration {} '{}', the plugin knows {}. "
          "Install the plugin's newer version, or restore the database from a backup",
          step.version,
          step.name,
          count == 0 ? std::string("none") : std::string(migrations.back().version));
    }
    const Migration& known = migrations[count];
    if (step.checksum != checksum(known.script.for_engine(engine))) {
      refuse(plugin,
             "migration {} '{}' was edited after it was applied. Restore its text, and add a new "
             "migration for the change",
             known.version,
             known.name);
    }
    ++count;
  }
  return count;
}

// What a script touched beyond the plugin's own names.
void check_names(std::string_view plugin,
                 const Migration& migration,
                 const std::map<std::string, std::string>& before,
                 const std::map<std::string, std::string>& after) {
  for (const auto& [name, made_of] : after) {
    const auto old = before.find(name);
    if (old == before.end()) {
      refuse(plugin,
             "migration {} '{}' makes '{}': the names of a plugin's tables and indexes begin with "
             "'{}_'",
             migration.version,
             migration.name,
             name,
             plugin);
    }
    if (old->second != made_of) {
      refuse(plugin,
             "migration {} '{}' changes '{}', which is not this plugin's",
             migration.version,
             migration.name,
             name);
    }
  }
  for (const auto& [name, made_of] : before) {
    if (after.contains(name)) continue;
    refuse(plugin,
           "migration {} '{}' drops '{}', which is not this plugin's",
           migration.version,
           migration.name,
           name);
  }
}

void apply(Connection& connection,
           Session& session,
           std::string_view plugin,
           const Migration& migration,
           Time now) {
  const std::string prefix = format("{}_", plugin);
  const std::string_view script = migration.script.for_engine(session.engine());
  const auto before = connection.schema_without(prefix);
  try {
    connection.run_script(script);
  } catch (const DbError& error) {
    if (error.kind() == DbErrorKind::Unavailable || error.kind() == DbErrorKind::Retry) throw;
    refuse(plugin, "migration {} '{}' failed: {}", migration.version, migration.name, error.what());
  }
  check_names(plugin, migration, before, connection.schema_without(prefix));
  const auto kept =
      session.run(kInsert, plugin, migration.version, migration.name, checksum(script), now);
  if (!kept) throw std::runtime_error("storage: gatehouse_migration: " + kept.error().reason);
}

}  // namespace

std::vector<std::string> migrate(Connection& connection,
                                 Engine engine,
                                 std::string_view plugin,
                                 const Migrations& migrations,
                                 Time now) {
  SessionAccess::State state(connection, engine, Access::Write, nullptr);
  Session session = SessionAccess::make(state);
  try {
    check_list(plugin, migrations);
    const Rollback guard(connection);  // does nothing after commit()
    connection.begin_migration();
    connection.run_script(kCreateTable);
    const auto applied = session.list<AppliedMigration>(kSelectAll);
    const std::size_t done = check_applied(plugin, engine, migrations, applied.value());
    for (std::size_t i = done; i < migrations.size(); ++i) {
      apply(connection, session, plugin, migrations[i], now);
    }
    connection.commit();
  } catch (const Refusal& refusal) {
    return {refusal.what()};
  }
  return {};
}

std::vector<AppliedMigration> applied_migrations(Connection& connection, Engine engine) {
  SessionAccess::State state(connection, engine, Access::Read, nullptr);
  Session session = SessionAccess::make(state);
  if (session.get<std::int64_t>(kTableExists).value() == 0) return {};
  return session.list<AppliedMigration>(kSelectAll).value();
}

}  // namespace gatehouse::storage
