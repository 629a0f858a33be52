// The logs of accounts and users, out of the audit trail.
//
// Ownership: plugin.cpp's. Threads: any. Blocking: the database. Errors: NotFound;
// PermissionDenied; Unavailable for a log that is too long. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/audit_trail.hpp>

#include "users/user_service.hpp"

namespace gatehouse::flexmeasures {

class TrailService {
 public:
  TrailService(Context& host, AccountService& accounts, UserService& users, std::int64_t max_rows);

  // The oldest first.
  Result<std::vector<AuditEntry>> of_account(const Principal& who, std::int64_t number);
  Result<std::vector<AuditEntry>> of_user(const Principal& who, std::int64_t number);

 private:
  using Listings = std::vector<AuditListing>;
  Result<std::vector<AuditEntry>> read(const Principal& who, const Listings& listings);

  Context& host_;
  AccountService& accounts_;
  UserService& users_;
  const AuditTrail& trail_;
  const std::int64_t max_rows_;
};

}  // namespace gatehouse::flexmeasures
