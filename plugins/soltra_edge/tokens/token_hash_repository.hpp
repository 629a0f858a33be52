// The bcrypt hashes that clients are shown of their tokens, in the database. They open nothing: a
// token is found by its digest, which the tokens plugin keeps.
//
// Threads: any; no state. Blocking: one statement each. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/storage.hpp>

namespace gatehouse::soltra_edge {

// A row, in the order of the columns.
struct TokenHash {
  std::string token_id;
  std::int64_t user_number = 0;
  std::string hash;
};

class TokenHashRepository {
 public:
  Result<None> insert(Session& db, const TokenHash& hash) const;
  // All of the user's tokens', in no order; the tokens plugin bounds how many there are.
  Result<std::vector<TokenHash>> list(Session& db, std::int64_t user) const;
  Result<std::optional<TokenHash>> find(Session& db, std::string_view token_id) const;
  // No mistake where there is none.
  Result<None> drop(Session& db, std::string_view token_id) const;
  Result<None> drop_of(Session& db, std::int64_t user) const;
};

}  // namespace gatehouse::soltra_edge
