// Users as other plugins see them: who there is, never how they sign in. Provided by the users
// plugin. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/policy.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

class Services;
class Session;

// Published inside the transaction that deletes a user, before the rows go. Listeners delete what
// the user had with them, or veto with an Error.
struct UserDeleted {
  static constexpr std::string_view kEventName = "gatehouse.user_deleted/1";
  std::int64_t number = 0;
  std::string id;
  std::int64_t account = 0;  // 0: none
};

// Published inside the transaction that changes a user's password or takes it away, for those who
// keep what was given for the old one (sessions, tokens). Listeners act on it; a veto is a mistake
// (security.md 12).
struct UserPasswordChanged {
  static constexpr std::string_view kEventName = "gatehouse.user_password_changed/1";
  std::int64_t number = 0;
  std::string id;
  std::int64_t account = 0;  // 0: none
  bool was_reset = false;    // taken away: tokens end as well
  std::string by_credential =
      {};  // of the session in which the user changed it themselves, which stays
};

// Published inside the transaction after which a user can sign in no longer: deactivated, locked or
// expired. What they had ends and does not come back with them; a veto is a mistake (security.md
// 12).
struct UserShutOut {
  static constexpr std::string_view kEventName = "gatehouse.user_shut_out/1";
  std::int64_t number = 0;
  std::string id;
  std::int64_t account = 0;  // 0: none
};

// Published inside the transaction that moves a user to another account (security.md 6), after the
// row was changed. Listeners end what held for the old one; a veto is a mistake.
struct UserMoved {
  static constexpr std::string_view kEventName = "gatehouse.user_moved/1";
  std::int64_t number = 0;
  std::string id;
  std::int64_t from = 0;  // 0: none
  std::int64_t to = 0;
};

// The markings a user may see (Traffic Light Protocol); stored as bits.
enum class Clearance : std::uint32_t { White = 1, Green = 2, Amber = 4, Red = 8 };
BOOST_DESCRIBE_ENUM(Clearance, White, Green, Amber, Red)
constexpr auto names(Of<Clearance>) {
  return std::array{named(Clearance::White, "WHITE"),
                    named(Clearance::Green, "GREEN"),
                    named(Clearance::Amber, "AMBER"),
                    named(Clearance::Red, "RED")};
}

// Frozen for SDK 1.
struct UserRecord {
  std::int64_t number = 0;
  std::string id;
  std::optional<std::string> username;
  std::optional<std::string> email;
  std::optional<std::string> recovery_email;
  bool email_verified = false;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::string display_name;
  std::string timezone;
  std::string description;
  std::optional<std::string> preferences;  // a JSON object
  std::optional<std::string> organization;
  std::int64_t account = 0;  // 0: none
  std::int64_t manager = 0;  // 0: not managed
  Roles roles;
  bool active = true;
  bool locked = false;
  std::optional<Time> expires_at;
  std::optional<Time> password_expires_at;
  std::vector<Clearance> clearances;  // in that order
  bool can_inbox = true;
  bool api_access = true;
  Time created_at;
  Time updated_at;
  std::optional<Time> last_login_at;
  std::optional<Time> previous_login_at;  // the one before
  std::optional<Time> last_seen_at;

  // As LiveUser::may_act().
  bool may_act(Time now) const { return active && !locked && !(expires_at && *expires_at <= now); }
};

// Where a walk through a sorted list stands: after the row with these keys. Made by
// UserDirectory::position_of(); a row that does not change during a walk is shown exactly once.
struct UserPosition {
  std::string text_key;         // of Username and Email
  std::int64_t number_key = 0;  // of the others, in microseconds
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(UserPosition, (), (text_key, number_key, number))

// What a list shows; the filters are ANDed. `who` binds it to what that principal may read.
struct UserListing {
  // LastSeen has no index, since it would be written with every sign of life: it sorts all that
  // the reader sees.
  enum class Sort : std::uint8_t { Created, Username, Email, LastLogin, LastSeen };
  // Bits of `text_in`.
  static constexpr std::uint32_t kUsername = 1;
  static constexpr std::uint32_t kFirstName = 2;
  static constexpr std::uint32_t kLastName = 4;
  static constexpr std::uint32_t kEmail = 8;
  static constexpr std::uint32_t kAnyField = 15;
  static constexpr std::uint32_t kAccountName = 16;  // where there are accounts

