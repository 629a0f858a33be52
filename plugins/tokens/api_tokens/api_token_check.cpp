// SPDX-License-Identifier: Apache-2.0
#include "api_token_check.hpp"

#include <memory>

#include <gatehouse/digest.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/live_users.hpp>

#include "secret.hpp"

namespace gatehouse::tokens {
namespace {

constexpr std::string_view kTopic = "tokens.api_token";
constexpr std::string_view kIdTopic = "tokens.api_token_id";
constexpr std::size_t kRemembered = 10'000;

// security.md 3. What was made on /v1 opens the dialects that ask, too: some have no way of their
// own to make a token.
bool opens(const ApiTokenRecord& token, std::string_view mount) {
  return token.made_on == mount || token.made_on == "/v1";
}

}  // namespace

std::string stamp_of(const StoredApiToken& token) {
  constexpr std::size_t kLength = 22;
  return sha256_hex(token.digest).substr(0, kLength);
}

ApiTokenCheck::ApiTokenCheck(Context& host, const ApiTokenRepository& tokens, Uses& uses)
    : host_(host),
      tokens_(tokens),
      uses_(uses),
      by_digest_(host.bus(), host.metrics(), kTopic, kRemembered),
      by_id_(host.bus(), host.metrics(), kIdTopic, kRemembered) {}

bool ApiTokenCheck::has_form(std::string_view token) const {
  return token.starts_with(kApiTokenPrefix);
}

Result<None> ApiTokenCheck::forget(Session& db, std::string_view id, std::string_view digest) {
  GATEHOUSE_CHECK(host_.bus().publish(db, kTopic, digest));
  return host_.bus().publish(db, kIdTopic, id);
}

// Null: there is none.
Result<ApiTokenCheck::Cache::Found> ApiTokenCheck::find(std::string_view secret) {
  if (!is_secret(secret)) return Cache::Found();
  const std::string digest = sha256_hex(secret);
  GATEHOUSE_TRY(auto found, by_digest_.get(digest, [&]() -> Result<Cache::Found> {
    GATEHOUSE_TRY(auto token, host_.storage().read([&](Session& db) {
      return tokens_.find_by_digest(db, digest);
    }));
    if (!token) return Cache::Found();
    return std::make_shared<const StoredApiToken>(*std::move(token));
  }));
  if (found && !constant_time_equal(found->digest, digest)) return Cache::Found();
  return found;
}

Result<Principal> ApiTokenCheck::check_secret(const Call& call, std::string_view secret) {
  GATEHOUSE_TRY(const auto token, find(secret));
  if (!token) return unauthenticated();
  return admit(call, *token);
}

Result<Principal> ApiTokenCheck::check_pair(const Call& call,
                                            std::string_view id,
                                            std::string_view secret) {
  GATEHOUSE_TRY(const auto token, find(secret));
  if (!token || token->record.id != id) return unauthenticated();
  return admit(call, *token);
}

Result<Principal> ApiTokenCheck::check_id(const Call& call,
                                          std::int64_t user,
                                          const std::string& id,
                                          std::string_view stamp) {
  GATEHOUSE_TRY(const auto token, by_id_.get(id, [&]() -> Result<Cache::Found> {
    GATEHOUSE_TRY(auto stored,
                  host_.storage().read([&](Session& db) { return tokens_.find(db, user, id); }));
    if (!stored) return Cache::Found();
    return std::make_shared<const StoredApiToken>(*std::move(stored));
  }));
  if (!token || token->record.user != user || stamp_of(*token) != stamp) return unauthenticated();
  return admit(call, *token);
}

Result<Principal> ApiTokenCheck::admit(const Call& call, const StoredApiToken& token) {
  const ApiTokenRecord& record = token.record;
  const Time now = host_.clock().now();
  if (!record.active || record.expires_at <= now || !opens(record, call.mount())) {
    return unauthenticated();
  }
  auto& users = host_.services().require<LiveUsers>();
  GATEHOUSE_TRY(const auto owner, users.find(record.user));
  if (!owner || !owner->may_act(now)) return unauthenticated();
  Principal who = principal_of(*owner);
  who.method = "token";
  who.credential = record.id;
  who.scopes = record.scopes;
  who.expires_at = record.expires_at;
  users.note_seen(record.user);
  uses_.note(token.number, now, call.remote_address());
  return who;
}

}  // namespace gatehouse::tokens
