// SPDX-License-Identifier: Apache-2.0
#include <gatehouse/body.hpp>

#include "account_role_repository.hpp"

namespace gatehouse::flexmeasures {
namespace {

// By the unique index of names, and by the primary key.
constexpr Sql kSelectByNames{
    "select id, name from flexmeasures_account_role where name in "
    "(select value from json_each(:names))",
    "select id, name from flexmeasures_account_role where name in "
    "(select value from json_array_elements_text(cast(:names as json)))"};
constexpr Sql kSelectByIds{
    "select id, name from flexmeasures_account_role where id in "
    "(select value from json_each(:ids))",
    "select id, name from flexmeasures_account_role where id in "
    "(select cast(value as bigint) from json_array_elements_text(cast(:ids as json)))"};
constexpr Sql kInsert =
    "insert into flexmeasures_account_role (name) values (:name) on conflict (name) do nothing";

}  // namespace

Result<std::vector<AccountRoleRow>> AccountRoleRepository::find_by_names(
    Session& db, const std::vector<std::string>& names) const {
  return db.list<AccountRoleRow>(kSelectByNames, encode_json(names));
}

Result<std::vector<AccountRoleRow>> AccountRoleRepository::find_by_ids(
    Session& db, const std::vector<std::int64_t>& ids) const {
  return db.list<AccountRoleRow>(kSelectByIds, encode_json(ids));
}

Result<None> AccountRoleRepository::add(Session& db, std::string_view name) const {
  GATEHOUSE_CHECK(db.run(kInsert, name));
  return None{};
}

}  // namespace gatehouse::flexmeasures
