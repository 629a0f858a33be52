// SPDX-License-Identifier: Apache-2.0
#include "delegation_service.hpp"

#include <utility>

#include <gatehouse/services.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::managed_users {

Result<Delegation> DelegationService::mint(Session& db,
                                           const Call& call,
                                           UserRecord user,
                                           const Scopes& scopes) {
  auto* tokens = host_.services().find<DelegatedTokens>();
  if (tokens == nullptr) {
    return conflict("no_tokens",
                    "This server makes no tokens: its operator has not enabled the plugin tokens.");
  }
  GATEHOUSE_TRY(auto token, tokens->mint(db, call, user.number, scopes));
  return Delegation{std::move(token), std::move(user)};
}

Result<Delegation> DelegationService::act_for_managed(const Call& call,
                                                      const IdOrNumber& user,
                                                      const Scopes& scopes) {
  return host_.storage().write([&](Session& db) -> Result<Delegation> {
    GATEHOUSE_TRY(auto managed, managed_.find_managed(db, *call.principal(), user));
    return mint(db, call, std::move(managed), scopes);
  });
}

Result<Delegation> DelegationService::act_for(const Call& call,
                                              const IdOrNumber& user,
                                              const Scopes& scopes) {
  return host_.storage().write([&](Session& db) -> Result<Delegation> {
    GATEHOUSE_TRY(auto found, host_.services().require<UserDirectory>().find(db, user));
    if (!found) return not_found();
    return mint(db, call, *std::move(found), scopes);
  });
}

}  // namespace gatehouse::managed_users
