// What a user is inside this plugin, whoever asks and in whatever words.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/audit.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/policy.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/services/user_editor.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::users {

std::vector<Clearance> clearances_of(std::int64_t bits);
// "" or what is wrong with the list.
const char* check_clearances(const std::vector<Clearance>& clearances);

// A row, in the order of the columns. Passwords are elsewhere (credential_repository.hpp).
struct StoredUser {
  std::int64_t number = 0;
  std::string id;
  std::optional<std::string> username;  // nothing: managed, cannot sign in
  std::optional<std::string> email;
  std::optional<std::string> recovery_email;
  bool email_verified = false;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::string timezone;
  std::string description;
  std::optional<std::string> preferences;  // a JSON object
  std::optional<std::string> organization;
  std::optional<std::int64_t> account;
  std::optional<std::int64_t> manager;
  std::int64_t role_bits = 0;
  bool active = true;
  bool locked = false;
  std::optional<Time> expires_at;
  std::optional<Time> password_expires_at;
  std::int64_t clearance_bits = static_cast<std::int64_t>(Clearance::White);
  bool can_inbox = true;
  bool api_access = true;
  Time created_at;
  Time updated_at;
  std::optional<Time> last_login_at;
  std::optional<Time> previous_login_at;
  std::optional<Time> last_seen_at;

  Roles roles() const { return Roles::from_bits(static_cast<std::uint32_t>(role_bits)); }
};

// First and last name, else the username, else the id.
std::string display_name(const StoredUser& user);

// Whether the user is neither inactive, locked nor expired.
bool may_act(const StoredUser& user, Time now);
// Whether the user could sign in now, with a password.
bool may_sign_in(const StoredUser& user, Time now);
// Whether mails can be sent to that address.
bool can_get_mail(const std::optional<std::string>& address);

// What has happened to the user, for the audit trail: of the account they belong to, and with what
// they are called now.
AuditEvent event_about(std::string_view action, const StoredUser& user);

// The change that makes a blank user into the draft: what takes its default is absent.
UserChange change_of(const UserDraft& draft);

// A user as a path names it.
using UserReference = IdOrNumber;

using UserSort = UserListing::Sort;
enum class SortOrder : std::uint8_t { Ascending, Descending };

UserPosition position_of(const StoredUser& user, UserSort sort);

// A folded word that must occur in one of some fields.
struct SearchTerm {
  std::string word;
  std::int64_t fields = 0;    // bits of UserListing
  std::string accounts = {};  // those in whose names it occurs, ",3,17,"; "": none
};

struct UserFilter {
  static constexpr std::size_t kMaxWords = 8;  // of a text
  std::vector<SearchTerm> terms;               // all must hold
  std::optional<bool> active;                  // nothing: either
  Roles roles;                                 // all of these
  std::int64_t account = 0;                    // 0: any
  std::int64_t manager = 0;                    // managed by that one; 0: any
  bool has_username = false;                   // only those who have one
  Visibility sees;
  UserSort sort = UserSort::Created;
  SortOrder order = SortOrder::Descending;
  std::optional<UserPosition> after;
  std::int64_t offset = 0;
  std::int64_t limit = 50;
};

// Adds the words of a text; false when there are more than kMaxWords.
bool add_text(UserFilter& filter, std::string_view text, std::uint32_t fields);
// Adds what must occur as it stands in one field; "" asks for nothing.
void add_substring(UserFilter& filter, std::string_view text, std::uint32_t field);

}  // namespace gatehouse::users
