// The logs of accounts and users, out of the audit trail.
//
// Ownership: plugin.cpp's. Threads: any. Blocking: the database. Errors: NotFound;
// PermissionDenied; Unavailable for a log that is too long, and while another is read for the
// caller. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/audit_trail.hpp>

#include "api/paging.hpp"
#include "users/user_service.hpp"

namespace gatehouse::flexmeasures {

class TrailService {
 public:
  TrailService(Context& host, AccountService& accounts, UserService& users, WholeLists& lists);

  // A whole log, for a page of it too: how many events an entry has is known when it is read.
  struct Log {
    WholeLists::Held turn;
    std::vector<AuditEntry> entries;  // the oldest first
  };
  Result<Log> of_account(const Principal& who, std::int64_t number);
  Result<Log> of_user(const Principal& who, std::int64_t number);

 private:
  using Listings = std::vector<AuditListing>;
  Result<Log> read(const Principal& who, const Listings& listings);

  Context& host_;
  AccountService& accounts_;
  UserService& users_;
  const AuditTrail& trail_;
  WholeLists& lists_;
};

}  // namespace gatehouse::flexmeasures
