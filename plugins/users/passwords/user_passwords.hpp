// The service gatehouse.user_passwords over this plugin's rules and letters.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/services/user_passwords.hpp>

#include "mail/user_mails.hpp"
#include "password_service.hpp"

namespace gatehouse::users {

class StoredUserPasswords final : public UserPasswords {
 public:
  StoredUserPasswords(PasswordService& passwords, UserMails& mails)
      : passwords_(passwords), mails_(mails) {}

  void write_letters(std::string_view mount, PasswordLetters letters) override;
  Result<None> take_away(const Principal& who,
                         const IdOrNumber& user,
                         std::string_view mount,
                         OwnPassword own) override;
  Result<None> ask_reset(std::string_view email, std::string_view mount) override;
  Result<None> confirm(std::string_view code, std::string_view new_password) override;
  Result<None> change_own(const Call& call,
                          std::string_view current_password,
                          std::string_view new_password) override;

 private:
  PasswordService& passwords_;
  UserMails& mails_;
};

}  // namespace gatehouse::users
