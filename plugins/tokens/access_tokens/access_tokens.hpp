// The access tokens of sessions: JSON Web Tokens by RFC 9068, signed with ES256, for one mount and
// at most five minutes. They say who and until when, never what may be done (security.md 12).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/live_cache.hpp>

#include "bearer.hpp"
#include "sessions/live_sessions.hpp"
#include "signing_keys.hpp"

namespace gatehouse::tokens {

struct AccessClaims {
  std::string iss;
  std::string aud;  // the mount
  std::string sub;  // the user's id
  std::string client_id;
  std::int64_t iat = 0;  // seconds since 1970
  std::int64_t exp = 0;
  std::optional<std::int64_t> nbf;  // not issued, but obeyed
  std::string jti;
  std::string sid;         // the session's id
  std::int64_t epoch = 0;  // the user's; what was given under another one is void
  std::int64_t dep = 0;    // the deployment's, likewise
};
BOOST_DESCRIBE_STRUCT(AccessClaims,
                      (),
                      (iss, aud, sub, client_id, iat, exp, nbf, jti, sid, epoch, dep))
constexpr auto rules(Of<AccessClaims>) {
  return std::tuple{field(&AccessClaims::nbf, {.omit_null = true})};
}

struct AccessToken {
  std::string text;
  std::chrono::seconds expires_in{0};
};

// Threads: any. Blocking: the database where memory is too old.
class AccessTokens final : public BearerCredential {
 public:
  AccessTokens(Context& host,
               SigningKeys& keys,
               LiveSessions& sessions,
               std::chrono::seconds lifetime);

  // Whole seconds; no longer than the session.
  AccessToken issue(const SigningKey& key,
                    const StoredSession& session,
                    const LiveUser& user,
                    Time now) const;

  bool has_form(std::string_view token) const override;
  Result<Principal> check(const Call& call, std::string_view token) override;

 private:
  // Header, payload and signature, each strictly base64url; the claims when a key of ours says so.
  std::optional<AccessClaims> verify(const KeySet& keys, std::string_view token) const;
  bool hold(const AccessClaims& claims, const Call& call, Time now) const;

  Context& host_;
  SigningKeys& keys_;
  LiveSessions& sessions_;
  const std::chrono::seconds lifetime_;
  const std::string issuer_;
  // Of tokens whose signature was right, by digest. Nobody publishes on its topic: a token never
  // changes; whether it still counts is looked at each time.
  LiveCache<std::string, AccessClaims> verified_;
};

}  // namespace gatehouse::tokens
