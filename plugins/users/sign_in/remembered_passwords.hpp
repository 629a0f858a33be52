// Passwords that were right a moment ago, so that a client that sends one with every request costs
// one hash and not thousands (security.md 13). What is kept is an HMAC under a key of this process
// over the user's number, the version of the credential and the password: a new password, another
// process or five minutes end it. It replaces the hash only, never the checks of the user's state.
//
// Threads: any. Blocking: a mutex for less than a microsecond. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include <gatehouse/digest.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::users {

class RememberedPasswords {
 public:
  static constexpr std::chrono::minutes kMaxAge{5};

  // `limit`: entries; the oldest goes when a new one finds no room. 0: nothing is remembered.
  RememberedPasswords(Random& random, std::size_t limit);

  bool knows(std::int64_t user, std::int64_t version, std::string_view password, Time now);
  void remember(std::int64_t user, std::int64_t version, std::string_view password, Time now);

 private:
  struct Entry {
    Sha256 digest;
    Time since;
  };
  // The digest is a keyed hash already, so its first bytes spread well.
  struct First {
    std::size_t operator()(const Sha256& digest) const;
  };
  using Entries = std::list<Entry>;

  Sha256 digest_of(std::int64_t user, std::int64_t version, std::string_view password) const;

  std::array<std::byte, 32> key_{};
  const std::size_t limit_;
  struct State {
    Entries oldest_first;
    std::unordered_map<Sha256, Entries::iterator, First> by_digest;
  };
  std::mutex mutex_;  // guards state_
  State state_;
};

}  // namespace gatehouse::users
