// What users are told by mail about their API tokens (bar.md 16).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>

#include <gatehouse/context.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/services/user_directory.hpp>

#include "api_token_repository.hpp"

namespace gatehouse::tokens {

// Purposes of gatehouse/mail.hpp; data: the token's id.
constexpr const char* kApiTokenCreatedMail = "api_token_created";
constexpr const char* kApiTokenRotatedMail = "api_token_rotated";

// Threads: any. Blocking: the database, on the sender's thread.
class ApiTokenMails {
 public:
  ApiTokenMails(Context& host, const ApiTokenRepository& tokens) : host_(host), tokens_(tokens) {}

  // In Plugin::wire().
  void add_composers();

 private:
  void add(const char* purpose, const char* subject, const char* pattern);

  Context& host_;
  const ApiTokenRepository& tokens_;
};

}  // namespace gatehouse::tokens
