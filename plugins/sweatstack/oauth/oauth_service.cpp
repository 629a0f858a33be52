// SPDX-License-Identifier: Apache-2.0
#include "oauth_service.hpp"

#include <utility>

#include <gatehouse/reference.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/delegated_tokens.hpp>
#include <gatehouse/services/refreshable_sessions.hpp>
#include <gatehouse/services/shared_access.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::sweatstack {
namespace {

Error no_such_user() {
  return {ErrorCode::NotFound,
          "user_not_accessible",
          "User does not exist or has not shared access with you",
          {},
          {}};
}

GivenTokens as_given(TokenPair pair, std::string scope) {
  return {std::move(pair.access_token),
          pair.expires_in,
          std::move(pair.refresh_token),
          std::move(scope)};
}

}  // namespace

std::string OAuthService::own_scope() const {
  return join_scopes(host_.services().require<SharedAccess>().all_scopes());
}

Result<GivenTokens> OAuthService::of_principal(const Call& call) {
  const Principal& who = *call.principal();
  auto& sessions = host_.services().require<RefreshableSessions>();
  GATEHOUSE_TRY(TokenPair pair, sessions.renew(call, who, who.expires_at.value_or(Time::max())));
  return as_given(std::move(pair), who.scopes ? join_scopes(*who.scopes) : own_scope());
}

// Strangers are refused from memory: only whom the user lets have something may queue for a write
// transaction, in which the tokens plugin judges again.
Result<GivenTokens> OAuthService::delegate(const Call& call, std::string_view id) {
  if (!is_object_id(id)) return no_such_user();
  const auto& users = host_.services().require<UserDirectory>();
  GATEHOUSE_TRY(const auto user,
                host_.storage().read([&](Session& db) { return users.find_by_id(db, id); }));
  if (!user) return no_such_user();
  auto& access = host_.services().require<SharedAccess>();
  GATEHOUSE_TRY(const auto held, access.scopes(call.user(), user->number));
  if (held.empty()) return no_such_user();
  auto& tokens = host_.services().require<DelegatedTokens>();
  GATEHOUSE_TRY(DelegatedToken token, host_.storage().write([&](Session& db) {
    return tokens.mint(db, call, user->number, std::nullopt);
  }));
  return GivenTokens{std::move(token.text), token.expires_in, "", join_scopes(token.scopes)};
}

Result<GivenTokens> OAuthService::with_refresh_token(const Call& call, std::string_view token) {
  auto& sessions = host_.services().require<RefreshableSessions>();
  GATEHOUSE_TRY(TokenPair pair, sessions.refresh(call, token));
  return as_given(std::move(pair), own_scope());
}

Result<GivenTokens> OAuthService::with_password(const Call& call,
                                                std::string_view name,
                                                std::string_view password) {
  if (!password_grant_) return malformed("unsupported_grant_type", "Unsupported grant type");
  auto& sessions = host_.services().require<RefreshableSessions>();
  GATEHOUSE_TRY(TokenPair pair, sessions.sign_in(call, name, password));
  return as_given(std::move(pair), own_scope());
}

Result<UserRecord> OAuthService::find_self(const Call& call) const {
  const auto& users = host_.services().require<UserDirectory>();
  GATEHOUSE_TRY(auto user, host_.storage().read([&](Session& db) {
    return users.find_by_number(db, call.user());
  }));
  if (!user) return unauthenticated();
  return *std::move(user);
}

}  // namespace gatehouse::sweatstack
