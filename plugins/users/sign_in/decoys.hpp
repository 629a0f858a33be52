// What a sign-in is compared with where there is no hash to compare with (security.md 15). Stored
// hashes may differ in cost, so an unknown name gets one of the stored costs, always the same while
// these stay, and each cost stands for as large a part of the names as of the users: the time a
// refusal takes does not tell whether the name is known.
//
// Threads: any. Blocking: a mutex for less than a microsecond. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/keys.hpp>
#include <gatehouse/passwords.hpp>

#include "passwords/credential_repository.hpp"

namespace gatehouse::users {

class Decoys {
 public:
  // Until set_costs(): of the cost of new hashes, for every name.
  Decoys(const Keys& keys, const Passwords& passwords);

  void set_costs(const std::vector<StoredCost>& costs);
  std::string for_name(std::string_view name) const;

 private:
  struct Share {
    std::uint64_t up_to = 0;  // of all users, counted through the shares
    std::string decoy;
  };

  const Keys& keys_;  // the same choice on all instances and after every start
  const Passwords& passwords_;
  const std::string usual_;
  mutable std::mutex mutex_;  // guards shares_
  std::vector<Share> shares_;
};

}  // namespace gatehouse::users
