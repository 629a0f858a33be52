// SPDX-License-Identifier: Apache-2.0
#include "storage/migrations.hpp"

#include <algorithm>
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

#define GATEHOUSE_CREATE_MIGRATIONS                                                           \
  "create table if not exists gatehouse_migration ("                                          \
  " plugin text not null, version text not null, name text not null, checksum text not null," \
  " applied_at bigint not null, primary key (plugin, version))"
// Every write of PostgreSQL locks gatehouse_turn, which holds nothing.
constexpr Sql kCreateTables(GATEHOUSE_CREATE_MIGRATIONS,
                            GATEHOUSE_CREATE_MIGRATIONS
                            "; create table if not exists gatehouse_turn ()");
#undef GATEHOUSE_CREATE_MIGRATIONS
constexpr Sql kSelectAll =
    "select plugin, version, name, checksum, applied_at from gatehouse_migration"
    " order by plugin, version";
constexpr Sql kInsert =
    "insert into gatehouse_migration (plugin, version, name, checksum, applied_at)"
    " values (:plugin, :version, :name, :checksum, :applied_at)";
constexpr Sql kTableExists(
    "select count(*) from sqlite_master where name = 'gatehouse_migration'",
    "select count(*) from pg_class where oid = to_regclass('gatehouse_migration')");

// Scripts take no parameters: what kGrant is about stands in settings of its transaction.
constexpr Sql kTellGrants("select 'nothing to grant'",
                          "select set_config('gatehouse.plugin', :plugin, true)"
                          " || set_config('gatehouse.serving_role', :role, true)"
                          " || set_config('gatehouse.append_only', :append_only, true)");
// Exactly what serving needs, whatever there was before; an import moves sequences. A table belongs
// to the plugin with the longest name that it begins with.
constexpr std::string_view kGrant = R"(
do $$
declare
  prefix constant text := current_setting('gatehouse.plugin') || '_';
  serving constant text := current_setting('gatehouse.serving_role');
  append_only constant text[] := string_to_array(current_setting('gatehouse.append_only'), ' ');
  growing text;
  made record;
begin
  for made in
    select c.oid::regclass as object, c.relname::text as name, c.relkind as kind
    from pg_class c
    where c.relnamespace = current_schema()::regnamespace
      and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      and starts_with(c.relname::text, prefix) and c.relname <> 'gatehouse_turn'
      and not exists (select from gatehouse_migration m
                      where length(m.plugin) >= length(prefix)
                        and starts_with(c.relname::text, m.plugin || '_'))
  loop
    if made.kind = 'S' then
      execute format('revoke all on sequence %s from %I', made.object, serving);
      execute format('grant usage, select, update on sequence %s to %I', made.object, serving);
      continue;
    end if;
    select word into growing from unnest(append_only) word
      where split_part(word, '(', 1) = made.name;
    execute format('revoke all on table %s from %I', made.object, serving);
    execute format('grant %s on table %s to %I',
                   case when made.name = 'gatehouse_migration' then 'select'
                        when growing like '%(%' then
                          'select, insert, update (' || split_part(growing, '(', 2)
                        when growing is not null then 'select, insert'
                        else 'select, insert, update, delete' end,
                   made.object, serving);
  end loop;
  execute format('grant select, insert, update, delete on table gatehouse_turn to %I', serving);
end
$$)";

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

// Versions count up from 0001 without a gap.
std::vector<MigrationStep> known_steps(Engine engine,
                                       std::string_view plugin,
                                       const Migrations& migrations) {
  std::vector<MigrationStep> steps;
  for (const Migration& migration : migrations) {
    const std::string belongs = version_after(steps.size());
    MigrationStep& step =
        steps.emplace_back(MigrationStep{std::string(plugin),
                                         std::string(migration.version),
                                         std::string(migration.name),
                                         std::string(migration.script.for_engine(engine)),
                                         {},
                                         {}});
    if (step.version == belongs) continue;
    step.trouble = format(
        "migration {} '{}' stands where {} belongs: versions count up from 0001 without a gap",
        step.version,
        step.name,
        belongs);
  }
  return steps;
}

std::string newer(const AppliedMigration& step, const Migrations& migrations) {
  return format(
      "the database is newer than the plugin: it has migration {} '{}', the plugin knows {}. "
      "Install the plugin's newer version, or restore the database from a backup",
      step.version,
      step.name,
      migrations.empty() ? std::string("none") : std::string(migrations.back().version));
}

const MigrationStep* find_trouble(const std::vector<MigrationStep>& steps) {
  const auto found = std::find_if(
      steps.begin(), steps.end(), [](const MigrationStep& step) { return !step.trouble.empty(); });
  return found == steps.end() ? nullptr : &*found;
}

