// SPDX-License-Identifier: Apache-2.0
#include "user_service.hpp"

#include <utility>

#include <gatehouse/policy.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/storage.hpp>

#include "access.hpp"

namespace gatehouse::soltra_edge {
namespace {

constexpr int kMostTries = 5;

template <class T>
Result<T> in_words(Result<T> result) {
  if (!result) return to_wire(std::move(result).error());
  return result;
}

}  // namespace

const UserDirectory& UserService::directory() const {
  return host_.services().require<UserDirectory>();
}

UserEditor& UserService::editor() const {
  return host_.services().require<UserEditor>();
}

Result<UserService::Page> UserService::list(const Principal& who,
                                            const UserListing& listing) const {
  if (!administers(who)) return denied();
  return host_.storage().read([&](Session& db) -> Result<Page> {
    Page page;
    GATEHOUSE_TRY(page.users, directory().list(db, who, listing));
    GATEHOUSE_TRY(page.total, directory().count(db, who, listing));
    return page;
  });
}

Result<UserRecord> UserService::find(Session& db,
                                     const Principal& who,
                                     const IdOrNumber& user) const {
  GATEHOUSE_CHECK(permit_reach(who, user));
  GATEHOUSE_TRY(auto found, directory().find(db, user));
  if (!found) return not_found();
  GATEHOUSE_TRY(const UserObject object, object_of(db, host_.services(), *found));
  GATEHOUSE_CHECK(permit(decide(who, UserAction::Read, object, host_.policy())));
  return *std::move(found);
}

Result<UserRecord> UserService::find(const Principal& who, const IdOrNumber& user) const {
  return host_.storage().read([&](Session& db) { return find(db, who, user); });
}

Result<UserRecord> UserService::create(const Principal& who, const UserDraft& draft) const {
  if (!administers(who)) return denied();
  return in_words(editor().create(who, draft));
}

// Roles are set as a whole, of which a client sends one or two: so they must be those that were
// read.
Result<UserRecord> UserService::change(const Principal& who,
                                       const IdOrNumber& user,
                                       const UserPatch& patch) const {
  for (int i = 0; i < kMostTries; ++i) {
    GATEHOUSE_TRY(const UserRecord current, find(who, user));
    const UserChange change = to_change(patch, current);
    bool has_changed = false;
    auto changed = editor().change(
        who, {"", current.number}, change, [&](const UserRecord& now) -> Result<None> {
          has_changed = now.roles != current.roles;
          if (has_changed) return conflict("changed_meanwhile", "Somebody else changed the roles.");
          return None{};
        });
    if (!has_changed && !changed) return to_wire(std::move(changed).error(), patch);
    if (!has_changed) return changed;
  }
  return unavailable("Others are changing the user's roles at the same time: try again.");
}

Result<None> UserService::erase(const Principal& who, const IdOrNumber& user) const {
  GATEHOUSE_CHECK(permit_reach(who, user));
  return in_words(editor().erase(who, user, [](const UserRecord&) { return None{}; }));
}

}  // namespace gatehouse::soltra_edge
