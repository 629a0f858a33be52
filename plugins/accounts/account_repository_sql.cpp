// The statements of AccountRepository but those of lists. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <gatehouse/text.hpp>

#include "account_repository.hpp"
#include "account_row.hpp"

namespace gatehouse::accounts {
namespace {

#define ACCOUNTS_SELECT(where)                                                                 \
  Sql {                                                                                        \
    ACCOUNTS_SQLITE_COLUMNS "from accounts_account a " ACCOUNTS_WITH_CONSULTANCY where,        \
        ACCOUNTS_POSTGRESQL_COLUMNS "from accounts_account a " ACCOUNTS_WITH_CONSULTANCY where \
  }
constexpr Sql kSelectById = ACCOUNTS_SELECT("where a.id = :id");
constexpr Sql kSelectByNumber = ACCOUNTS_SELECT("where a.number = :number");
constexpr Sql kSelectByName = ACCOUNTS_SELECT("where a.name_key = :name_key");

#define ACCOUNTS_SELECT_ALL(numbers)          \
  ACCOUNTS_COLUMNS_WITH("cast(null as text)") \
  "from accounts_account a " ACCOUNTS_WITH_CONSULTANCY "where a.number in (select " numbers ")"
constexpr Sql kSelectAll{
    ACCOUNTS_SELECT_ALL("value from json_each(:numbers)"),
    ACCOUNTS_SELECT_ALL(
        "cast(value as bigint) from json_array_elements_text(cast(:numbers as json))")};

constexpr Sql kSelectDefault = "select number from accounts_account where is_default";
constexpr Sql kSelectClients =
    "select number from accounts_account where consultancy = :consultancy order by number";
constexpr Sql kSelectClient =
    "select number from accounts_account where consultancy = :consultancy limit 1";

constexpr Sql kInsert =
    "insert into accounts_account (id, name, name_key, consultancy, primary_color, "
    "secondary_color, logo_url, is_default, created_at, updated_at) values (:id, :name, "
    ":name_key, :consultancy, :primary_color, :secondary_color, :logo_url, false, :created_at, "
    ":updated_at) returning number";
constexpr Sql kUpdate =
    "update accounts_account set name = :name, name_key = :name_key, consultancy = :consultancy, "
    "primary_color = :primary_color, secondary_color = :secondary_color, logo_url = :logo_url, "
    "updated_at = :updated_at where number = :number";
constexpr Sql kRemember =
    "insert into accounts_deleted (number, id) select number, id from accounts_account "
    "where number = :number";
constexpr Sql kDelete = "delete from accounts_account where number = :number";

constexpr Sql kMakeRole =
    "insert into accounts_role (name) select cast(:name as text) "
    "where not exists (select 1 from accounts_role where name = :same)";
constexpr Sql kGiveRole =
    "insert into accounts_account_role (account_number, role_number) "
    "select cast(:account as bigint), number from accounts_role where name = :name";
constexpr Sql kTakeRoles = "delete from accounts_account_role where account_number = :account";

std::optional<StoredAccount> from_row(std::optional<AccountRow> row) {
  if (!row) return std::nullopt;
  return accounts::from_row(*std::move(row));
}

std::optional<std::int64_t> consultancy_of(const StoredAccount& account) {
  if (!account.consultancy) return std::nullopt;
  return account.consultancy->number;
}

template <class T>
Result<T> say_name_taken(Result<T> stored) {
  if (stored || stored.error().code != ErrorCode::Conflict) return stored;
  return conflict("name_taken", "Another account has this name already: choose another one.");
}

}  // namespace

Result<std::optional<StoredAccount>> AccountRepository::find(Session& db,
                                                             const IdOrNumber& reference) const {
  GATEHOUSE_TRY(auto row,
                reference.id.empty() ? db.find<AccountRow>(kSelectByNumber, reference.number)
                                     : db.find<AccountRow>(kSelectById, reference.id));
  return from_row(std::move(row));
}

Result<std::optional<StoredAccount>> AccountRepository::find_by_name(Session& db,
                                                                     std::string_view name) const {
  GATEHOUSE_TRY(auto row, db.find<AccountRow>(kSelectByName, fold(name)));
  return from_row(std::move(row));
}

Result<std::vector<StoredAccount>> AccountRepository::find_all(
    Session& db, std::span<const std::int64_t> numbers) const {
  const std::string list = encode_json(std::vector<std::int64_t>(numbers.begin(), numbers.end()));
  GATEHOUSE_TRY(auto rows, db.list<AccountRow>(kSelectAll, list));
  return from_rows(std::move(rows));
}

Result<std::int64_t> AccountRepository::default_account(Session& db) const {
  return db.get<std::int64_t>(kSelectDefault);
}

Result<std::vector<std::int64_t>> AccountRepository::clients_of(Session& db,
                                                                std::int64_t consultancy) const {
  std::vector<std::int64_t> clients;
  GATEHOUSE_CHECK(db.each<std::int64_t>(
      kSelectClients, [&clients](std::int64_t client) { clients.push_back(client); }, consultancy));
  return clients;
}

Result<bool> AccountRepository::has_clients(Session& db, std::int64_t consultancy) const {
  GATEHOUSE_TRY(const auto client, db.find<std::int64_t>(kSelectClient, consultancy));
  return client.has_value();
}

Result<std::int64_t> AccountRepository::insert(Session& db, const StoredAccount& account) const {
  StoredAccount stored = account;
  GATEHOUSE_TRY(stored.number,
                say_name_taken(db.get<std::int64_t>(kInsert,
                                                    account.id,
                                                    account.name,
                                                    fold(account.name),
                                                    consultancy_of(account),
                                                    account.primary_color,
                                                    account.secondary_color,
                                                    account.logo_url,
                                                    account.created_at,
                                                    account.updated_at)));
  GATEHOUSE_CHECK(set_roles(db, stored));
  return stored.number;
}

Result<None> AccountRepository::update(Session& db, const StoredAccount& account) const {
  GATEHOUSE_CHECK(say_name_taken(db.run(kUpdate,
                                        account.name,
                                        fold(account.name),
                                        consultancy_of(account),
                                        account.primary_color,
                                        account.secondary_color,
                                        account.logo_url,
                                        account.updated_at,
                                        account.number)));
  GATEHOUSE_CHECK(db.run(kTakeRoles, account.number));
  GATEHOUSE_CHECK(tell(db, account.number));
  return set_roles(db, account);
}

Result<None> AccountRepository::erase(Session& db, std::int64_t number) const {
  GATEHOUSE_CHECK(db.run(kRemember, number));
  GATEHOUSE_CHECK(db.run(kDelete, number));
  return tell(db, number);
}

Result<None> AccountRepository::tell(Session& db, std::int64_t number) const {
  return bus_.publish(db, kTopic, std::to_string(number));
}

Result<None> AccountRepository::set_roles(Session& db, const StoredAccount& account) const {
  for (const std::string& role : account.roles) {
    GATEHOUSE_CHECK(db.run(kMakeRole, role, role));
    GATEHOUSE_CHECK(db.run(kGiveRole, account.number, role));
  }
  return None{};
}

}  // namespace gatehouse::accounts
