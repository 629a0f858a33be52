// The tokens plugin: builds sessions, access tokens and API tokens, and joins them to the host.
// SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <gatehouse/plugin.hpp>

#include "bearer.hpp"
#include "migrations.hpp"

namespace gatehouse::tokens {

// What exists from wire() on.
struct TokensPlugin::Parts {
  explicit Parts(Context&) : bearer({}) {}

  BearerAuthenticator bearer;
};

TokensPlugin::TokensPlugin() = default;
TokensPlugin::~TokensPlugin() = default;

Migrations TokensPlugin::migrations() const {
  return embedded_migrations();
}

void TokensPlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host);
  host.authenticators().add(parts_->bearer);
}

}  // namespace gatehouse::tokens

GATEHOUSE_PLUGIN(gatehouse::tokens::TokensPlugin, "tokens", "1.0.0", "users >= 1.0")
