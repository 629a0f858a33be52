// SPDX-License-Identifier: Apache-2.0
#include "mount_sessions.hpp"

#include <utility>

namespace gatehouse::tokens {
namespace {

TokenPair as_pair(OpenedSession opened) {
  return {std::move(opened.access.text),
          opened.access.expires_in,
          std::move(opened.refresh_token),
          opened.user.number};
}

RecognisedToken as_recognised(Principal who, const AccessClaims& claims) {
  return {std::move(who), Time(std::chrono::seconds(claims.exp))};
}

}  // namespace

Result<TokenPair> MountSessions::sign_in(const Call& call,
                                         std::string_view name,
                                         std::string_view password) {
  GATEHOUSE_TRY(auto opened, sessions_.sign_in(call, name, password));
  return as_pair(std::move(opened));
}

Result<TokenPair> MountSessions::refresh(const Call& call, std::string_view refresh_token) {
  GATEHOUSE_TRY(auto opened, sessions_.refresh(call, refresh_token));
  return as_pair(std::move(opened));
}

Result<TokenPair> MountSessions::renew(const Call& call, const Principal& who, Time latest) {
  if (who.actor != 0) return denied();
  GATEHOUSE_TRY(const SigningKey key, signer(host_.clock().now()));
  GATEHOUSE_TRY(AccessToken token, host_.storage().read([&](Session& db) {
    return issue(db, call, who, key, latest);
  }));
  return TokenPair{std::move(token.text), token.expires_in, "", who.user};
}

// Nearly always there is one; a transaction is for when all were dropped.
Result<SigningKey> MountSessions::signer(Time now) {
  GATEHOUSE_TRY(const auto keys, signing_keys_.all());
  if (const SigningKey* key = keys->signer(now)) return *key;
  return host_.storage().write([&](Session& db) { return signing_keys_.signer(db, *keys, now); });
}

Result<AccessToken> MountSessions::issue(
    Session& db, const Call& call, const Principal& who, const SigningKey& key, Time latest) {
  GATEHOUSE_TRY(const Stood stood, standing_.require(db, who));
  if (stood.token) return bound_.issue(db, key, call.mount(), stood, latest);
  if (!stood.session) return denied();
  if (stood.session->mount != call.mount()) return unauthenticated();
  return access_.issue(key, *stood.session, *stood.user, host_.clock().now(), latest);
}

bool MountSessions::has_form(std::string_view token) const {
  return json_web_tokens_.has_form(token);
}

Result<RecognisedToken> MountSessions::recognise(const Call& call, std::string_view token) {
  GATEHOUSE_TRY(const auto claims, signed_.read(call, token));
  GATEHOUSE_TRY(Principal who, json_web_tokens_.admit(call, *claims));
  return as_recognised(std::move(who), *claims);
}

Result<RecognisedToken> MountSessions::recognise_actor(const Call& call, std::string_view token) {
  GATEHOUSE_TRY(const auto claims, signed_.read(call, token));
  if (!is_delegated(*claims)) return recognise(call, token);
  GATEHOUSE_TRY(Principal who, delegated_.admit_actor(call, *claims));
  return as_recognised(std::move(who), *claims);
}

}  // namespace gatehouse::tokens
