// The one user who is there after the first start (security.md 21).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

#include <gatehouse/context.hpp>
#include <gatehouse/metrics.hpp>

#include "directory/user_service.hpp"

namespace gatehouse::users {

// Ownership: plugin.cpp's. Threads: start() once; refresh() any. Blocking: the database, and a
// hash.
class FirstAdmin {
 public:
  // Reads GATEHOUSE_ADMIN_PASSWORD or the file that GATEHOUSE_ADMIN_PASSWORD_FILE names, and
  // unsets and overwrites both. std::runtime_error when both are set or the file cannot be read.
  FirstAdmin(Context& host, const UserRepository& users, UserService& service);

  // Makes the admin unless this database has seen a first run or has an admin, and warns while the
  // first password stands and when a given password is not used. std::runtime_error when that
  // breaks the rules, when somebody else has the admin's name, or when the database is away.
  void start();

  // Sets the gauge to whether the first password stands; returns it.
  bool refresh();

 private:
  // Whether an active admin was there, whom a command has made; then the first run is over.
  bool leave_to_another();
  // False: another instance was first.
  bool create();

  Context& host_;
  const UserRepository& users_;
  UserService& service_;
  std::optional<std::string> given_password_;
  Gauge& first_password_;
};

}  // namespace gatehouse::users
