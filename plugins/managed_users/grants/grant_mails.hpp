// What people are told by mail about grants: owners, so that nobody shares their data unknown to
// them, and grantees. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "grant_repository.hpp"

namespace gatehouse::managed_users {

// Purposes of gatehouse/mail.hpp.
constexpr const char* kGrantGivenMail = "grant_given";
constexpr const char* kGrantTakenMail = "grant_taken";

// Threads: any. Blocking: the database.
class GrantMails {
 public:
  GrantMails(Context& host, const GrantScopes& scopes) : host_(host), scopes_(scopes) {}

  // In Plugin::wire().
  void add_composers();

  // In a write transaction: to the grantee and the owner, if they have an address when the letter
  // is written.
  Result<None> tell(Session& db, const char* purpose, const StoredGrant& grant) const;

 private:
  // Of a letter, by who it is to: {} are the name of the reader, of the other one, and the scopes.
  struct Words {
    const char* subject;
    const char* to_grantee;
    const char* to_owner;
  };
  void add(const char* purpose, Words words);

  Context& host_;
  const GrantScopes& scopes_;
};

}  // namespace gatehouse::managed_users
