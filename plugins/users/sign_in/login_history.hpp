// The history of a user's sign-ins, and failed ones, as contracts/v1.md has it, and the service
// gatehouse.login_history over it.
//
// Threads:  any.
// Blocking: the database.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/call.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/services/login_history.hpp>

#include "directory/accounts.hpp"
#include "directory/user_repository.hpp"
#include "login_repository.hpp"

namespace gatehouse::users {

// An attempt as `user`, 0: nobody, that has come with `call`, now.
Login login_of(const Call& call, std::int64_t user, std::string_view method, Time now);

class StoredLoginHistory final : public LoginHistory {
 public:
  StoredLoginHistory(Context& host,
                     const Accounts& accounts,
                     const UserRepository& users,
                     const LoginRepository& logins,
                     std::chrono::seconds keep)
      : host_(host), accounts_(accounts), users_(users), logins_(logins), keep_(keep) {}

  Result<std::vector<LoginRecord>> list(Session& db,
                                        const Principal& who,
                                        const UserReference& reference,
                                        const LoginSlice& slice) const override;
  Result<std::int64_t> count(Session& db,
                             const Principal& who,
                             const UserReference& reference) const override;

  // The newest first; one row more than `limit` means that there are more. For whoever reads the
  // audit trail about the user, which says the same. Errors: NotFound, PermissionDenied.
  Result<std::vector<Login>> page(const Principal& who,
                                  const UserReference& reference,
                                  const std::optional<LoginPosition>& after,
                                  std::int64_t limit) const;

  // A job: drops what is older than `keep`.
  void drop_old() const;

 private:
  // The number of a user whose history `who` may read.
  Result<std::int64_t> find_readable(Session& db,
                                     const Principal& who,
                                     const UserReference& reference) const;
  Context& host_;
  const Accounts& accounts_;
  const UserRepository& users_;
  const LoginRepository& logins_;
  const std::chrono::seconds keep_;
};

}  // namespace gatehouse::users
