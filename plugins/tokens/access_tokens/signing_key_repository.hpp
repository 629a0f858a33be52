// The rows of signing keys. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/storage.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::tokens {

struct SigningKeyRow {
  std::string kid;
  std::string x;  // base64url
  std::string y;
  std::string sealed_secret;
  Time created_at;
  Time signs_from;
};
BOOST_DESCRIBE_STRUCT(SigningKeyRow, (), (kid, x, y, sealed_secret, created_at, signs_from))

// Threads: any. Blocking: the database, one statement each.
class SigningKeyRepository {
 public:
  // In the order in which they sign. There are never more than a few.
  Result<std::vector<SigningKeyRow>> list(Session& db) const;
  Result<None> insert(Session& db, const SigningKeyRow& key) const;
  Result<None> erase(Session& db, std::string_view kid) const;
  Result<None> erase_all(Session& db) const;
};

}  // namespace gatehouse::tokens
