// Handing a managed user over to somebody (security.md 7): they are invited by mail, and nothing
// changes until they accept with a password. Then the user is the same, with their id and all that
// is theirs, but has the names that the invitation gave them, that password, and no manager.
//
// Threads:  any.
// Blocking: the database, in the caller's transaction.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>

#include <gatehouse/context.hpp>
#include <gatehouse/services/user_editor.hpp>

#include "code_repository.hpp"
#include "directory/user_repository.hpp"
#include "handover_repository.hpp"

namespace gatehouse::users {

class Handovers {
 public:
  Handovers(Context& host,
            const UserRepository& users,
            const CodeRepository& codes,
            const HandoverRepository& pending)
      : host_(host), users_(users), codes_(codes), pending_(pending) {}

  // Invites somebody to become the managed user, who is locked; a former invitation is void.
  // Errors: InvalidArgument /username, /email; Conflict username_taken, email_taken, no_sign_in.
  Result<None> begin(Session& db, const StoredUser& user, const Handover& to);

  // The user as the invitation that waits would make them; nothing: none does, or they could not
  // sign in all the same.
  Result<std::optional<StoredUser>> find_heir(Session& db, const StoredUser& user);
  // After the row has become the heir's and has its password: ends all that was the manager's, and
  // tells them. `before` had one.
  Result<None> complete(Session& db, const StoredUser& before);

  // Voids the invitation of somebody who may act no more.
  Result<None> drop(Session& db, std::int64_t user);
  // The invitation that waits, if any, goes out anew: of somebody whose mailed codes end.
  Result<None> renew(Session& db, std::int64_t user);
  // In the transaction that readies a restored database, or revokes everything.
  Result<None> drop_all(Session& db);
  // Of a job.
  Result<None> drop_expired(Session& db);

 private:
  Context& host_;
  const UserRepository& users_;
  const CodeRepository& codes_;
  const HandoverRepository& pending_;
};

}  // namespace gatehouse::users
