// What may be a password (security.md 15, NIST SP 800-63B 5.1.1.2): long enough, not guessed
// easily, and nothing else is asked of it. Threads: any. Blocking: never; some milliseconds of
// computing. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "directory/user.hpp"

namespace gatehouse::users {

constexpr std::size_t kMaxPasswordBytes = 1024;

struct PasswordRules {
  std::int64_t min_length = 8;  // in code points
  // How many guesses it must stand, as a power of two (gatehouse/passwords.hpp). 0: any.
  std::int64_t min_guesses = 20;
};

// What is wrong, as the end of the sentence "The password ...".
struct PasswordFault {
  std::string_view code;
  std::string detail;
};

// `owner`: whose names are easily guessed.
std::optional<PasswordFault> judge_password(const PasswordRules& rules,
                                            std::string_view password,
                                            const StoredUser& owner);

}  // namespace gatehouse::users
