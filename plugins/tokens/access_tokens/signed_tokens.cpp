// SPDX-License-Identifier: Apache-2.0
#include "signed_tokens.hpp"

#include <algorithm>
#include <utility>

#include <gatehouse/body.hpp>
#include <gatehouse/digest.hpp>
#include <gatehouse/random.hpp>

namespace gatehouse::tokens {
namespace {

constexpr std::string_view kVerifiedTopic = "tokens.access_token";
constexpr std::size_t kVerified = 20'000;
// 32 grant scopes of 64 characters, and a long issuer.
constexpr std::size_t kLongestToken = 6'144;
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

SignedTokens::SignedTokens(Context& host, SigningKeys& keys)
    : host_(host),
      keys_(keys),
      issuer_(host.public_url().empty() ? kLocalIssuer : host.public_url()),
      verified_(host.bus(), host.metrics(), kVerifiedTopic, kVerified) {}

std::string SignedTokens::sign(
    const SigningKey& key, std::string_view mount, Time now, Time end, AccessClaims& claims) const {
  claims.iss = issuer_;
  claims.aud = issuer_ + std::string(mount);
  claims.client_id = kClient;
  claims.iat = seconds_of(now);
  claims.exp = seconds_of(end);
  claims.jti = host_.random().base62(kTokenIdLength);
  std::string text = key.header + "." + base64url_encode(encode_json(claims));
  const std::string signature = key.key.sign(text);
  return text.append(".").append(base64url_encode(signature));
}

std::optional<AccessClaims> SignedTokens::verify(const KeySet& keys, std::string_view token) const {
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

bool SignedTokens::hold(const AccessClaims& claims, const Call& call, Time now) const {
  const std::int64_t second = seconds_of(now);
  return claims.iss == issuer_ && is_audience(claims.aud, issuer_, call.mount()) &&
         claims.client_id == kClient && claims.iat >= 0 && second < claims.exp &&
         claims.iat <= second + kClocksDiffer &&
         claims.nbf.value_or(claims.iat) <= second + kClocksDiffer && claims.iat <= claims.exp &&
         claims.exp - claims.iat <= kLongestAccess.count();
}

Result<std::shared_ptr<const AccessClaims>> SignedTokens::read(const Call& call,
                                                               std::string_view token) {
  using Found = std::shared_ptr<const AccessClaims>;
  if (token.size() > kLongestToken) return unauthenticated();
  GATEHOUSE_TRY(const auto keys, keys_.all());
  const auto parts = split(token);
  // Looked at each time: a key may have been taken out of use.
  if (!parts || keys->find_by_header(parts->header) == nullptr) return unauthenticated();
  GATEHOUSE_TRY(Found claims, verified_.get(sha256_hex(token), [&]() -> Result<Found> {
    auto read = verify(*keys, token);
    if (!read) return unauthenticated();
    return std::make_shared<const AccessClaims>(*std::move(read));
  }));
  if (!hold(*claims, call, host_.clock().now())) return unauthenticated();
  return claims;
}

}  // namespace gatehouse::tokens
