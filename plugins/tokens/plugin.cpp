// The tokens plugin: builds sessions, access tokens and API tokens, and joins them to the host.
// SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <gatehouse/plugin.hpp>

#include "api_tokens/api_tokens.hpp"
#include "bearer.hpp"
#include "migrations.hpp"

namespace gatehouse::tokens {

// What exists from wire() on.
struct TokensPlugin::Parts {
  Parts(Context& host, const ApiTokenSettings& api_token_settings)
      : api_tokens(host, api_token_settings), bearer({&api_tokens.credential()}) {}

  ApiTokensPart api_tokens;
  BearerAuthenticator bearer;
};

TokensPlugin::TokensPlugin() = default;
TokensPlugin::~TokensPlugin() = default;

void TokensPlugin::configure(Config& config) {
  api_token_settings_ = read_api_token_settings(config);
}

Migrations TokensPlugin::migrations() const {
  return embedded_migrations();
}

void TokensPlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host, api_token_settings_);
  parts_->api_tokens.join(host);
  host.authenticators().add(parts_->bearer);
}

}  // namespace gatehouse::tokens

GATEHOUSE_PLUGIN(gatehouse::tokens::TokensPlugin, "tokens", "1.0.0", "users >= 1.0")
