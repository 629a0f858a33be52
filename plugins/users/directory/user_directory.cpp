// SPDX-License-Identifier: Apache-2.0
#include "user_directory.hpp"

#include <gatehouse/text.hpp>

namespace gatehouse::users {
namespace {

std::optional<UserRecord> as_record(const std::optional<StoredUser>& user) {
  if (!user) return std::nullopt;
  return as_record(*user);
}

Result<UserFilter> as_filter(Session& db,
                             const Accounts& accounts,
                             const Principal& who,
                             const UserListing& listing) {
  UserFilter filter;
  if (!add_text(filter, listing.text, listing.text_in)) {
    return invalid("?text", "has more than {} words", UserFilter::kMaxWords);
  }
  add_substring(filter, listing.username, UserListing::kUsername);
  add_substring(filter, listing.email, UserListing::kEmail);
  add_substring(filter, listing.first_name, UserListing::kFirstName);
  add_substring(filter, listing.last_name, UserListing::kLastName);
  filter.roles = listing.roles;
  filter.account = listing.account;
  filter.manager = listing.manager;
  filter.active = listing.active;
  filter.has_username = listing.has_username;
  GATEHOUSE_CHECK(accounts.find_names(db, filter.terms));
  GATEHOUSE_TRY(filter.sees, accounts.reach(db, who));
  filter.sort = listing.sort;
  filter.order = listing.descending ? SortOrder::Descending : SortOrder::Ascending;
  filter.after = listing.after;
  filter.offset = listing.offset;
  filter.limit = listing.limit;
  return filter;
}

}  // namespace

UserRecord as_record(const StoredUser& user) {
  UserRecord record;
  record.number = user.number;
  record.id = user.id;
  record.username = user.username;
  record.email = user.email;
  record.recovery_email = user.recovery_email;
  record.email_verified = user.email_verified;
  record.first_name = user.first_name;
  record.last_name = user.last_name;
  record.display_name = display_name(user);
  record.timezone = user.timezone;
  record.description = user.description;
  record.preferences = user.preferences;
  record.organization = user.organization;
  record.account = user.account.value_or(0);
  record.manager = user.manager.value_or(0);
  record.roles = user.roles();
  record.active = user.active;
  record.locked = user.locked;
  record.expires_at = user.expires_at;
  record.password_expires_at = user.password_expires_at;
  record.clearances = clearances_of(user.clearance_bits);
  record.can_inbox = user.can_inbox;
  record.api_access = user.api_access;
  record.created_at = user.created_at;
  record.updated_at = user.updated_at;
  record.last_login_at = user.last_login_at;
  record.previous_login_at = user.previous_login_at;
  record.last_seen_at = user.last_seen_at;
  return record;
}

namespace {

std::vector<UserRecord> as_records(const std::vector<StoredUser>& users) {
  std::vector<UserRecord> records;
  records.reserve(users.size());
  for (const StoredUser& user : users) records.push_back(as_record(user));
  return records;
}

}  // namespace

Result<std::optional<UserRecord>> StoredUserDirectory::find_by_id(Session& db,
                                                                  std::string_view id) const {
  GATEHOUSE_TRY(const auto user, users_.find(db, {std::string(id), 0}));
  return as_record(user);
}

Result<std::optional<UserRecord>> StoredUserDirectory::find_by_number(Session& db,
                                                                      std::int64_t number) const {
  GATEHOUSE_TRY(const auto user, users_.find(db, {"", number}));
  return as_record(user);
}

Result<std::vector<UserRecord>> StoredUserDirectory::find_all(
    Session& db, std::span<const std::int64_t> numbers) const {
  GATEHOUSE_TRY(const auto users, users_.find_all(db, {numbers.begin(), numbers.end()}));
  return as_records(users);
}

Result<std::optional<UserRecord>> StoredUserDirectory::find_by_username(
    Session& db, std::string_view username) const {
  GATEHOUSE_TRY(auto user, users_.find_by_name(db, username));
  if (user && fold(user->username.value_or("")) != fold(username)) user.reset();
  return as_record(user);
}

Result<std::optional<UserRecord>> StoredUserDirectory::find_by_email(Session& db,
                                                                     std::string_view email) const {
  GATEHOUSE_TRY(const auto user, users_.find_by_email(db, email));
  return as_record(user);
}

Result<std::vector<UserRecord>> StoredUserDirectory::list(Session& db,
                                                          const Principal& who,
                                                          const UserListing& listing) const {
  GATEHOUSE_TRY(const UserFilter filter, as_filter(db, accounts_, who, listing));
  GATEHOUSE_TRY(const auto users, users_.list(db, filter));
  return as_records(users);
}

UserPosition StoredUserDirectory::position_of(const UserRecord& user,
                                              UserListing::Sort sort) const {
  StoredUser row;
  row.number = user.number;
  row.username = user.username;
  row.email = user.email;
  row.created_at = user.created_at;
  row.last_login_at = user.last_login_at;
  row.last_seen_at = user.last_seen_at;
  return users::position_of(row, sort);
}

Result<std::int64_t> StoredUserDirectory::count(Session& db,
                                                const Principal& who,
                                                const UserListing& listing) const {
  GATEHOUSE_TRY(const UserFilter filter, as_filter(db, accounts_, who, listing));
  return users_.count(db, filter);
}

Result<std::vector<AccountUsers>> StoredUserDirectory::count_in_accounts(
    Session& db, std::span<const std::int64_t> accounts) const {
  return users_.count_in_accounts(db, {accounts.begin(), accounts.end()});
}

}  // namespace gatehouse::users
