// Passwords that are forgotten, taken away or changed, for the APIs of other plugins, in their
// words. Provided by the users plugin. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/services/user_directory.hpp>

namespace gatehouse {

// What a letter says; MailMessage without an address.
struct LetterWords {
  std::string subject;
  std::string text;
};

// The words of a mount for the letters about passwords. They run where mail is sent: any thread,
// and never more than texts are put together.
struct PasswordLetters {
  // With the code that sets a new password, once and within `lifetime`.
  std::function<LetterWords(
      const UserRecord& user, std::string_view code, std::chrono::seconds lifetime)>
      with_code;
  // Beside it, to whom the password was taken away; nothing: no such letter.
  std::function<LetterWords(const UserRecord& user)> taken_away = {};
};

// Ownership: the users plugin's; valid until Plugin::stop(). Threads: any. Blocking: the database;
// confirm() and change_own() hash, so on routes with Route::hashing(). Each writes in a transaction
// of its own, which is the one a request has, and is audited.
class UserPasswords {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.user_passwords/1";

  // Whether who takes their own password away must have signed in not long ago, as over /v1
  // (`users.recent_sign_in`).
  enum class OwnPassword : std::uint8_t { NeedsRecentSignIn, AnyTime };

  // Only in Plugin::wire(). Letters of a mount that has none are those of /v1.
  virtual void write_letters(std::string_view mount, PasswordLetters letters) = 0;

  // Takes the password away, ends sessions and tokens, and mails a code for a new one, by whoever
  // administers the user, or the user themselves. Errors: NotFound out of reach; PermissionDenied,
  // recent_sign_in_required of one's own; Conflict last_admin, no_mail_address, no_sign_in.
  virtual Result<None> take_away(const Principal& who,
                                 const IdOrNumber& user,
                                 std::string_view mount,
                                 OwnPassword own) = 0;
  // Mails a code to whoever has this address and can sign in; nobody learns whether there is such a
  // user. Not twice within `users.password_reset.pause`.
  virtual Result<None> ask_reset(std::string_view email, std::string_view mount) = 0;
  // Sets the password with a mailed code, once. Errors: InvalidArgument /code wrong_code,
  // /new_password; Conflict username_taken, email_taken (the code of a handover).
  virtual Result<None> confirm(std::string_view code, std::string_view new_password) = 0;
  // One's own, with the one before, which counts as an attempt to sign in. The session it is done
  // in stays. Errors: InvalidArgument /current_password wrong_password, /new_password;
  // PermissionDenied for who acts for somebody else; Conflict password_changed; RateLimited.
  virtual Result<None> change_own(const Call& call,
                                  std::string_view current_password,
                                  std::string_view new_password) = 0;

 protected:
  ~UserPasswords() = default;
};

}  // namespace gatehouse
