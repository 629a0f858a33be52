// How easily a password is guessed: the only code that knows zxcvbn.
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <vector>

#include <zxcvbn.h>

#include <gatehouse/passwords.hpp>

namespace gatehouse {
namespace {

// The time it takes grows with the square of the length.
constexpr std::size_t kLookedAt = 100;

}  // namespace

double guesses_in_bits(std::string_view password, const std::vector<std::string>& own) {
  const std::string begin(password.substr(0, kLookedAt));
  std::vector<const char*> words;
  for (const std::string& word : own) {
    if (!word.empty()) words.push_back(word.c_str());
  }
  words.push_back(nullptr);
  return ZxcvbnMatch(begin.c_str(), words.data(), nullptr);
}

}  // namespace gatehouse
