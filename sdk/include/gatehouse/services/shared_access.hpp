// Who may do what with another user's data: managers with those of the users they look after,
// grantees with those of users who share with them. Provided by the managed_users plugin; without
// it nobody may. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/services/user_directory.hpp>

namespace gatehouse {

struct Principal;
class Session;

// Why a user is accessible. The order is that of AccessListing.
enum class AccessReason : std::int64_t { Self = 1, Managed = 2, Shared = 3 };

// Where a walk through the list stands: after that one.
struct AccessPosition {
  std::int64_t reason = 0;
  std::int64_t key = 0;     // UserPosition::number_key of those one manages
  std::int64_t number = 0;  // of the user, or of the grant
};
BOOST_DESCRIBE_STRUCT(AccessPosition, (), (reason, key, number))

// A user accessible to somebody, and what holds for their data now: grant scopes ("data:read").
// Frozen for SDK 1.
struct AccessibleUser {
  UserRecord user;
  AccessReason reason = AccessReason::Self;
  std::vector<std::string> scopes;
};

// Some of a list. Frozen for SDK 1.
struct AccessPage {
  std::vector<AccessibleUser> users;   // at most the limit; may be none although there are more
  std::optional<AccessPosition> next;  // where the walk goes on; nothing: this was the end
};

// A list: oneself, then those one manages as they were made, then those who share as the grants
// were made.
struct AccessListing {
  bool self = true;
  bool managed = true;
  bool shared = true;
  std::optional<AccessPosition> after;
  std::int64_t limit = 50;  // 1..1,000
};

// Ownership: the managed_users plugin's; valid until Plugin::stop(). Threads: any.
//
// Grant scopes are a configured open set (`managed_users.scopes`), in which they stand in order. A
// user who is shut out (LiveUser::may_act()) shares nothing meanwhile, with their manager neither,
// and a grant that has expired or waits for its confirmation gives nothing.
class SharedAccess {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.shared_access/1";

  // All there are, of which each manager has all over the users they manage.
  virtual const std::vector<std::string>& all_scopes() const = 0;

  // What `who` may do with the data of another user, `owner`; empty: nothing, whoever that is. As
  // of at most two seconds ago (security.md 12). Blocking: the database, where memory is too old or
  // does not know. Errors: Unavailable.
  virtual Result<std::vector<std::string>> scopes(std::int64_t who, std::int64_t owner) = 0;
  // The same as the transaction sees it.
  virtual Result<std::vector<std::string>> scopes(Session& db,
                                                  std::int64_t who,
                                                  std::int64_t owner) = 0;

  // The users accessible to `who`, each by one reason: of a manager to whom the user shares as
  // well, Managed. Who is managed and shut out is in it, without scopes. PermissionDenied for who
  // acts for somebody else. Blocking: some indexed statements of the caller's session; of grants
  // 1,000 are looked at for a page at most, however many there are.
  virtual Result<AccessPage> list(Session& db,
                                  const Principal& who,
                                  const AccessListing& listing) = 0;

 protected:
  ~SharedAccess() = default;
};

}  // namespace gatehouse
