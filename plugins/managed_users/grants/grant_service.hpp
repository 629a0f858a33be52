// The rules of share grants: who lets whom at whose data, and how that ends. HTTP and SQL are
// elsewhere. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/audit.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/field_errors.hpp>
#include <gatehouse/services/user_directory.hpp>

#include "grant_mails.hpp"
#include "grant_repository.hpp"
#include "shared_users.hpp"

namespace gatehouse::managed_users {

struct GrantDraft {
  IdOrNumber grantee;
  std::vector<std::string> scopes;
  // Nothing: until it is taken back or, where a token makes it, as long as that.
  std::optional<Time> expires_at;
};

// A grant and its people.
struct GrantView {
  StoredGrant grant;
  UserRecord owner;
  UserRecord grantee;
  std::optional<UserRecord> made_by;  // nothing: there is no such user any more
};

// Says whether the client's If-Match allows a change of the grant as it stands.
using GrantPrecondition = std::function<Result<None>(const GrantView& current)>;

// A grant that has expired is not there for any of these, although its row is until a job drops
// it. Errors that all have: NotFound for whoever knows neither the user nor is the grantee.
//
// Threads: any. Blocking: the database.
class GrantService {
 public:
  GrantService(Context& host,
               const GrantScopes& scopes,
               const GrantRepository& grants,
               const GrantMails& mails,
               const SharedUsers& shared,
               std::int64_t per_user)
      : host_(host),
        scopes_(scopes),
        grants_(grants),
        mails_(mails),
        shared_(shared),
        per_user_(per_user) {}

  // For the owner, or who manages them. Errors: InvalidArgument with every field that is wrong;
  // Conflict already_granted, too_many_grants; PermissionDenied exceeds_credential; Unauthenticated
  // where the caller's credential has ended meanwhile.
  Result<GrantView> create(const Principal& who, const IdOrNumber& user, const GrantDraft& draft);
  // Up to `limit` with numbers less than `before`, the newest first; for whoever may read the user.
  Result<std::vector<GrantView>> page(const Principal& who,
                                      const IdOrNumber& user,
                                      std::int64_t before,
                                      std::int64_t limit);
  // For them, and the grantee.
  Result<GrantView> read(const Principal& who, const IdOrNumber& user, std::string_view id);
  // For the owner, who manages or administers them, with whatever credential, and for the grantee,
  // who gives it back.
  Result<None> revoke(const Principal& who,
                      const IdOrNumber& user,
                      std::string_view id,
                      const GrantPrecondition& is_as_seen);
  // For the owner alone. Errors: Conflict not_suspended; PermissionDenied exceeds_credential.
  Result<None> confirm(const Principal& who, const IdOrNumber& user, std::string_view id);

  // Who shares with `who`; up to `limit` with grants of numbers of more than `after`.
  Result<SharedPage> shared_with(const Principal& who, std::int64_t after, std::int64_t limit);

 private:
  Result<UserRecord> find_owner(Session& db, const IdOrNumber& user) const;
  Result<Decision> decide_about(Session& db,
                                const Principal& who,
                                UserAction action,
                                const UserRecord& user) const;
  Result<None> require(Session& db,
                       const Principal& who,
                       UserAction action,
                       const UserRecord& user) const;
  // What memory said of the caller may be two seconds old (security.md 12), and a grant may stay
  // for ever.
  Result<None> require_standing(Session& db, const Principal& who) const;
  Result<std::optional<StoredGrant>> find_living(Session& db,
                                                 std::int64_t owner,
                                                 std::string_view id) const;
  // Whom the draft names, if there is such a user for `who`, and they can be granted something.
  Result<std::optional<UserRecord>> find_grantee(Session& db,
                                                 const Principal& who,
                                                 const UserRecord& owner,
                                                 const IdOrNumber& named,
                                                 FieldErrors& errors) const;
  ScopeBits check_scopes(const std::vector<std::string>& scopes, FieldErrors& errors) const;
  Result<None> require_room(Session& db, const UserRecord& owner, const UserRecord& grantee) const;
  // Leaves out a grant whose grantee is no more.
  Result<std::vector<GrantView>> view_all(Session& db,
                                          const UserRecord& owner,
                                          std::vector<StoredGrant> grants) const;
  Result<GrantView> view(Session& db, const UserRecord& owner, StoredGrant grant) const;

  Context& host_;
  const GrantScopes& scopes_;
  const GrantRepository& grants_;
  const GrantMails& mails_;
  const SharedUsers& shared_;
  const std::int64_t per_user_;
};

// What the trail says of one grant of the owner's.
AuditEvent event_about(std::string_view action,
                       const UserRecord& owner,
                       const StoredGrant& grant,
                       const GrantScopes& scopes);

}  // namespace gatehouse::managed_users
