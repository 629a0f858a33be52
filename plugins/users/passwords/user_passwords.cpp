// SPDX-License-Identifier: Apache-2.0
#include "user_passwords.hpp"

#include <string>
#include <utility>

namespace gatehouse::users {

void StoredUserPasswords::write_letters(std::string_view mount, PasswordLetters letters) {
  mails_.write_letters(mount, std::move(letters));
}

Result<None> StoredUserPasswords::take_away(const Principal& who,
                                            const IdOrNumber& user,
                                            std::string_view mount,
                                            OwnPassword own) {
  const auto asked = own == OwnPassword::AnyTime ? PasswordService::OwnReset::Allowed
                                                 : PasswordService::OwnReset::NeedsRecentSignIn;
  return passwords_.reset(who, user, {asked, mount});
}

Result<None> StoredUserPasswords::ask_reset(std::string_view email, std::string_view mount) {
  return passwords_.ask_reset(email, mount);
}

Result<None> StoredUserPasswords::confirm(std::string_view code, std::string_view new_password) {
  return passwords_.confirm(code, new_password);
}

Result<None> StoredUserPasswords::change_own(const Call& call,
                                             std::string_view current_password,
                                             std::string_view new_password) {
  const Principal& who = *call.principal();
  if (who.actor != 0) return denied();
  const auto unconditionally = [](const PlacedUser&) -> Result<None> { return None{}; };
  return passwords_.set(who,
                        {"", who.user},
                        {std::string(current_password), new_password, call.remote_address()},
                        unconditionally);
}

}  // namespace gatehouse::users
