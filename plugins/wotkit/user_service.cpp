// SPDX-License-Identifier: Apache-2.0
#include "user_service.hpp"

#include <utility>

#include <gatehouse/principal.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::wotkit {
namespace {

// "Privacy: Admin" of every operation (seed document 003). Narrower than /v1, where staff and
// account-admins reach some users.
Result<None> permit_admin(const Principal& who) {
  if (who.actor != 0 || !who.roles.has(Role::Admin)) return denied();
  return None{};
}

// As one word of a search, blanks and all.
std::string as_one_word(std::string_view text) {
  return text.empty() ? std::string() : '"' + std::string(text) + '"';
}

// A name in a path is looked up before the change: whoever has been renamed since is somebody else.
UserEditor::Check has_still_the_name_of(const UserRecord& seen) {
  return [name = seen.username](const UserRecord& current) -> Result<None> {
    if (current.username == name) return None{};
    return conflict("renamed_meanwhile", "The user was renamed meanwhile: send the request again.");
  };
}

}  // namespace

const UserDirectory& UserService::directory() const {
  return host_.services().require<UserDirectory>();
}

UserEditor& UserService::editor() const {
  return host_.services().require<UserEditor>();
}

Result<std::vector<UserRecord>> UserService::list(const Principal& who,
                                                  const UserFilter& filter) const {
  GATEHOUSE_CHECK(permit_admin(who));
  if (filter.limit == 0) return std::vector<UserRecord>();
  UserListing listing;
  listing.has_username = true;
  listing.text = as_one_word(filter.text);
  listing.text_in = UserListing::kUsername | UserListing::kFirstName | UserListing::kLastName;
  listing.descending = !filter.oldest_first;
  listing.offset = filter.offset;
  listing.limit = filter.limit;
  return host_.storage().read([&](Session& db) { return directory().list(db, who, listing); });
}

Result<UserRecord> UserService::find(const Principal& who, const UserName& user) const {
  GATEHOUSE_CHECK(permit_admin(who));
  return host_.storage().read([&](Session& db) -> Result<UserRecord> {
    GATEHOUSE_TRY(auto found,
                  user.username.empty() ? directory().find(db, user.object)
                                        : directory().find_by_username(db, user.username));
    if (!found || !found->username) return not_found();
    return *std::move(found);
  });
}

Result<UserRecord> UserService::create(const Principal& who, const UserDraft& draft) {
  GATEHOUSE_CHECK(permit_admin(who));
  return editor().create(who, draft);
}

Result<None> UserService::change(const Principal& who,
                                 const UserName& user,
                                 const ChangeOf& change_of) {
  GATEHOUSE_TRY(const UserRecord seen, find(who, user));
  GATEHOUSE_TRY(const UserChange change, change_of(seen));
  GATEHOUSE_CHECK(editor().change(who, {"", seen.number}, change, has_still_the_name_of(seen)));
  return None{};
}

Result<None> UserService::erase(const Principal& who, const UserName& user) {
  GATEHOUSE_TRY(const UserRecord seen, find(who, user));
  return editor().erase(who, {"", seen.number}, has_still_the_name_of(seen));
}

}  // namespace gatehouse::wotkit
