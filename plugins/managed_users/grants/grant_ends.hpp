// How grants end, or begin to wait, by what happens to their people or by age.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/services/user_editor.hpp>

#include "grant_mails.hpp"
#include "grant_repository.hpp"

namespace gatehouse::managed_users {

// Threads: any. Blocking: the database.
class GrantEnds {
 public:
  GrantEnds(Context& host,
            const GrantScopes& scopes,
            const GrantRepository& grants,
            const GrantMails& mails)
      : host_(host), scopes_(scopes), grants_(grants), mails_(mails) {}

  // In Plugin::wire().
  void listen();
  void drop_expired();

 private:
  Result<None> end_all_of(Session& db, const UserDeleted& user) const;
  Result<None> tell_of_waiting(Session& db, const UserHandedOver& user) const;
  // Of each grant in the trail of its owner.
  Result<None> tell_trail(Session& db,
                          std::string_view action,
                          const std::vector<StoredGrant>& grants) const;
  void drop_expired_among(std::vector<StoredGrant>& grants) const;

  Context& host_;
  const GrantScopes& scopes_;
  const GrantRepository& grants_;
  const GrantMails& mails_;
};

}  // namespace gatehouse::managed_users
