// The tokens plugin: builds sessions, access tokens and API tokens, and joins them to the host.
// SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <stdexcept>

#include <gatehouse/plugin.hpp>
#include <gatehouse/services/refreshable_sessions.hpp>
#include <gatehouse/services/session_tokens.hpp>

#include "access_tokens/key_routes.hpp"
#include "api_tokens/api_tokens.hpp"
#include "bearer.hpp"
#include "delegated/delegated_check.hpp"
#include "delegated/delegated_token_service.hpp"
#include "json_web_tokens.hpp"
#include "migrations.hpp"
#include "mount_sessions.hpp"
#include "sessions/opaque_sessions.hpp"
#include "sessions/session_routes.hpp"

namespace gatehouse::tokens {

// What exists from wire() on.
struct TokensPlugin::Parts {
  Parts(Context& host, const Settings& settings)
      : signing_keys(host, settings.signing_key_life),
        live_sessions(host, session_rows),
        session_ends(host, session_rows, live_sessions, signing_keys),
        signed_tokens(host, signing_keys),
        access_tokens(signed_tokens, live_sessions, settings.access_lifetime),
        sessions(host,
                 session_rows,
                 live_sessions,
                 session_ends,
                 signing_keys,
                 access_tokens,
                 settings.sessions),
        opaque_sessions(
            host, session_rows, live_sessions, session_ends, settings.sessions.per_user),
        api_tokens(host, settings.api_tokens),
        bound_tokens(
            host, signed_tokens, live_sessions, api_tokens.credential(), settings.access_lifetime),
        delegated_check(host, live_sessions, api_tokens.credential()),
        delegated_tokens(host, signing_keys, signed_tokens, settings.access_lifetime),
        json_web_tokens(signed_tokens, access_tokens, bound_tokens, delegated_check),
        mount_sessions(host,
                       sessions,
                       signing_keys,
                       signed_tokens,
                       access_tokens,
                       bound_tokens,
                       delegated_check,
                       json_web_tokens),
        bearer({&json_web_tokens, &api_tokens.credential()}) {}

  SessionRepository session_rows;
  SigningKeys signing_keys;
  LiveSessions live_sessions;
  SessionEnds session_ends;
  SignedTokens signed_tokens;
  AccessTokens access_tokens;
  SessionService sessions;
  OpaqueSessions opaque_sessions;
  ApiTokensPart api_tokens;
  BoundTokens bound_tokens;
  DelegatedCheck delegated_check;
  DelegatedTokenService delegated_tokens;
  JsonWebTokens json_web_tokens;
  MountSessions mount_sessions;
  BearerAuthenticator bearer;
};

TokensPlugin::TokensPlugin() = default;
TokensPlugin::~TokensPlugin() = default;

void TokensPlugin::configure(Config& config) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  constexpr hours kDay{24};
  settings_.access_lifetime =
      config.duration("access_lifetime", minutes(1), kLongestAccess, settings_.access_lifetime);
  settings_.signing_key_life =
      config.duration("signing_key_life", hours(1), 400 * kDay, settings_.signing_key_life);
  SessionSettings& sessions = settings_.sessions;
  sessions.lifetime =
      config.duration("session_lifetime", minutes(5), 400 * kDay, sessions.lifetime);
  sessions.idle = config.duration("session_idle", minutes(5), 400 * kDay, sessions.idle);
  sessions.refresh_grace =
      config.duration("refresh_grace", seconds(0), minutes(5), sessions.refresh_grace);
  settings_.api_tokens = read_api_token_settings(config);
  sessions.per_user = config.integer("sessions_per_user", 1, 1'000, sessions.per_user);
}

Migrations TokensPlugin::migrations() const {
  return embedded_migrations();
}

void TokensPlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host, settings_);
  host.routes().about("Sessions, and the tokens that programs and people come with.");
  // For the sake of one's own.
  host.permissions().declare("tokens:read", "tokens:write", held_by_everybody);
  add_key_routes(host, parts_->signing_keys);
  add_session_routes(host, parts_->sessions);
  parts_->session_ends.listen();
  parts_->api_tokens.join(host);
  host.authenticators().add(parts_->bearer);
  host.services().provide<SessionTokens>(parts_->opaque_sessions);
  host.services().provide<RefreshableSessions>(parts_->mount_sessions);
  host.services().provide<DelegatedTokens>(parts_->delegated_tokens);
  host.jobs().in_every_process(
      "session_uses", std::chrono::minutes(1), [this] { parts_->opaque_sessions.write_uses(); });
  host.jobs().every("rotate", std::chrono::minutes(1), [this] { parts_->signing_keys.rotate(); });
}

void TokensPlugin::start(Context&) {
  const auto begun = parts_->signing_keys.begin();
  if (!begun) throw std::runtime_error(begun.error().message);
}

}  // namespace gatehouse::tokens

GATEHOUSE_PLUGIN(gatehouse::tokens::TokensPlugin, "tokens", "1.0.0", "users >= 1.0, ?accounts")
