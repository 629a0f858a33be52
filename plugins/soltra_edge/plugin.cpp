// The dialect of Soltra Edge: its routes, over the services of the identity plugins.
// SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <gatehouse/services.hpp>
#include <gatehouse/services/password_sign_in.hpp>

#include "errors.hpp"
#include "history/history_routes.hpp"
#include "links.hpp"
#include "migrations.hpp"
#include "sign_in/token_authenticator.hpp"
#include "tokens/token_routes.hpp"
#include "tokens/token_service.hpp"
#include "users/user_routes.hpp"
#include "users/user_service.hpp"

namespace gatehouse::soltra_edge {

// What exists from wire() on.
struct SoltraEdgePlugin::Parts {
  Parts(Context& host, const std::string& mount, bool publish_token_hash)
      : links(host, mount),
        users(host),
        tokens(host, users, hashes, mount, publish_token_hash),
        history(host, users),
        token(host.services().require<ApiTokens>()) {}

  Links links;
  UserService users;
  TokenHashRepository hashes;
  TokenService tokens;
  HistoryService history;
  TokenAuthenticator token;
};

SoltraEdgePlugin::SoltraEdgePlugin() = default;
SoltraEdgePlugin::~SoltraEdgePlugin() = default;

void SoltraEdgePlugin::configure(Config& config) {
  mount_ = config.mount("/api", "/api");
  publish_token_hash_ = config.flag("publish_token_hash", true);
}

Migrations SoltraEdgePlugin::migrations() const {
  return embedded_migrations();
}

void SoltraEdgePlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host, mount_, publish_token_hash_);
  host.routes().about("What clients of Soltra Edge call.");
  host.routes().mount(mount_, &render_error);
  host.authenticators().add(host.services().require<PasswordSignIn>().basic(), mount_);
  host.authenticators().add(parts_->token, mount_);
  Routes& api = host.routes().below(mount_);
  add_user_routes(api, parts_->users, parts_->links);
  add_token_routes(api, parts_->tokens, parts_->links);
  add_history_routes(api, parts_->history, parts_->links);
  parts_->tokens.listen();
}

}  // namespace gatehouse::soltra_edge

GATEHOUSE_PLUGIN(gatehouse::soltra_edge::SoltraEdgePlugin,
                 "soltra_edge",
                 "1.0.0",
                 "users >= 1.0, tokens >= 1.0")
