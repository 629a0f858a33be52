// SPDX-License-Identifier: Apache-2.0
#include "user_service.hpp"

#include <memory>
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

template <class T>
Result<T> in_words(Result<T> result) {
  if (!result && result.error().code == ErrorCode::NotFound) return not_managed();
  return result;
}

// That a name is sent, the rules of the body have seen to: what is missing of it are characters.
Error in_length_words(Error error) {
  for (FieldError& field : error.fields) {
    if (field.code == "required") field = {field.pointer, "too_short", "must not be empty"};
  }
  return error;
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
  auto& access = host_.services().require<SharedAccess>();
  const std::string name = filter.name.empty() ? std::string() : search_word(filter.name);
  AccessListing listing;
  listing.managed = filter.managed;
  listing.shared = filter.shared;
  listing.limit = kPageLimit;
  std::vector<AccessibleUser> all;
  Turns::Held turn;
  do {
    GATEHOUSE_TRY(AccessPage page,
                  host_.storage().read([&](Session& db) { return access.list(db, who, listing); }));
    for (AccessibleUser& one : page.users) {
      if (!matches(one.user, name)) continue;
      if (std::ssize(all) == max_rows_) return too_many_rows(max_rows_);
      all.push_back(std::move(one));
    }
    listing.after = page.next;
    // The first page is bounded, as every answer in pages is: clients ask for short lists side by
    // side.
    if (listing.after && !turn) turn = lists_.take(who.user);
    if (listing.after && !turn) return list_in_progress();
  } while (listing.after);
  return all;
}

ManagedUsers& UserService::managed() const {
  return host_.services().require<ManagedUsers>();
}

Result<UserRecord> UserService::find(const Principal& who, std::string_view id) const {
  if (!is_object_id(id)) return not_managed();
  return in_words(managed().find(who, {std::string(id), 0}));
}

Result<UserRecord> UserService::create(const Principal& who, const ManagedUserDraft& draft) {
  auto made = managed().create(who, draft);
  if (!made) return in_length_words(std::move(made).error());
  return made;
}

Result<UserRecord> UserService::change(const Principal& who,
                                       std::string_view id,
                                       const ManagedUserChange& change) {
  if (!is_object_id(id)) return not_managed();
  return in_words(managed().change(who, {std::string(id), 0}, change, whatever_it_is));
}

Result<None> UserService::erase(const Principal& who, std::string_view id) {
  if (!is_object_id(id)) return not_managed();
  return in_words(managed().erase(who, {std::string(id), 0}, whatever_it_is));
}

}  // namespace gatehouse::sweatstack
