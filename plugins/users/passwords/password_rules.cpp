// SPDX-License-Identifier: Apache-2.0
#include "password_rules.hpp"

#include <algorithm>
#include <vector>

#include <gatehouse/passwords.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::users {
namespace {

// The whole text and its parts.
void add_words(std::vector<std::string>& words, const std::optional<std::string>& text) {
  if (!text) return;
  const std::string folded = fold(*text);
  std::string_view rest = folded;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(" .-_@+"), rest.size());
    if (end != 0 && end != folded.size()) words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  words.push_back(folded);
}

}  // namespace

std::optional<PasswordFault> judge_password(const PasswordRules& rules,
                                            std::string_view password,
                                            const StoredUser& owner) {
  if (password.size() > kMaxPasswordBytes) {
    return PasswordFault{"too_long", format("is longer than {} bytes", kMaxPasswordBytes)};
  }
  if (!is_utf8(password)) return PasswordFault{"invalid", "is not UTF-8"};
  if (password.find('\0') != std::string_view::npos)
    return PasswordFault{"invalid", "contains NUL"};
  if (count_code_points(password) < static_cast<std::size_t>(rules.min_length)) {
    return PasswordFault{"too_short", format("is shorter than {} characters", rules.min_length)};
  }
  if (rules.min_guesses == 0) return std::nullopt;
  std::vector<std::string> own{"gatehouse"};
  add_words(own, owner.username);
  add_words(own, owner.email);
  add_words(own, owner.first_name);
  add_words(own, owner.last_name);
  add_words(own, owner.organization);
  if (guesses_in_bits(password, own) >= static_cast<double>(rules.min_guesses)) return std::nullopt;
  return PasswordFault{"too_easy",
                       "is one of the first that would be guessed, because it is common or made of "
                       "the user's names: take several words that have nothing to do with each "
                       "other"};
}

}  // namespace gatehouse::users
