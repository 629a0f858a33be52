// Handing a managed user over to somebody (security.md 7): they are invited by mail, and nothing
// changes until they accept with a password, while the manager still may hand them over. Then the
// user is the same, with their id and all that is theirs, but has the names that the invitation
// gave them, that password, and no manager.
//
// Threads:  any.
// Blocking: the database, in the caller's transaction.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>

#include <gatehouse/context.hpp>
#include <gatehouse/services/user_editor.hpp>

#include "code_repository.hpp"
#include "directory/accounts.hpp"
#include "directory/user_repository.hpp"
#include "handover_repository.hpp"
#include "sign_in/budget.hpp"

namespace gatehouse::users {

class Handovers {
 public:
  // `per_hour`: invitations of one manager; half of them may come at once. 0: any number.
  Handovers(Context& host,
            const Accounts& accounts,
            const UserRepository& users,
            const CodeRepository& codes,
            const HandoverRepository& pending,
            const ThrottleRepository& budgets,
            std::int64_t per_hour)
      : host_(host),
        accounts_(accounts),
        users_(users),
        codes_(codes),
        pending_(pending),
        budgets_(budgets),
        limit_{"handover", per_hour, std::chrono::hours(1)} {}

  // Invites somebody to become the managed user, who is locked; a former invitation is void.
  // Errors: InvalidArgument /username, /email; Conflict username_taken, email_taken, no_sign_in;
  // RateLimited too_many_handovers.
  Result<None> begin(Session& db, const StoredUser& user, const Handover& to);

  // The invitation that waits; nothing: none does.
  Result<std::optional<PendingHandover>> find(Session& db, std::int64_t user);
  // Takes it back. Whether there was one.
  Result<bool> withdraw(Session& db, const StoredUser& user);
  // The user as the invitation that waits would make them; nothing: none does, they could not sign
  // in all the same, or their manager may not hand them over any more.
  Result<std::optional<StoredUser>> find_heir(Session& db, const StoredUser& user);
  // After the row has become the heir's and has its password: ends all that was the manager's, and
  // tells them. `before` had one.
  Result<None> complete(Session& db, const StoredUser& before);

  // Voids the invitation of somebody who may act no more.
  Result<None> drop(Session& db, std::int64_t user);
  // Voids those of a manager who is shut out or gets another password: somebody else may have made
  // them.
  Result<None> drop_of_manager(Session& db, std::int64_t manager);
  // The invitation that waits, if any, goes out anew: of somebody whose mailed codes end.
  Result<None> renew(Session& db, std::int64_t user);
  // In the transaction that readies a restored database, or revokes everything.
  Result<None> drop_all(Session& db);
  // Of a job.
  Result<None> drop_expired(Session& db);

 private:
  Result<bool> still_may(Session& db, const StoredUser& user);
  Result<None> take_budget(Session& db, std::int64_t manager);

  Context& host_;
  const Accounts& accounts_;
  const UserRepository& users_;
  const CodeRepository& codes_;
  const HandoverRepository& pending_;
  const ThrottleRepository& budgets_;
  const BudgetLimit limit_;
};

}  // namespace gatehouse::users
