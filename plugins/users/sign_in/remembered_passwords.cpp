// SPDX-License-Identifier: Apache-2.0
#include "remembered_passwords.hpp"

#include <cstring>

namespace gatehouse::users {

std::size_t RememberedPasswords::First::operator()(const Sha256& digest) const {
  std::size_t hash = 0;
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash;
}

RememberedPasswords::RememberedPasswords(Random& random, std::size_t limit) : limit_(limit) {
  random.fill(key_);
}

Sha256 RememberedPasswords::digest_of(std::int64_t user,
                                      std::int64_t version,
                                      std::string_view password) const {
  return hmac_sha256(key_, {std::to_string(user), std::to_string(version), password});
}

bool RememberedPasswords::knows(std::int64_t user,
                                std::int64_t version,
                                std::string_view password,
                                Time now) {
  if (limit_ == 0) return false;
  const Sha256 digest = digest_of(user, version, password);
  const std::lock_guard lock(mutex_);
  const auto found = state_.by_digest.find(digest);
  if (found == state_.by_digest.end()) return false;
  // A clock that was set back makes the entry younger than it is; then it is not trusted either.
  const auto age = now - found->second->since;
  if (age >= Time::duration::zero() && age < kMaxAge) return true;
  state_.oldest_first.erase(found->second);
  state_.by_digest.erase(found);
  return false;
}

void RememberedPasswords::remember(std::int64_t user,
                                   std::int64_t version,
                                   std::string_view password,
                                   Time now) {
  if (limit_ == 0) return;
  const Sha256 digest = digest_of(user, version, password);
  const std::lock_guard lock(mutex_);
  if (const auto found = state_.by_digest.find(digest); found != state_.by_digest.end()) {
    state_.oldest_first.erase(found->second);
    state_.by_digest.erase(found);
  }
  if (state_.oldest_first.size() >= limit_) {
    state_.by_digest.erase(state_.oldest_first.front().digest);
    state_.oldest_first.pop_front();
  }
  state_.oldest_first.push_back({digest, now});
  state_.by_digest.emplace(digest, std::prev(state_.oldest_first.end()));
}

}  // namespace gatehouse::users
