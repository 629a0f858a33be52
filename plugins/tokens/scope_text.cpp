// SPDX-License-Identifier: Apache-2.0
#include "scope_text.hpp"

namespace gatehouse::tokens {

std::string join_scopes(const std::vector<std::string>& scopes) {
  std::string text;
  for (const std::string& scope : scopes) text.append(text.empty() ? "" : " ").append(scope);
  return text;
}

std::vector<std::string> split_scopes(std::string_view text) {
  std::vector<std::string> scopes;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    scopes.emplace_back(text.substr(0, blank));
    text.remove_prefix(blank == text.npos ? text.size() : blank + 1);
  }
  return scopes;
}

}  // namespace gatehouse::tokens
