// The rules of delegated tokens: who gets which, and for how long (gatehouse/services/
// delegated_tokens.hpp). SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/delegated_tokens.hpp>
#include <gatehouse/services/live_users.hpp>

#include "access_tokens/signed_tokens.hpp"
#include "standing.hpp"

namespace gatehouse::tokens {

class DelegatedTokenService final : public DelegatedTokens {
 public:
  // `lifetime`: that of access tokens.
  DelegatedTokenService(Context& host,
                        SigningKeys& signing_keys,
                        const SignedTokens& tokens,
                        std::chrono::seconds lifetime)
      : host_(host),
        signing_keys_(signing_keys),
        signed_(tokens),
        standing_(host),
        lifetime_(lifetime) {}

  Result<DelegatedToken> mint(Session& db,
                              const Call& call,
                              std::int64_t user,
                              const std::optional<std::vector<std::string>>& scopes) override;

 private:
  // At least one.
  Result<std::vector<std::string>> find_held(
      Session& db,
      const Principal& who,
      std::int64_t user,
      const std::optional<std::vector<std::string>>& wanted) const;
  Result<DelegatedToken> sign(Session& db,
                              const Call& call,
                              const Stood& actor,
                              const LiveUser& user,
                              std::vector<std::string> scopes);
  void tell(Session& db, const LiveUser& user, const DelegatedToken& token) const;

  Context& host_;
  SigningKeys& signing_keys_;
  const SignedTokens& signed_;
  const Standing standing_;
  const std::chrono::seconds lifetime_;
};

}  // namespace gatehouse::tokens
