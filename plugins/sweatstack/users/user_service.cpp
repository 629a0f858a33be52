// SPDX-License-Identifier: Apache-2.0
#include "user_service.hpp"

#include <utility>

#include <gatehouse/reference.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::sweatstack {
namespace {

constexpr std::int64_t kPageLimit = 1'000;

Error not_managed() {
  return {ErrorCode::NotFound,
          "user_not_managed",
          "User does not exist or is not managed by you",
          {},
          {}};
}

Error too_many_rows(std::int64_t limit) {
  return {
      ErrorCode::Unavailable,
      "too_many_rows",
      format("More than {} users are accessible to you, which is as many as one answer has: ask "
             "for a name, or leave some out with include_managed or include_shared.",
             limit),
      {},
      {}};
}

Error list_in_progress() {
  return {ErrorCode::Unavailable,
          "list_in_progress",
          "Another list of yours is being made: wait for it.",
          {},
          {}};
}

bool matches(const UserRecord& user, std::string_view folded_name) {
  return fold(user.display_name).find(folded_name) != std::string::npos;
}

Result<None> whatever_it_is(const UserRecord&) {
  return None{};
}

}  // namespace

Result<std::vector<AccessibleUser>> UserService::list(const Principal& who,
                                                      const UserFilter& filter) {
  const auto turn = lists_.enter(who.user);
  if (!turn) return list_in_progress();
  auto& access = host_.services().require<SharedAccess>();
  const std::string name = filter.name.empty() ? std::string() : search_word(filter.name);
  AccessListing listing;
  listing.managed = filter.managed;
  listing.shared = filter.shared;
  listing.limit = kPageLimit;
  std::vector<AccessibleUser> all;
  do {
    GATEHOUSE_TRY(AccessPage page,
                  host_.storage().read([&](Session& db) { return access.list(db, who, listing); }));
    for (AccessibleUser& one : page.users) {
      if (!matches(one.user, name)) continue;
      if (std::ssize(all) == limits_.rows) return too_many_rows(limits_.rows);
      all.push_back(std::move(one));
    }
    listing.after = page.next;
  } while (listing.after);
  return all;
}

// Whoever acts for a manager does not manage (security.md 3).
Result<UserRecord> UserService::find_managed(Session& db,
                                             const Principal& who,
                                             std::string_view id) const {
  if (!is_object_id(id) || who.actor != 0) return not_managed();
  const auto& users = host_.services().require<UserDirectory>();
  GATEHOUSE_TRY(auto found, users.find_by_id(db, id));
  if (!found || found->manager == 0 || found->manager != who.user) return not_managed();
  return *std::move(found);
}

Result<UserRecord> UserService::find(const Principal& who, std::string_view id) const {
  return host_.storage().read([&](Session& db) { return find_managed(db, who, id); });
}

Result<UserRecord> UserService::create(const Principal& who, const ManagedUserDraft& draft) {
  auto& editor = host_.services().require<UserEditor>();
  return host_.storage().write([&](Session& db) -> Result<UserRecord> {
    GATEHOUSE_TRY(const std::int64_t count, editor.count_managed(db, who));
    if (count >= limits_.managed) {
      return conflict("too_many_managed_users",
                      "You manage as many users as one may ({}): delete one first.",
                      limits_.managed);
    }
    return editor.create_managed(db, who, draft);
  });
}

Result<UserRecord> UserService::change(const Principal& who,
                                       std::string_view id,
                                       const ManagedUserChange& change) {
  auto& editor = host_.services().require<UserEditor>();
  return host_.storage().write([&](Session& db) -> Result<UserRecord> {
    GATEHOUSE_TRY(const UserRecord user, find_managed(db, who, id));
    return editor.change_managed(db, who, user.number, change, whatever_it_is);
  });
}

Result<None> UserService::erase(const Principal& who, std::string_view id) {
  auto& editor = host_.services().require<UserEditor>();
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const UserRecord user, find_managed(db, who, id));
    return editor.erase_managed(db, who, user.number, whatever_it_is);
  });
}

}  // namespace gatehouse::sweatstack
