// What all JSON Web Tokens of ours have in common: how they are signed, and what must be right
// before anybody looks at what they say. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/call.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/live_cache.hpp>

#include "signing_keys.hpp"

namespace gatehouse::tokens {

// RFC 8693 4.1.
struct ActClaim {
  std::string sub;  // the id of who acts
};
BOOST_DESCRIBE_STRUCT(ActClaim, (), (sub))

// What a delegated token is judged by.
struct DelegationClaim {
  std::int64_t user = 0;  // numbers
  std::int64_t actor = 0;
  std::int64_t actor_epoch = 0;
  // The credential it was asked for with, and ends with: "session", "token", or "" where there is
  // none to look up (Basic).
  std::string method;
  std::string credential;  // its id
  std::string stamp;       // of the API token's secret, which may be replaced
  // What the credential held its user to, where it cannot be looked up; nothing: no more than that.
  std::optional<std::string> permissions;
};
BOOST_DESCRIBE_STRUCT(DelegationClaim,
                      (),
                      (user, actor, actor_epoch, method, credential, stamp, permissions))
constexpr auto rules(Of<DelegationClaim>) {
  return std::tuple{field(&DelegationClaim::permissions, {.omit_null = true})};
}

// Which API token an access token was made of, by its id and the stamp of its secret.
struct ApiTokenClaim {
  std::int64_t user = 0;  // number
  std::string id;
  std::string stamp;
};
BOOST_DESCRIBE_STRUCT(ApiTokenClaim, (), (user, id, stamp))

struct AccessClaims {
  std::string iss;
  std::string aud;  // the mount
  std::string sub;  // the user's id
  std::string client_id;
  std::int64_t iat = 0;  // seconds since 1970
  std::int64_t exp = 0;
  std::optional<std::int64_t> nbf;  // not issued, but obeyed
  std::string jti;
  std::int64_t epoch = 0;  // the user's; what was given under another one is void
  std::int64_t dep = 0;    // the deployment's, likewise
  // A session's token has this:
  std::optional<std::string> sid;  // the session's id
  // And a delegated one these:
  std::optional<ActClaim> act;
  std::optional<std::string> scope;  // grant scopes
  std::optional<DelegationClaim> delegation;
  // And one of an API token this:
  std::optional<ApiTokenClaim> api_token;
};
BOOST_DESCRIBE_STRUCT(AccessClaims,
                      (),
                      (iss,
                       aud,
                       sub,
                       client_id,
                       iat,
                       exp,
                       nbf,
                       jti,
                       epoch,
                       dep,
                       sid,
                       act,
                       scope,
                       delegation,
                       api_token))
constexpr auto rules(Of<AccessClaims>) {
  return std::tuple{field(&AccessClaims::nbf, {.omit_null = true}),
                    field(&AccessClaims::sid, {.omit_null = true}),
                    field(&AccessClaims::act, {.omit_null = true}),
                    field(&AccessClaims::scope, {.omit_null = true}),
                    field(&AccessClaims::delegation, {.omit_null = true}),
                    field(&AccessClaims::api_token, {.omit_null = true})};
}

// One of these at most: one kind has none of the others' claims (RFC 8725 3.11, 3.12).
inline bool is_of_session(const AccessClaims& claims) {
  return claims.sid && !claims.act && !claims.scope && !claims.delegation && !claims.api_token;
}
inline bool is_delegated(const AccessClaims& claims) {
  return !claims.sid && claims.act && claims.scope && claims.delegation && !claims.api_token;
}
inline bool is_of_api_token(const AccessClaims& claims) {
  return !claims.sid && !claims.act && !claims.scope && !claims.delegation && claims.api_token;
}

// Threads: any. Blocking: the database where memory is too old.
class SignedTokens {
 public:
  SignedTokens(Context& host, SigningKeys& keys);

  // For that mount, from `now` until `end`, in whole seconds; the rest of the claims are the
  // caller's.
  std::string sign(const SigningKey& key,
                   std::string_view mount,
                   Time now,
                   Time end,
                   AccessClaims& claims) const;
  // The claims of a token that we signed, for this mount and this moment. Who they are about, and
  // whether that still holds, is left to judge. Errors: Unauthenticated; Unavailable.
  Result<std::shared_ptr<const AccessClaims>> read(const Call& call, std::string_view token);

 private:
  // Header, payload and signature, each strictly base64url; the claims when a key of ours says so.
  std::optional<AccessClaims> verify(const KeySet& keys, std::string_view token) const;
  bool hold(const AccessClaims& claims, const Call& call, Time now) const;

  Context& host_;
  SigningKeys& keys_;
  const std::string issuer_;
  // Of tokens whose signature was right, by digest. Nobody publishes on its topic: a token never
  // changes; whether it still counts is looked at each time.
  LiveCache<std::string, AccessClaims> verified_;
};

}  // namespace gatehouse::tokens
