// SPDX-License-Identifier: Apache-2.0
#include "managed_user_service.hpp"

#include <utility>

#include <gatehouse/principal.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::managed_users {

UserEditor& ManagedUserService::editor() const {
  return host_.services().require<UserEditor>();
}

const UserDirectory& ManagedUserService::directory() const {
  return host_.services().require<UserDirectory>();
}

Result<UserRecord> ManagedUserService::find_managed(Session& db,
                                                    const Principal& who,
                                                    const IdOrNumber& user) const {
  GATEHOUSE_TRY(auto found, directory().find(db, user));
  // Whoever acts for a manager does not manage (security.md 3).
  if (!found || who.actor != 0 || found->manager == 0 || found->manager != who.user) {
    return not_found();
  }
  return *std::move(found);
}

Result<std::vector<UserRecord>> ManagedUserService::list(const Principal& who,
                                                         const ManagedUserFilter& filter) const {
  UserListing listing;
  listing.manager = who.user;
  listing.text = filter.text;
  listing.text_in = UserListing::kFirstName | UserListing::kLastName;
  listing.after = filter.after;
  listing.limit = filter.limit + 1;
  return host_.storage().read([&](Session& db) { return directory().list(db, who, listing); });
}

UserPosition ManagedUserService::position_of(const UserRecord& user) const {
  return directory().position_of(user, UserListing::Sort::Created);
}

Result<UserRecord> ManagedUserService::create(const Principal& who, const ManagedUserDraft& draft) {
  return host_.storage().write([&](Session& db) -> Result<UserRecord> {
    GATEHOUSE_TRY(const std::int64_t count, editor().count_managed(db, who));
    if (count >= most_) {
      return conflict(
          "too_many_managed_users",
          "You manage as many users as one may ({}): delete one first, or hand one over.",
          most_);
    }
    return editor().create_managed(db, who, draft);
  });
}

Result<UserRecord> ManagedUserService::find(const Principal& who, const IdOrNumber& user) const {
  return host_.storage().read([&](Session& db) { return find_managed(db, who, user); });
}

Result<UserRecord> ManagedUserService::change(const Principal& who,
                                              const IdOrNumber& user,
                                              const ManagedUserChange& change,
                                              const UserEditor::Check& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<UserRecord> {
    GATEHOUSE_TRY(const UserRecord managed, find_managed(db, who, user));
    return editor().change_managed(db, who, managed.number, change, is_as_seen);
  });
}

Result<None> ManagedUserService::erase(const Principal& who,
                                       const IdOrNumber& user,
                                       const UserEditor::Check& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const UserRecord managed, find_managed(db, who, user));
    return editor().erase_managed(db, who, managed.number, is_as_seen);
  });
}

Result<None> ManagedUserService::hand_over(const Principal& who,
                                           const IdOrNumber& user,
                                           const Handover& to,
                                           const UserEditor::Check& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const UserRecord managed, find_managed(db, who, user));
    return editor().hand_over(db, who, managed.number, to, is_as_seen);
  });
}

Result<OpenHandover> ManagedUserService::find_handover(const Principal& who,
                                                       const IdOrNumber& user) const {
  return host_.storage().read([&](Session& db) -> Result<OpenHandover> {
    GATEHOUSE_TRY(const UserRecord managed, find_managed(db, who, user));
    return editor().find_handover(db, who, managed.number);
  });
}

Result<None> ManagedUserService::withdraw_handover(const Principal& who, const IdOrNumber& user) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const UserRecord managed, find_managed(db, who, user));
    return editor().withdraw_handover(db, who, managed.number);
  });
}

}  // namespace gatehouse::managed_users
