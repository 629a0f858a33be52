// Who calls: HTTP Basic with a username and password, or with the id and the secret of an API token
// where the plugin tokens is loaded (what WoTKit calls a key); and, where the operator allows it,
// an API token in the query. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/authenticator.hpp>
#include <gatehouse/context.hpp>

namespace gatehouse::wotkit {

// No username has the form of a token's id, so the name says which of the two it is.
class BasicSignIn final : public Authenticator {
 public:
  explicit BasicSignIn(Context& host) : host_(host) {}

  std::string_view challenge(Refusal refusal) const override;
  std::string_view description() const override;
  Result<Authentication> authenticate(const Call& call) override;

 private:
  Context& host_;
};

// `?access_token=`, the secret of an API token. Off unless `wotkit.token_in_query`: what is in a
// URL ends up in logs and histories (security.md 17).
class QuerySignIn final : public Authenticator {
 public:
  explicit QuerySignIn(Context& host) : host_(host) {}

  std::string_view challenge(Refusal) const override { return {}; }
  std::string_view description() const override;
  Result<Authentication> authenticate(const Call& call) override;

 private:
  Context& host_;
};

}  // namespace gatehouse::wotkit
