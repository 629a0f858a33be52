// What people are told by mail about grants: owners, so that nobody shares their data unknown to
// them, and grantees. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "grant_repository.hpp"

namespace gatehouse::managed_users {

struct GrantLetter;

// Purposes of gatehouse/mail.hpp.
constexpr const char* kGrantGivenMail = "grant_given";
constexpr const char* kGrantTakenMail = "grant_taken";
constexpr const char* kGrantsWaitMail = "grants_waiting";

// A letter says what holds when it is sent: that something is shared while that very grant lives,
// that nothing is while no grant of the two does, and that grants wait while one does.
//
// Threads: any. Blocking: the database.
class GrantMails {
 public:
  GrantMails(Context& host, const GrantScopes& scopes, const GrantRepository& grants)
      : host_(host), scopes_(scopes), grants_(grants) {}

  // In Plugin::wire().
  void add_composers();

  // In a write transaction: to the grantee and the owner, if they have an address when the letter
  // is written. `gone`: the one of them who is being deleted, and is not told.
  Result<None> tell_given(Session& db, const StoredGrant& grant) const;
  Result<None> tell_taken(Session& db, const StoredGrant& grant, std::int64_t gone = 0) const;
  // To the owner.
  Result<None> tell_waiting(Session& db, std::int64_t owner) const;

 private:
  // Of a letter, by who it is to: {} are the name of the reader, of the other one, and the scopes.
  struct Words {
    const char* subject;
    const char* to_grantee;
    const char* to_owner;
  };
  void add(const char* purpose, Words words);
  void add_waiting();
  Result<None> tell(Session& db,
                    const char* purpose,
                    const GrantLetter& letter,
                    std::int64_t gone) const;
  Result<bool> holds(Session& db, const GrantLetter& letter) const;

  Context& host_;
  const GrantScopes& scopes_;
  const GrantRepository& grants_;
};

}  // namespace gatehouse::managed_users
