// How a user stands in a row: what the files with SQL share. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/body/describe.hpp>

#include "user.hpp"

namespace gatehouse::users {

BOOST_DESCRIBE_STRUCT(StoredUser,
                      (),
                      (number,
                       id,
                       username,
                       email,
                       recovery_email,
                       email_verified,
                       first_name,
                       last_name,
                       timezone,
                       description,
                       preferences,
                       organization,
                       account,
                       manager,
                       role_bits,
                       active,
                       locked,
                       expires_at,
                       password_expires_at,
                       clearance_bits,
                       can_inbox,
                       api_access,
                       created_at,
                       updated_at,
                       last_login_at,
                       previous_login_at,
                       last_seen_at))

// A literal: the compiler joins it with others, so that each statement is one constant.
#define USERS_COLUMNS                                                                           \
  "select number, id, username, email, recovery_email, email_verified, first_name, last_name, " \
  "timezone, description, preferences, organization, account, manager, role_bits, active, "     \
  "locked, expires_at, password_expires_at, clearance_bits, can_inbox, api_access, "            \
  "created_at, updated_at, last_login_at, previous_login_at, last_seen_at "

}  // namespace gatehouse::users
