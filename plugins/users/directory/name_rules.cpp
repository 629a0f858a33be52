// SPDX-License-Identifier: Apache-2.0
#include "name_rules.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include <gatehouse/reference.hpp>
#include <gatehouse/text.hpp>

#include "code_points.hpp"

namespace gatehouse::users {
namespace {

// What tokens begin with: a name that looks like one would end up in logs as one, and be masked.
constexpr std::array<std::string_view, 3> kTokenPrefixes{"gat_", "grt_", "gst_"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Whether every code point is one that `is` says yes to.
bool consists_of(std::string_view text, bool (*is)(char32_t)) {
  while (!text.empty()) {
    if (!is(take_code_point(text))) return false;
  }
  return true;
}

bool has_any(std::string_view text, bool (*is)(char32_t)) {
  while (!text.empty()) {
    if (is(take_code_point(text))) return true;
  }
  return false;
}

bool shows_nothing(char32_t c) {
  return is_blank(c) || looks_blank(c);
}

// What is left of the controls where a text may have several lines.
bool is_control_within_lines(char32_t c) {
  return is_control(c) && c != '\n' && c != '\t';
}

// Text for people to read: "" or what is wrong. Empty text is none, and is let pass.
const char* check_prose(std::string_view text, bool (*forbidden)(char32_t)) {
  if (!is_utf8(text)) return "is not UTF-8";
  if (has_any(text, forbidden)) return "contains control characters";
  if (has_any(text, is_bidi_control)) return "contains characters that turn the writing direction";
  // Folding leaves out what is never shown.
  if (!text.empty() && consists_of(fold(text), shows_nothing)) return "has no visible character";
  return "";
}

}  // namespace

const char* check_username(std::string_view text) {
  if (text.empty()) return "is empty";
  if (!is_visible_text(text)) {
    return "has blanks around it, or control, invisible or unassigned characters";
  }
  // Folding can make one of these of another character (a full-width colon), so both are looked at.
  const std::string key = fold(text);
  if (key.empty()) return "has no visible character";
  if (has_any(text, looks_blank)) return "has characters that look like blanks";
  if (key == "." || key == "..") return "stands for a folder in paths";
  for (const std::string_view form : {text, std::string_view(key)}) {
    if (count_code_points(form) > kMaxNameLength) return "is longer than 255 characters";
    if (form.find_first_of(":/") != std::string_view::npos) return "contains \":\" or \"/\"";
  }
  if (std::all_of(key.begin(), key.end(), is_digit)) {
    return "has only digits and would be taken for a number";
  }
  if (is_object_id(key)) return "has the form of an id";
  if (key == "me") return "is \"me\", which stands for whoever asks";
  for (const std::string_view prefix : kTokenPrefixes) {
    if (key.starts_with(prefix)) return "begins like a token (gat_, grt_, gst_)";
  }
  return "";
}

const char* check_email(std::string_view text) {
  if (!is_visible_text(text)) {
    return "is empty, has blanks around it, or control, invisible or unassigned characters";
  }
  if (has_any(text, looks_blank)) return "has characters that look like blanks";
  // What separates addresses, quotes them or would end the username of HTTP Basic. Folding can make
  // three characters of one, and the folded form is what indexes and cursors hold.
  const std::string key = fold(text);
  for (const std::string_view form : {text, std::string_view(key)}) {
    if (count_code_points(form) > kMaxNameLength) return "is longer than 255 characters";
    if (form.find_first_of(" \t\"(),:;<>[\\]") != std::string_view::npos) {
      return "contains a blank or one of \"(),:;<>[\\]";
    }
  }
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.find('@', at + 1) != std::string_view::npos) {
    return "is not of the form name@domain";
  }
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  if (local.size() > 64) return "has more than 64 bytes before the \"@\"";
  if (domain.empty() || domain.front() == '.' || domain.back() == '.' || domain.front() == '-' ||
      domain.find("..") != std::string_view::npos || domain.find('/') != std::string_view::npos) {
    return "has no domain that mail could go to";
  }
  return "";
}

const char* check_line(std::string_view text) {
  return check_prose(text, is_control);
}

const char* check_lines(std::string_view text) {
  return check_prose(text, is_control_within_lines);
}

const char* check_timezone(std::string_view text) {
  constexpr const char* kUnknown = "is not a time zone of the IANA database (\"Europe/Berlin\")";
  if (text == "UTC") return "";
  // Files beside the zones: this machine's own choice, and variants that are no names of IANA's.
  for (const std::string_view other : {"localtime", "posixrules", "Factory"}) {
    if (text == other) return kUnknown;
  }
  if (text.starts_with("posix/") || text.starts_with("right/")) return kUnknown;
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '+' || c == '/';
  });
  // Without dots and with a letter first, the name stays below the folder.
  if (!plain || text.empty() || text.size() > 64 || !is_letter(text.front())) return kUnknown;
  std::ifstream zone("/usr/share/zoneinfo/" + std::string(text), std::ios::binary);
  std::array<char, 4> magic{};
  zone.read(magic.data(), magic.size());  // RFC 8536 section 3.1
  return zone && std::string_view(magic.data(), magic.size()) == "TZif" ? "" : kUnknown;
}

}  // namespace gatehouse::users
