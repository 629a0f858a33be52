// SPDX-License-Identifier: Apache-2.0
#include "delegation_wire.hpp"

namespace gatehouse::managed_users {

DelegatedAccess to_wire(const Delegation& delegation) {
  DelegatedAccess body;
  body.access_token = delegation.token.text;
  body.expires_in = delegation.token.expires_in.count();
  body.scopes = delegation.token.scopes;
  const UserRecord& user = delegation.user;
  body.user = {user.id, user.number, user.display_name};
  return body;
}

}  // namespace gatehouse::managed_users
