// SPDX-License-Identifier: Apache-2.0
#include <gatehouse/services.hpp>
#include <gatehouse/services/account_directory.hpp>
#include <gatehouse/services/user_directory.hpp>

namespace gatehouse {

Result<UserObject> object_of(Session& db, const Services& services, const UserRecord& user) {
  UserObject object{user.number, user.account, 0, user.manager, user.roles};
  const auto* accounts = services.find<AccountDirectory>();
  if (accounts != nullptr && user.account != 0) {
    GATEHOUSE_TRY(const auto account, accounts->find_by_number(db, user.account));
    if (account) object.account_consultancy = account->consultancy;
  }
  return object;
}

}  // namespace gatehouse
