// From the secret of an API token to its principal. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include <gatehouse/bus.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/live_cache.hpp>

#include "api_token_repository.hpp"
#include "bearer.hpp"
#include "last_uses.hpp"

namespace gatehouse::tokens {

// Says which secret it is, and nothing that would open anything.
std::string stamp_of(const StoredApiToken& token);

// What memory knows of a token is at most two seconds old (security.md 12), and of its owner, too.
//
// Threads: any. Blocking: one statement where memory does not know.
class ApiTokenCheck final : public BearerCredential {
 public:
  using Uses = LastUses<std::int64_t>;  // by the token's number

  // In Plugin::wire().
  ApiTokenCheck(Context& host, const ApiTokenRepository& tokens, Uses& uses);

  // Of the prefixed format only: other text may be another kind of token.
  bool has_form(std::string_view token) const override;
  Result<Principal> check(const Call& call, std::string_view token) override {
    return check_secret(call, token);
  }
  // As gatehouse/services/api_tokens.hpp has them.
  Result<Principal> check_secret(const Call& call, std::string_view secret);
  Result<Principal> check_pair(const Call& call, std::string_view id, std::string_view secret);

  // The same of the token with that id, while it has the secret whose stamp that is: for what was
  // given to who came with it.
  Result<Principal> check_id(const Call& call,
                             std::int64_t user,
                             const std::string& id,
                             std::string_view stamp);

  // When the transaction commits, every process reads that token anew.
  Result<None> forget(Session& db, std::string_view id, std::string_view digest);

 private:
  using Cache = LiveCache<std::string, StoredApiToken>;
  Result<Cache::Found> find(std::string_view secret);
  Result<Principal> admit(const Call& call, const StoredApiToken& token);

  Context& host_;
  const ApiTokenRepository& tokens_;
  Uses& uses_;
  Cache by_digest_;
  Cache by_id_;
};

}  // namespace gatehouse::tokens
