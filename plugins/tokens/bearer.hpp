// Bearer credentials (RFC 6750), whatever they are: access tokens of sessions, API tokens. Only in
// the header Authorization, never in a query or a body. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>
#include <vector>

#include <gatehouse/authenticator.hpp>

namespace gatehouse::tokens {

// One kind of token. Threads: any. Blocking: the database.
class BearerCredential {
 public:
  virtual ~BearerCredential() = default;
  // By its form alone.
  virtual bool has_form(std::string_view token) const = 0;
  // Errors: Unauthenticated, whatever is wrong with it; Unavailable.
  virtual Result<Principal> check(const Call& call, std::string_view token) = 0;
};

class BearerAuthenticator final : public Authenticator {
 public:
  // Asked in this order; the first whose form it has decides.
  explicit BearerAuthenticator(std::vector<BearerCredential*> kinds) : kinds_(std::move(kinds)) {}

  std::string_view challenge(Refusal refusal) const override;
  std::string_view description() const override;
  Result<Authentication> authenticate(const Call& call) override;

 private:
  const std::vector<BearerCredential*> kinds_;
};

}  // namespace gatehouse::tokens
