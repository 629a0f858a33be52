// The users that some grants are about, found by one statement. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/user_directory.hpp>

namespace gatehouse::managed_users {

// One thread. Blocking: find() one statement, for up to 1,000 wanted.
class People {
 public:
  explicit People(Context& host) : host_(host) {}

  void want(std::int64_t number) { wanted_.push_back(number); }
  Result<None> find(Session& db) {
    if (wanted_.empty()) return None{};
    GATEHOUSE_TRY(auto found, host_.services().require<UserDirectory>().find_all(db, wanted_));
    for (UserRecord& user : found) by_number_.insert_or_assign(user.number, std::move(user));
    return None{};
  }
  // Null: there is no such user.
  const UserRecord* at(std::int64_t number) const {
    const auto found = by_number_.find(number);
    return found == by_number_.end() ? nullptr : &found->second;
  }

 private:
  Context& host_;
  std::vector<std::int64_t> wanted_;
  std::unordered_map<std::int64_t, UserRecord> by_number_;
};

}  // namespace gatehouse::managed_users