void refuse_trouble(std::string_view plugin, const std::vector<MigrationStep>& steps) {
  if (const MigrationStep* step = find_trouble(steps)) refuse(plugin, "{}", step->trouble);
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
    refuse(plugin,
           "migration {} '{}' failed: {}",
           migration.version,
           migration.name,
           reason_of(error));
  }
  check_names(plugin, migration, before, connection.schema_without(prefix));
  const auto kept =
      session.run(kInsert, plugin, migration.version, migration.name, checksum(script), now);
  if (!kept) throw std::runtime_error("storage: gatehouse_migration: " + kept.error().reason);
}

void grant(Connection& connection,
           Session& session,
           std::string_view plugin,
           std::string_view role,
           const Migrations& migrations) {
  std::string append_only;
  for (const Migration& migration : migrations) append_only += format("{} ", migration.append_only);
  const auto told = session.get<std::string>(kTellGrants, plugin, role, append_only);
  if (!told) throw std::runtime_error("storage: set_config: " + told.error().reason);
  try {
    connection.run_script(kGrant);
  } catch (const DbError& error) {
    if (error.kind() != DbErrorKind::Internal) throw;
    refuse(plugin,
           "the role '{}' (storage.postgresql.user) cannot get its rights on the tables: {}",
           role,
           reason_of(error));
  }
}

}  // namespace

std::vector<std::string> check_migrations(std::string_view plugin,
                                          const std::vector<MigrationStep>& steps) {
  if (const MigrationStep* step = find_trouble(steps)) {
    return {format("plugin '{}': {}", plugin, step->trouble)};
  }
  std::string missing;
  std::size_t count = 0;
  for (const MigrationStep& step : steps) {
    if (step.applied_at) continue;
    missing += format("{}{} '{}'", missing.empty() ? "" : ", ", step.version, step.name);
    ++count;
  }
  if (count == 0) return {};
  return {format(
      "plugin '{}': {} {} {} missing, and storage.migrations is check: `gatehouse migrate` applies "
      "{}",
      plugin,
      count == 1 ? "migration" : "migrations",
      missing,
      count == 1 ? "is" : "are",
      count == 1 ? "it" : "them")};
}

std::vector<std::string> migrate(Connection& connection,
                                 const MigrationTerms& terms,
                                 std::string_view plugin,
                                 const Migrations& migrations) {
  SessionAccess::State state(connection, terms.engine, Access::Write, nullptr);
  Session session = SessionAccess::make(state);
  try {
    refuse_trouble(plugin, known_steps(terms.engine, plugin, migrations));
    const Rollback guard(connection);  // does nothing after commit()
    connection.begin_migration();
    connection.run_script(kCreateTables.for_engine(terms.engine));
    const auto applied = session.list<AppliedMigration>(kSelectAll);
    const auto steps = migration_steps(terms.engine, plugin, migrations, applied.value());
    refuse_trouble(plugin, steps);
    for (std::size_t i = 0; i < migrations.size(); ++i) {
      if (!steps[i].applied_at) apply(connection, session, plugin, migrations[i], terms.now);
    }
    if (!terms.serving_role.empty()) {
      grant(connection, session, plugin, terms.serving_role, migrations);
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

std::string_view reason_of(const DbError& error) {
  const std::string_view text = error.what();
  return text.substr(0, text.find(" in: "));
}

}  // namespace gatehouse::storage

namespace gatehouse {

std::vector<MigrationStep> migration_steps(Engine engine,
                                           std::string_view plugin,
                                           const Migrations& migrations,
                                           const std::vector<AppliedMigration>& applied) {
  std::vector<MigrationStep> steps = storage::known_steps(engine, plugin, migrations);
  for (const AppliedMigration& step : applied) {
    if (step.plugin != plugin) continue;
    const auto known = std::find_if(steps.begin(), steps.end(), [&](const MigrationStep& each) {
      return each.version == step.version;
    });
    if (known == steps.end()) {
      steps.push_back({step.plugin,
                       step.version,
                       step.name,
                       "",
                       step.applied_at,
                       storage::newer(step, migrations)});
      continue;
    }
    known->applied_at = step.applied_at;
    if (known->trouble.empty() && step.checksum != storage::checksum(known->script)) {
      known->trouble = format(
          "migration {} '{}' was edited after it was applied. Restore its text, and add a new "
          "migration for the change",
          known->version,
          known->name);
    }
  }
  for (std::size_t i = 1; i < steps.size(); ++i) {
    MigrationStep& skipped = steps[i - 1];
    if (skipped.applied_at || !steps[i].applied_at || !skipped.trouble.empty()) continue;
    skipped.trouble = format(
        "migration {} was never applied, but {} '{}' was: restore the database from a backup",
        skipped.version,
        steps[i].version,
        steps[i].name);
  }
  return steps;
}

}  // namespace gatehouse
