// SPDX-License-Identifier: Apache-2.0
#include "oauth_wire.hpp"

#include <utility>

namespace gatehouse::sweatstack {

TokenResponse to_wire(GivenTokens given) {
  TokenResponse body;
  body.access_token = std::move(given.access_token);
  body.expires_in = given.expires_in.count();
  body.refresh_token = std::move(given.refresh_token);
  body.scope = std::move(given.scope);
  return body;
}

UserInfoResponse to_user_info(const UserRecord& user) {
  UserInfoResponse body;
  body.sub = user.id;
  body.name = user.display_name;
  body.given_name = user.first_name;
  body.family_name = user.last_name;
  body.email = user.email;
  body.registered_at = user.created_at;
  return body;
}

}  // namespace gatehouse::sweatstack
