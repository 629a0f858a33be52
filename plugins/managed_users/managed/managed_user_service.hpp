// The rules of managed users: to their manager they are there, to all others they are not. What
// they may look like, and who they are in the end, is the users plugin's (UserEditor).
//
// Ownership: plugin.cpp's; lives until the process ends.
// Threads:   any.
// Blocking:  the database.
// Errors:    NotFound for whoever is not managed by the caller, admins and the user included;
//            Conflict too_many_managed_users; and those of UserEditor.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/body/values.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/services/managed_users.hpp>

namespace gatehouse::managed_users {

// What a list shows, the newest first.
struct ManagedUserFilter {
  static constexpr std::size_t kMaxWords = 8;  // of a text: UserDirectory takes no more

  std::string text;                   // as UserListing::text, in the names
  std::optional<UserPosition> after;  // the row that the page before ended with
  std::int64_t limit = 50;
};

class ManagedUserService final : public ManagedUsers {
 public:
  // `most`: how many one user may manage (`managed_users.managed_per_user`).
  ManagedUserService(Context& host, std::int64_t most) : host_(host), most_(most) {}

  // One row more than `filter.limit` means that there are more.
  Result<std::vector<UserRecord>> list(const Principal& who, const ManagedUserFilter& filter) const;
  UserPosition position_of(const UserRecord& user) const;
  Result<UserRecord> create(const Principal& who, const ManagedUserDraft& draft) override;
  Result<UserRecord> find(const Principal& who, const IdOrNumber& user) const override;
  Result<UserRecord> change(const Principal& who,
                            const IdOrNumber& user,
                            const ManagedUserChange& change,
                            const UserEditor::Check& is_as_seen) override;
  Result<None> erase(const Principal& who,
                     const IdOrNumber& user,
                     const UserEditor::Check& is_as_seen) override;
  Result<None> hand_over(const Principal& who,
                         const IdOrNumber& user,
                         const Handover& to,
                         const UserEditor::Check& is_as_seen);
  // NotFound where nobody is invited; withdraw_handover() too.
  Result<OpenHandover> find_handover(const Principal& who, const IdOrNumber& user) const;
  Result<None> withdraw_handover(const Principal& who, const IdOrNumber& user);

  // The user, where `who` manages them. Blocking: one statement of the caller's session.
  Result<UserRecord> find_managed(Session& db, const Principal& who, const IdOrNumber& user) const;

 private:
  UserEditor& editor() const;
  const UserDirectory& directory() const;

  Context& host_;
  const std::int64_t most_;
};

}  // namespace gatehouse::managed_users
