// Signing in with a password, for a token or for the cookie of a browser.
//
// Ownership: plugin.cpp's. Threads: any. Blocking: the database, and a hash: on routes with
// Route::may_hash(). Errors: Unauthenticated, NotFound unknown_email (only where the settings say
// so); NeedsHashing; RateLimited. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include <gatehouse/context.hpp>
#include <gatehouse/services/password_sign_in.hpp>
#include <gatehouse/services/session_tokens.hpp>
#include <gatehouse/services/user_directory.hpp>

#include "sign_in_wire.hpp"

namespace gatehouse::flexmeasures {

class SignInService {
 public:
  struct Settings {
    bool reveal_unknown_email = false;
    std::chrono::seconds token_lifetime = std::chrono::hours(6);
  };
  SignInService(Context& host, const Settings& settings);

  // Of an unknown address where the settings tell of it.
  static constexpr std::string_view kUnknownEmail = "unknown_email";

  struct Opened {
    std::int64_t user = 0;
    std::string token;
    std::string second;  // where two are asked for
  };
  enum class Tokens { One, Two };
  // `replaced`: a token of a session that ends with that, whoever's it was (bar.md 17).
  Result<Opened> sign_in(const Call& call,
                         const Credentials& credentials,
                         std::string_view method,
                         Tokens tokens,
                         std::string_view replaced = {});
  // Ends the session whose token it is; nothing happens where it is none.
  Result<None> sign_out(const Call& call, std::string_view token);

  std::chrono::seconds token_lifetime() const { return settings_.token_lifetime; }

 private:
  Result<None> end(Session& db, const Principal& who);
  Result<None> tell_unknown(const Credentials& credentials);

  Context& host_;
  const Settings settings_;
  PasswordSignIn& passwords_;
  SessionTokens& tokens_;
  const UserDirectory& users_;
};

}  // namespace gatehouse::flexmeasures
