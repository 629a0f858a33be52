// API tokens in the database. Every method takes the caller's session.
//
// Threads: any; no state. Blocking: one indexed statement each. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/services/api_tokens.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::tokens {

struct StoredApiToken {
  ApiTokenRecord record;
  std::int64_t number = 0;  // never used again
  std::string digest;       // of the secret, sha256_hex()
  ApiTokenFormat format = ApiTokenFormat::Prefixed;
};

// What is left to tell of one that was deleted.
struct EndedApiToken {
  std::string id;
  std::int64_t user_number = 0;
  std::string digest;
};

class ApiTokenRepository {
 public:
  Result<None> insert(Session& db, const StoredApiToken& token) const;
  // Title, active, digest, times and last use.
  Result<None> update(Session& db, const StoredApiToken& token) const;
  Result<std::optional<StoredApiToken>> find(Session& db,
                                             std::int64_t user,
                                             std::string_view id) const;
  Result<std::optional<StoredApiToken>> find_by_digest(Session& db, std::string_view digest) const;
  static constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::max();
  // The newest first, of those whose number is less than `before`.
  Result<std::vector<StoredApiToken>> list(Session& db,
                                           std::int64_t user,
                                           std::int64_t before,
                                           std::int64_t limit) const;
  Result<std::int64_t> count(Session& db, std::int64_t user) const;

  // These delete, and return what they deleted.
  using Ended = Result<std::vector<EndedApiToken>>;
  Ended take(Session& db, std::int64_t number) const;
  Ended take_of(Session& db, std::int64_t user) const;
  Ended take_scoped_of(Session& db, std::int64_t user) const;
  // Up to kBatch: whichever, and those that had expired by `time`.
  static constexpr std::size_t kBatch = 1'000;
  Ended take_some(Session& db) const;
  Ended take_expired(Session& db, Time time) const;

  // Unless a use of less than a minute before stands there.
  Result<None> note_use(Session& db, std::int64_t number, Time at, std::string_view address) const;

  // All that the methods above run but the insertion; tests read their query plans.
  static std::vector<Sql> statements();
};

}  // namespace gatehouse::tokens
