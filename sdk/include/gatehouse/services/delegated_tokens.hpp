// Tokens with which somebody acts for a user they manage, or who shares with them (RFC 8693,
// `act`). Provided by the tokens plugin. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/call.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

class Session;

// Frozen for SDK 1.
struct DelegatedToken {
  std::string text;  // a JSON Web Token; never stored
  std::chrono::seconds expires_in{0};
  std::vector<std::string> scopes;  // grant scopes, at least one
};

// Ownership: the tokens plugin's; valid until Plugin::stop(). Threads: any. Blocking: some indexed
// statements of the caller's session.
class DelegatedTokens {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.delegated_tokens/1";

  // In a write transaction: a token with which the caller of `call` acts for `user` (a number) on
  // routes of call.mount() that say Route::delegable(), with these grant scopes or, where there are
  // none, with all that hold. It lives no longer than an access token and the caller's credential;
  // it dies with that credential, with the password of either, and with the grant, which is looked
  // at with each use (security.md 3). It cannot be refreshed: the caller asks again.
  // Audited: `delegation.granted`, about the user.
  //
  // Errors: NotFound          the caller neither manages the user nor has a live grant, or it is
  //                           the caller;
  //         PermissionDenied  exceeds_grant: a scope that does not hold; or the caller acts for
  //                           somebody;
  //         InvalidArgument   /scopes: none, or /scopes/i: unknown or twice;
  //         Unauthenticated   the caller's credential has ended meanwhile.
  virtual Result<DelegatedToken> mint(Session& db,
                                      const Call& call,
                                      std::int64_t user,
                                      const std::optional<std::vector<std::string>>& scopes) = 0;

 protected:
  ~DelegatedTokens() = default;
};

}  // namespace gatehouse
