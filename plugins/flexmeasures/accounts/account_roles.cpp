// SPDX-License-Identifier: Apache-2.0
#include "account_roles.hpp"

#include <algorithm>
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
  std::vector<std::string> missing;
  GATEHOUSE_CHECK(host_.storage().read([&](Session& db) -> Result<None> {
    missing.clear();
    for (const std::string& name : unknown) {
      GATEHOUSE_TRY(const auto id, rows_.find_id(db, name));
      if (id) {
        ids.insert_or_assign(name, *id);
      } else {
        missing.push_back(name);
      }
    }
    return None{};
  }));
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
    Ids ids;
    for (const std::string& name : names) {
      GATEHOUSE_CHECK(rows_.add(db, name));
      GATEHOUSE_TRY(const auto id, rows_.find_id(db, name));
      if (id) ids.insert_or_assign(name, *id);
    }
    return ids;
  });
}

Result<std::optional<std::vector<std::string>>> AccountRoles::names_of(
    const std::vector<std::int64_t>& ids) {
  using Names = std::optional<std::vector<std::string>>;
  return host_.storage().read([&](Session& db) -> Result<Names> {
    std::vector<std::string> names;
    for (const std::int64_t id : ids) {
      GATEHOUSE_TRY(auto name, rows_.find_name(db, id));
      if (!name) return Names();
      names.push_back(*std::move(name));
    }
    return Names(std::move(names));
  });
}

}  // namespace gatehouse::flexmeasures
