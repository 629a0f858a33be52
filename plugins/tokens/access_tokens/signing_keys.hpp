// The keys that sign access tokens: which one signs, which ones verify, and how one follows
// another. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/es256.hpp>
#include <gatehouse/live_cache.hpp>

#include "signing_key_repository.hpp"

namespace gatehouse::tokens {

// How long an access token may live at most (security.md 12).
constexpr std::chrono::seconds kLongestAccess{300};
// A key is published this long before it signs: those who keep the list for five minutes, as its
// Cache-Control lets them, have it in time.
constexpr std::chrono::minutes kPublishedBefore{10};
// After the next one has begun to sign: until the last token has expired, on clocks that differ by
// a minute.
constexpr std::chrono::seconds kVerifiesAfter = kLongestAccess + std::chrono::seconds(60);

struct SigningKey {
  std::string kid;
  std::string x;  // base64url
  std::string y;
  Time signs_from;
  Es256Key key;
  // The first part of every token it signs. A token's header is compared with it, never parsed: so
  // no other algorithm, type, key or member is ever looked at (RFC 8725 2.1, 3.1).
  std::string header;
};

// All that verify, in the order in which they sign.
struct KeySet {
  std::vector<SigningKey> keys;

  // The last one whose time has come and whose secret half can be opened; null: none.
  const SigningKey* signer(Time now) const;
  const SigningKey* find_by_header(std::string_view header) const;
};

// Threads: any. Blocking: the database where memory is too old.
class SigningKeys {
 public:
  SigningKeys(Context& host, std::chrono::seconds life);

  Result<std::shared_ptr<const KeySet>> all();
  // The one that signs now, made in this write transaction where there is none. `known`: from
  // all(), asked before the transaction.
  Result<SigningKey> signer(Session& db, const KeySet& known, Time now);

  // In Plugin::start(): sees to it that there is one.
  Result<None> begin();
  // A job: publishes the next key in time, and drops those whose tokens have all expired.
  void rotate();
  // After an incident: whoever had a secret half can forge nothing any more.
  Result<None> drop_all(Session& db);

 private:
  struct Plan {
    std::optional<Time> next_signs_from;
    std::vector<std::string> done;  // kids
  };
  Plan plan(const KeySet& set, Time now) const;
  KeySet build(const std::vector<SigningKeyRow>& rows) const;
  Result<KeySet> load(Session& db) const;
  Result<SigningKey> make(Session& db, Time signs_from, Time now);
  Result<None> publish(Session& db);

  Context& host_;
  SigningKeyRepository rows_;
  const std::chrono::seconds life_;
  LiveCache<std::int64_t, KeySet> known_;
};

}  // namespace gatehouse::tokens
