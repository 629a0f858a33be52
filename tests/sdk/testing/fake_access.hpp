// Share grants as a test arranges them, where the managed_users plugin would read them from its
// tables. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/plugin.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/shared_access.hpp>

namespace gatehouse::testing {

class FakeAccess final : public Plugin, private SharedAccess {
 public:
  void wire(Context& host) override { host.services().provide<SharedAccess>(*this); }

  // From now on `who` holds exactly these for `owner`'s data. A manager is given all_scopes().
  void grant(std::int64_t who, std::int64_t owner, std::vector<std::string> scopes) {
    held_[{who, owner}] = std::move(scopes);
  }
  void forget_all() { held_.clear(); }
  const std::vector<std::string>& all_scopes() const override { return all_; }
  // Whether the database is away.
  bool is_away = false;

 private:
  Result<std::vector<std::string>> scopes(std::int64_t who, std::int64_t owner) override {
    if (is_away) return unavailable("The database is away.");
    const auto found = held_.find({who, owner});
    return found == held_.end() ? std::vector<std::string>() : found->second;
  }
  Result<std::vector<std::string>> scopes(Session&, std::int64_t who, std::int64_t owner) override {
    return scopes(who, owner);
  }
  Result<AccessPage> list(Session&, const Principal&, const AccessListing&) override {
    return AccessPage{};
  }

  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::string>> held_;
  const std::vector<std::string> all_ = {"data:read", "data:write"};
};

}  // namespace gatehouse::testing