  std::string text;  // words, each of which must occur in one of `text_in`; quotes group
  std::uint32_t text_in = kAnyField;
  std::string username;  // substrings, whatever the case; "": any
  std::string email;
  std::string first_name;
  std::string last_name;
  Roles roles;               // all of these
  std::int64_t account = 0;  // 0: any
  // Managed by that one; 0: any. Alone, or with `text`, sorted by Created: a page costs the same
  // however many there are.
  std::int64_t manager = 0;
  std::optional<bool> active;  // nothing: either
  bool has_username = false;   // only those who have one, for dialects that know no others
  Sort sort = Sort::Created;
  bool descending = true;
  std::optional<UserPosition> after;  // with offset: that many after it
  std::int64_t offset = 0;
  std::int64_t limit = 50;  // 1..1,000
};

// How many users belong to an account.
struct AccountUsers {
  std::int64_t account = 0;
  std::int64_t users = 0;
};
BOOST_DESCRIBE_STRUCT(AccountUsers, (), (account, users))

// Ownership: the users plugin's; valid until Plugin::stop(). Threads: any. Blocking: one indexed
// query each (list and count with text or roles: a scan of what the reader sees), in the caller's
// session, so that a caller in a transaction sees what it has done itself. Errors: InvalidArgument
// for a listing with more than 8 words. A user that is not there is an empty optional. Nothing here
// judges rights but `who` of a listing.
class UserDirectory {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.user_directory/1";

  Result<std::optional<UserRecord>> find(Session& db, const IdOrNumber& user) const {
    return user.id.empty() ? find_by_number(db, user.number) : find_by_id(db, user.id);
  }
  virtual Result<std::optional<UserRecord>> find_by_id(Session& db, std::string_view id) const = 0;
  virtual Result<std::optional<UserRecord>> find_by_number(Session& db,
                                                           std::int64_t number) const = 0;
  // Those of these up to 1,000 numbers that there are, in no order; a number may stand there twice.
  virtual Result<std::vector<UserRecord>> find_all(Session& db,
                                                   std::span<const std::int64_t> numbers) const = 0;
  // Case and Unicode form do not matter.
  virtual Result<std::optional<UserRecord>> find_by_username(Session& db,
                                                             std::string_view username) const = 0;
  // Nobody where several have the address (`users.unique_email` is false).
  virtual Result<std::optional<UserRecord>> find_by_email(Session& db,
                                                          std::string_view email) const = 0;
  virtual Result<std::vector<UserRecord>> list(Session& db,
                                               const Principal& who,
                                               const UserListing& listing) const = 0;
  // Where `user`, as a list with that order has shown it, stands in it.
  virtual UserPosition position_of(const UserRecord& user, UserListing::Sort sort) const = 0;
  // How many list() would show without position, offset and limit.
  virtual Result<std::int64_t> count(Session& db,
                                     const Principal& who,
                                     const UserListing& listing) const = 0;
  // How many users belong to the account, whoever asks.
  Result<std::int64_t> count_in_account(Session& db, std::int64_t account) const {
    GATEHOUSE_TRY(const auto counts, count_in_accounts(db, std::span(&account, 1)));
    return counts.empty() ? 0 : counts.front().users;
  }
  // Of up to 10,000 accounts, in no order; without those that nobody belongs to.
  virtual Result<std::vector<AccountUsers>> count_in_accounts(
      Session& db, std::span<const std::int64_t> accounts) const = 0;

 protected:
  ~UserDirectory() = default;
};

// The user as the object of a rule (gatehouse/policy.hpp), with the consultancy of their account
// where there are accounts. Blocking: one statement of the caller's session.
GATEHOUSE_API Result<UserObject> object_of(Session& db,
                                           const Services& services,
                                           const UserRecord& user);

}  // namespace gatehouse
