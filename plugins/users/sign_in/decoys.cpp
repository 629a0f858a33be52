// SPDX-License-Identifier: Apache-2.0
#include "decoys.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <gatehouse/text.hpp>

namespace gatehouse::users {

Decoys::Decoys(const Keys& keys, const Passwords& passwords)
    : keys_(keys), passwords_(passwords), usual_(passwords.decoy()) {}

void Decoys::set_costs(const std::vector<StoredCost>& costs) {
  std::vector<Share> shares;
  std::uint64_t users = 0;
  for (const StoredCost& cost : costs) {
    users += static_cast<std::uint64_t>(cost.users);
    shares.push_back({users, passwords_.decoy_like(cost.cost)});
  }
  const std::lock_guard lock(mutex_);
  shares_ = std::move(shares);
}

std::string Decoys::for_name(std::string_view name) const {
  const Sha256 digest = keys_.digest("decoy", {fold(name)});
  std::uint64_t place = 0;
  std::memcpy(&place, digest.data(), sizeof place);
  const std::lock_guard lock(mutex_);
  if (shares_.empty()) return usual_;
  place %= shares_.back().up_to;
  const auto share = std::find_if(
      shares_.begin(), shares_.end(), [&](const Share& one) { return place < one.up_to; });
  return share->decoy;
}

}  // namespace gatehouse::users
