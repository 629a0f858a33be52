// SPDX-License-Identifier: Apache-2.0
#include "delegation_service.hpp"

#include <utility>

#include <gatehouse/services.hpp>
#include <gatehouse/services/shared_access.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::managed_users {

// Strangers are refused from memory: only whom the user lets have something may queue for a write
// transaction, in which the tokens plugin judges again.
Result<Delegation> DelegationService::mint(const Call& call,
                                           UserRecord user,
                                           const Scopes& scopes) {
  auto& access = host_.services().require<SharedAccess>();
  GATEHOUSE_TRY(const auto held, access.scopes(call.principal()->user, user.number));
  if (held.empty()) return not_found();
  auto* tokens = host_.services().find<DelegatedTokens>();
  if (tokens == nullptr) {
    return conflict("no_tokens",
                    "This server makes no tokens: its operator has not enabled the plugin tokens.");
  }
  GATEHOUSE_TRY(auto token, host_.storage().write([&](Session& db) {
    return tokens->mint(db, call, user.number, scopes);
  }));
  return Delegation{std::move(token), std::move(user)};
}

Result<Delegation> DelegationService::act_for_managed(const Call& call,
                                                      const IdOrNumber& user,
                                                      const Scopes& scopes) {
  GATEHOUSE_TRY(auto managed, managed_.find(*call.principal(), user));
  return mint(call, std::move(managed), scopes);
}

Result<Delegation> DelegationService::act_for(const Call& call,
                                              const IdOrNumber& user,
                                              const Scopes& scopes) {
  const auto& users = host_.services().require<UserDirectory>();
  GATEHOUSE_TRY(auto found,
                host_.storage().read([&](Session& db) { return users.find(db, user); }));
  if (!found) return not_found();
  return mint(call, *std::move(found), scopes);
}

}  // namespace gatehouse::managed_users
