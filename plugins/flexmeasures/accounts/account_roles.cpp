// SPDX-License-Identifier: Apache-2.0
#include "account_roles.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <gatehouse/beside_request.hpp>

namespace gatehouse::flexmeasures {
namespace {

// Bounds the memory: names are the operator's to make, and some dozen in practice.
constexpr std::size_t kMostRemembered = 10'000;

}  // namespace

std::optional<std::int64_t> AccountRoles::remembered(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(name);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

Result<AccountRoles::Ids> AccountRoles::ids_of(const std::vector<std::string>& names) {
  Ids ids;
  std::vector<std::string> unknown;
  for (const std::string& name : names) {
    if (const auto id = remembered(name)) {
      ids.emplace(name, *id);
    } else {
      unknown.push_back(name);
    }
  }
  if (unknown.empty()) return ids;
  std::sort(unknown.begin(), unknown.end());
  unknown.erase(std::unique(unknown.begin(), unknown.end()), unknown.end());
  GATEHOUSE_TRY(const auto found, host_.storage().read([&](Session& db) {
    return rows_.find_by_names(db, unknown);
  }));
  for (const AccountRoleRow& row : found) ids.insert_or_assign(row.name, row.id);
  std::vector<std::string> missing;
  std::copy_if(
      unknown.begin(), unknown.end(), std::back_inserter(missing), [&](const std::string& name) {
        return ids.count(name) == 0;
      });
  if (!missing.empty()) {
    GATEHOUSE_TRY(Ids added, add(missing));
    ids.merge(added);
  }
  const std::lock_guard lock(mutex_);
  if (known_.size() + ids.size() <= kMostRemembered) known_.insert(ids.begin(), ids.end());
  return ids;
}

Result<AccountRoles::Ids> AccountRoles::add(const std::vector<std::string>& names) {
  const BesideRequest scope;
  return host_.storage().write([&](Session& db) -> Result<Ids> {
    for (const std::string& name : names) GATEHOUSE_CHECK(rows_.add(db, name));
    GATEHOUSE_TRY(const auto added, rows_.find_by_names(db, names));
    Ids ids;
    for (const AccountRoleRow& row : added) ids.insert_or_assign(row.name, row.id);
    return ids;
  });
}

Result<std::optional<std::vector<std::string>>> AccountRoles::names_of(
    std::vector<std::int64_t> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  GATEHOUSE_TRY(auto rows,
                host_.storage().read([&](Session& db) { return rows_.find_by_ids(db, ids); }));
  if (rows.size() != ids.size()) return std::optional<std::vector<std::string>>();
  std::vector<std::string> names;
  names.reserve(rows.size());
  for (AccountRoleRow& row : rows) names.push_back(std::move(row.name));
  return std::optional(std::move(names));
}

}  // namespace gatehouse::flexmeasures
