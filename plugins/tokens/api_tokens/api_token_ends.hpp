// How API tokens end by what happens to their owner, to the deployment, or by age. Such a token is
// deleted: nothing brings it back, not even its owner (security.md 12).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>

#include "api_token_check.hpp"
#include "api_token_repository.hpp"
#include "api_token_service.hpp"

namespace gatehouse::tokens {

// Tells caches and other plugins; in the transaction that deleted them.
Result<None> tell_ended(Context& host,
                        ApiTokenCheck& check,
                        Session& db,
                        const std::vector<EndedApiToken>& ended);

// Threads: any. Blocking: the database.
class ApiTokenEnds {
 public:
  // How long an expired token is still shown, for who wonders why a program is refused.
  static constexpr std::chrono::hours kKeptExpired{90 * 24};

  ApiTokenEnds(Context& host,
               const ApiTokenRepository& tokens,
               ApiTokenCheck& check,
               const ApiTokenSettings& settings)
      : host_(host), tokens_(tokens), check_(check), settings_(settings) {}

  // In Plugin::wire().
  void listen();
  void drop_expired();

 private:
  // An event about one user.
  template <class E>
  Result<None> end_of(Session& db, const E& event, const std::vector<EndedApiToken>& ended);
  Result<None> end_all(Session& db);

  Context& host_;
  const ApiTokenRepository& tokens_;
  ApiTokenCheck& check_;
  const ApiTokenSettings settings_;
};

}  // namespace gatehouse::tokens
