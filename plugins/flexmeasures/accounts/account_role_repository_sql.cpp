// SPDX-License-Identifier: Apache-2.0
#include "account_role_repository.hpp"

namespace gatehouse::flexmeasures {
namespace {

constexpr Sql kSelectId = "select id from flexmeasures_account_role where name = :name";
constexpr Sql kSelectName = "select name from flexmeasures_account_role where id = :id";
constexpr Sql kInsert =
    "insert into flexmeasures_account_role (name) values (:name) on conflict (name) do nothing";

}  // namespace

Result<std::optional<std::int64_t>> AccountRoleRepository::find_id(Session& db,
                                                                   std::string_view name) const {
  return db.find<std::int64_t>(kSelectId, name);
}

Result<std::optional<std::string>> AccountRoleRepository::find_name(Session& db,
                                                                    std::int64_t id) const {
  return db.find<std::string>(kSelectName, id);
}

Result<None> AccountRoleRepository::add(Session& db, std::string_view name) const {
  GATEHOUSE_CHECK(db.run(kInsert, name));
  return None{};
}

}  // namespace gatehouse::flexmeasures
