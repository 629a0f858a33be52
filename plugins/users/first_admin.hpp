// The one user who is there after the first start (security.md 21).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

#include <gatehouse/context.hpp>
#include <gatehouse/metrics.hpp>

#include "user_service.hpp"

namespace gatehouse::users {

// Ownership: plugin.cpp's. Threads: start() once; refresh() any. Blocking: the database, and a
// hash.
class FirstAdmin {
 public:
  // Reads GATEHOUSE_ADMIN_PASSWORD or the file that GATEHOUSE_ADMIN_PASSWORD_FILE names, and unsets
  // both. std::runtime_error when both are set or the file cannot be read.
  FirstAdmin(Context& host, const UserRepository& users, UserService& service);

  // Makes the admin unless this database has seen a first run, and warns while the first password
  // stands. std::runtime_error when the given password breaks the rules or the database is away.
  void start();

  // Sets the gauge to whether the first password stands; returns it.
  bool refresh();

 private:
  void create();

  Context& host_;
  const UserRepository& users_;
  UserService& service_;
  std::optional<std::string> given_password_;
  Gauge& first_password_;
};

}  // namespace gatehouse::users
