// SPDX-License-Identifier: Apache-2.0
#include "account_rules.hpp"

#include <algorithm>

#include <gatehouse/text.hpp>

namespace gatehouse::accounts {
namespace {

// Folding can make eighteen characters of one, and the folded name stands in an index.
constexpr std::size_t kMaxKeyLength = 255;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Visible, but none of what a URL spells in percent signs (RFC 3986 section 2).
bool is_url_character(char c) {
  return c > ' ' && c < 0x7f && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
}

bool is_host_character(char c) {
  return is_digit(c) || is_letter(c) ||
         std::string_view("-._[]:").find(c) != std::string_view::npos;
}

const char* check_visible(std::string_view text) {
  if (text.empty()) return "is empty";
  if (!is_visible_text(text)) {
    return "has blanks around it, or control, invisible or unassigned characters";
  }
  return "";
}

}  // namespace

const char* check_name(std::string_view text) {
  if (count_code_points(text) > kMaxNameLength) return "is longer than 100 characters";
  if (count_code_points(fold(text)) > kMaxKeyLength) return "has too many ligatures";
  return check_visible(text);
}

const char* check_role(std::string_view text) {
  if (count_code_points(text) > kMaxRoleLength) return "is longer than 80 characters";
  return check_visible(text);
}

const char* check_color(std::string_view text) {
  const bool good = (text.size() == 4 || text.size() == 7) && text.front() == '#' &&
                    std::all_of(text.begin() + 1, text.end(), is_hex);
  return good ? "" : "is no colour of the form #rgb or #rrggbb";
}

const char* check_logo_url(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), is_url_character)) {
    return "has blanks, quotes or other characters that a URL spells with \"%\"";
  }
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!fold(text.substr(0, scheme.size())).starts_with(scheme)) continue;
    const std::string_view rest = text.substr(scheme.size());
    const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
    const bool good =
        !host.empty() && (is_digit(host.front()) || is_letter(host.front()) || host.front() == '[');
    if (host.find('@') != std::string_view::npos) return "has a user or a password in it";
    return good && std::all_of(host.begin(), host.end(), is_host_character) ? "" : "names no host";
  }
  return "does not begin with \"https://\" or \"http://\"";
}

}  // namespace gatehouse::accounts
