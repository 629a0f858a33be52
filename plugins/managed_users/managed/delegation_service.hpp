// Tokens with which somebody acts for a user they manage, or who shares with them: whom they are
// for is found here, what they are is the tokens plugin's (DelegatedTokens).
//
// Ownership: plugin.cpp's; lives until the process ends.
// Threads:   any.
// Blocking:  the database.
// Errors:    Conflict no_tokens without the plugin tokens; and those of DelegatedTokens.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/services/delegated_tokens.hpp>
#include <gatehouse/services/user_directory.hpp>

#include "managed_user_service.hpp"

namespace gatehouse::managed_users {

// A token, and whom it lets the caller act for.
struct Delegation {
  DelegatedToken token;
  UserRecord user;
};

class DelegationService {
 public:
  using Scopes = std::optional<std::vector<std::string>>;

  DelegationService(Context& host, const ManagedUserService& managed)
      : host_(host), managed_(managed) {}

  // For whom the caller manages; NotFound for all others, also where they share.
  Result<Delegation> act_for_managed(const Call& call,
                                     const IdOrNumber& user,
                                     const Scopes& scopes);
  // For whom the caller manages, or who shares with the caller.
  Result<Delegation> act_for(const Call& call, const IdOrNumber& user, const Scopes& scopes);

 private:
  Result<Delegation> mint(const Call& call, UserRecord user, const Scopes& scopes);

  Context& host_;
  const ManagedUserService& managed_;
};

}  // namespace gatehouse::managed_users
