// SPDX-License-Identifier: Apache-2.0
#include "api_tokens.hpp"

#include <chrono>

#include <gatehouse/jobs.hpp>
#include <gatehouse/services.hpp>

#include "api_token_routes.hpp"

namespace gatehouse::tokens {

ApiTokenSettings read_api_token_settings(Config& config) {
  ApiTokenSettings settings;
  constexpr std::chrono::hours kTenYears{10 * 365 * 24};
  settings.max_lifetime =
      config.duration("max_lifetime", std::chrono::minutes(1), kTenYears, settings.max_lifetime);
  settings.tokens_per_user =
      config.integer("tokens_per_user", 1, kMostTokensPerUser, settings.tokens_per_user);
  settings.password_change_ends_tokens = config.flag("password_change_ends_tokens", false);
  return settings;
}

void ApiTokensPart::join(Context& host) {
  add_api_token_routes(host, service_);
  host.services().provide<ApiTokens>(service_);
  mails_.add_composers();
  ends_.listen();
  host.jobs().in_every_process(
      "api_token_uses", std::chrono::minutes(1), [this] { uses_.write(); });
  host.jobs().every("expired_api_tokens", std::chrono::hours(1), [this] { ends_.drop_expired(); });
}

}  // namespace gatehouse::tokens
