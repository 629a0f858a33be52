// SPDX-License-Identifier: Apache-2.0
#include "access_tokens.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <gatehouse/body.hpp>
#include <gatehouse/digest.hpp>
#include <gatehouse/random.hpp>

namespace gatehouse::tokens {
namespace {

constexpr std::string_view kVerifiedTopic = "tokens.access_token";
constexpr std::size_t kVerified = 20'000;
constexpr std::size_t kLongestToken = 2'048;
constexpr std::size_t kTokenIdLength = 22;  // 131 bits
constexpr std::string_view kClient = "gatehouse";
// Without `http.public_url`: the same on all instances, wherever each listens.
constexpr std::string_view kLocalIssuer = "http://localhost";
// Instances' clocks may differ by so much: a token of one is not from the future for another.
constexpr std::int64_t kClocksDiffer = 5;

std::int64_t seconds_of(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

bool is_audience(std::string_view aud, std::string_view issuer, std::string_view mount) {
  return aud.size() == issuer.size() + mount.size() && aud.starts_with(issuer) &&
         aud.ends_with(mount);
}

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;
};

std::optional<Parts> split(std::string_view token) {
  if (token.size() > kLongestToken || std::count(token.begin(), token.end(), '.') != 2) {
    return std::nullopt;
  }
  const std::size_t first = token.find('.');
  const std::size_t second = token.rfind('.');
  return Parts{token.substr(0, first),
               token.substr(first + 1, second - first - 1),
               token.substr(second + 1),
               token.substr(0, second)};
}

}  // namespace

AccessTokens::AccessTokens(Context& host,
                           SigningKeys& keys,
                           LiveSessions& sessions,
                           std::chrono::seconds lifetime)
    : host_(host),
      keys_(keys),
      sessions_(sessions),
      lifetime_(lifetime),
      issuer_(host.public_url().empty() ? kLocalIssuer : host.public_url()),
      verified_(host.bus(), host.metrics(), kVerifiedTopic, kVerified) {}

AccessToken AccessTokens::issue(const SigningKey& key,
                                const StoredSession& session,
                                const LiveUser& user,
                                Time now) const {
  const Time end = std::min({now + lifetime_, session.expires_at, session.idle_until});
  AccessClaims claims;
  claims.iss = issuer_;
  claims.aud = issuer_ + session.mount;
  claims.sub = user.id;
  claims.client_id = kClient;
  claims.iat = seconds_of(now);
  claims.exp = seconds_of(end);
  claims.jti = host_.random().base62(kTokenIdLength);
  claims.sid = session.id;
  claims.epoch = session.user_epoch;
  claims.dep = session.deployment_epoch;
  std::string text = key.header + "." + base64url_encode(encode_json(claims));
  const std::string signature = key.key.sign(text);
  text.append(".").append(base64url_encode(signature));
  return {std::move(text), std::chrono::seconds(claims.exp - claims.iat)};
}

bool AccessTokens::has_form(std::string_view token) const {
  return token.find('.') != token.npos;
}

std::optional<AccessClaims> AccessTokens::verify(const KeySet& keys, std::string_view token) const {
  const auto parts = split(token);
  if (!parts) return std::nullopt;
  const SigningKey* key = keys.find_by_header(parts->header);
  if (key == nullptr) return std::nullopt;
  const auto signature = base64url_decode(parts->signature);
  if (!signature || !key->key.verify(parts->signed_text, *signature)) return std::nullopt;
  const auto payload = base64url_decode(parts->payload);
  if (!payload) return std::nullopt;
  // What a newer version adds is not ours to judge.
  auto claims = decode_json<AccessClaims>(*payload, Lenient::UnknownMembers);
  if (!claims) return std::nullopt;
  return *std::move(claims);
}

bool AccessTokens::hold(const AccessClaims& claims, const Call& call, Time now) const {
  const std::int64_t second = seconds_of(now);
  return claims.iss == issuer_ && is_audience(claims.aud, issuer_, call.mount()) &&
         claims.client_id == kClient && claims.iat >= 0 && second < claims.exp &&
         claims.iat <= second + kClocksDiffer &&
         claims.nbf.value_or(claims.iat) <= second + kClocksDiffer && claims.iat <= claims.exp &&
         claims.exp - claims.iat <= kLongestAccess.count();
}

Result<Principal> AccessTokens::check(const Call& call, std::string_view token) {
  using Found = std::shared_ptr<const AccessClaims>;
  if (token.size() > kLongestToken) return unauthenticated();
  GATEHOUSE_TRY(const auto keys, keys_.all());
  const auto parts = split(token);
  // Looked at each time: a key may have been taken out of use.
  if (!parts || keys->find_by_header(parts->header) == nullptr) return unauthenticated();
  GATEHOUSE_TRY(const Found claims, verified_.get(sha256_hex(token), [&]() -> Result<Found> {
    auto read = verify(*keys, token);
    if (!read) return unauthenticated();
    return std::make_shared<const AccessClaims>(*std::move(read));
  }));
  const Time now = host_.clock().now();
  if (!hold(*claims, call, now)) return unauthenticated();
  GATEHOUSE_TRY(const auto session, sessions_.find(claims->sid));
  if (!session || claims->epoch != session->user_epoch ||
      claims->dep != session->deployment_epoch) {
    return unauthenticated();
  }
  GATEHOUSE_TRY(Principal who, sessions_.admit(call, *session));
  if (who.user_id != claims->sub) return unauthenticated();
  return who;
}

}  // namespace gatehouse::tokens
