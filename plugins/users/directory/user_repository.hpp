// Users in the database. Every method takes the caller's session, so that what belongs together
// stands in one transaction.
//
// Threads:   any; no state.
// Blocking:  one or two statements each.
// Errors:    Conflict username_taken or email_taken where a folded name belongs to somebody else.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <gatehouse/bus.hpp>
#include <gatehouse/services/live_users.hpp>
#include <gatehouse/storage.hpp>

#include "user.hpp"

namespace gatehouse::users {

// Whether several users may have one e-mail address (`users.unique_email`). A username is never
// another user's address.
enum class Emails : std::uint8_t { Unique, Repeatable };

// On the bus: the number of a user of whom LiveUser may show something else from now on, or
// kAllUsers.
constexpr std::string_view kUserTopic = "users.user";
constexpr std::string_view kAllUsers = "all";

// What changes a user tells the bus of it, in the same transaction.
class UserRepository {
 public:
  // `bus` outlives it.
  UserRepository(Emails emails, Bus& bus) : emails_(emails), bus_(bus) {}
  Emails emails() const { return emails_; }
  // Makes the claimed names those that the setting asks for, after it was changed. Conflict
  // email_taken when addresses repeat that must not.
  Result<None> align_names(Session& db) const;

  Result<std::optional<StoredUser>> find(Session& db, const UserReference& reference) const;
  // By username, or where they are unique by e-mail address, whichever it is.
  Result<std::optional<StoredUser>> find_by_name(Session& db, std::string_view name) const;
  // Nobody when several have it.
  Result<std::optional<StoredUser>> find_by_email(Session& db, std::string_view email) const;
  // Those of up to 1,000 numbers that there are, in no order.
  Result<std::vector<StoredUser>> find_all(Session& db,
                                           const std::vector<std::int64_t>& numbers) const;
  // The same as find(), and nobody else changes the user before the transaction ends.
  Result<std::optional<StoredUser>> find_to_change(Session& db,
                                                   const UserReference& reference) const;
  Result<std::optional<LiveUser>> find_live(Session& db, std::int64_t number) const;
  Result<std::vector<StoredUser>> list(Session& db, const UserFilter& filter) const;
  // What list() runs; tests read its query plan.
  static const Sql& list_statement(const UserFilter& filter);
  // How many list() would show without position, offset and limit.
  Result<std::int64_t> count(Session& db, const UserFilter& filter) const;
  Result<std::vector<AccountUsers>> count_in_accounts(
      Session& db, const std::vector<std::int64_t>& accounts) const;

  // Stores the user under `user.number`, or under a new one where that is 0, and returns it.
  Result<std::int64_t> insert(Session& db, const StoredUser& user) const;
  Result<None> update(Session& db, const StoredUser& user) const;
  // With names and credential.
  Result<None> erase(Session& db, std::int64_t number) const;
  // Whether somebody with that id or number was erased.
  Result<bool> was_deleted(Session& db, std::string_view id, std::int64_t number) const;

  // Who belongs to no account belongs to this one from now on.
  Result<None> give_account(Session& db, std::int64_t account) const;
  // Conflict username_taken or email_taken where somebody else has a name of that user's, who is
  // not stored.
  Result<None> check_free(Session& db, const StoredUser& user) const;
  // The numbers of those whom the user manages and who do not belong to the account.
  Result<std::vector<std::int64_t>> list_managed_elsewhere(Session& db,
                                                           std::int64_t number,
                                                           std::int64_t account) const;
  Result<std::int64_t> count_managed_elsewhere(Session& db,
                                               std::int64_t number,
                                               std::int64_t account) const;
  Result<std::int64_t> count_managed_by(Session& db, std::int64_t number) const;
  // The numbers of the admins whom a mail can reach.
  Result<std::vector<std::int64_t>> list_admins_with_mail(Session& db) const;

  // Whether an admin but `number` can sign in, today and whatever the day; it stays so until the
  // transaction ends.
  Result<bool> has_other_lasting_admin(Session& db, std::int64_t number) const;

  // Marks the first run as over; false when it was already. At most one caller ever gets true.
  Result<bool> claim_first_run(Session& db, Time now) const;
  Result<bool> is_first_run_over(Session& db) const;
  Result<None> set_first_admin(Session& db, std::int64_t number) const;
  // Whether the first admin is there and still has the first password.
  Result<bool> has_first_password(Session& db) const;

 private:
  Result<None> claim_names(Session& db, const StoredUser& user) const;
  Result<None> check_names(Session& db, const StoredUser& user) const;
  Result<None> tell(Session& db, std::int64_t number) const;

  Emails emails_;
  Bus& bus_;
};

}  // namespace gatehouse::users
