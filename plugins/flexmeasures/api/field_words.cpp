// SPDX-License-Identifier: Apache-2.0
#include "field_words.hpp"

#include <algorithm>

#include <gatehouse/text.hpp>

namespace gatehouse::flexmeasures {
namespace {

struct FieldWords {
  std::string_view name;
  std::string_view wrong_type;
  int max_length = 0;
};
constexpr std::string_view kNoInteger = "Not a valid integer.";
constexpr std::string_view kNoBoolean = "Not a valid boolean.";
constexpr std::string_view kNoString = "Not a valid string.";
constexpr FieldWords kFields[] = {
    {kWholeBody, "Invalid input type."},
    {"account", kNoInteger},
    {"account_id", kNoInteger},
    {"account_roles", "Not a valid list."},
    {"active", kNoBoolean},
    {"consultancy_account_id", kNoInteger},
    {"email", kNoString, 255},
    {"flexmeasures_roles", "Not a valid list."},
    {"include_inactive", kNoBoolean},
    {"logo_url", kNoString, 255},
    {"name", kNoString, 100},
    {"page", kNoInteger},
    {"per-page", kNoInteger},
    {"per_page", kNoInteger},
    {"primary_color", kNoString, 7},
    {"secondary_color", kNoString, 7},
    {"timezone", kNoString, 255},
    {"username", kNoString, 255},
};

FieldWords words_of(std::string_view field) {
  const auto* const found = std::find_if(std::begin(kFields),
                                         std::end(kFields),
                                         [&](const FieldWords& one) { return one.name == field; });
  return found == std::end(kFields) ? FieldWords{field, kNoString} : *found;
}

// RFC 6901 section 4.
std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool is_escape = token[i] == '~' && i + 1 < token.size();
    if (!is_escape) {
      out += token[i];
      continue;
    }
    ++i;
    out += token[i] == '1' ? '/' : '~';
  }
  return out;
}

std::string as_sentence(std::string text) {
  if (text.empty()) return "Invalid value.";
  if (text.front() >= 'a' && text.front() <= 'z') text.front() -= 'a' - 'A';
  if (!text.ends_with('.')) text += '.';
  return text;
}

}  // namespace

FaultPlace place_of(const FieldError& fault) {
  std::string_view pointer = fault.pointer;
  if (pointer == kPathId) return {"path", "id", ""};
  if (pointer.starts_with('?')) return {"query", std::string(pointer.substr(1)), ""};
  if (pointer.empty()) return {"json", std::string(kWholeBody), ""};
  pointer.remove_prefix(1);
  const std::size_t slash = std::min(pointer.find('/'), pointer.size());
  FaultPlace place{"json", unescaped(pointer.substr(0, slash)), ""};
  if (slash < pointer.size()) place.item = unescaped(pointer.substr(slash + 1));
  return place;
}

std::string text_of(const FieldError& fault) {
  const FaultPlace place = place_of(fault);
  const FieldWords words = words_of(place.field);
  if (fault.code == kOwnWords) return fault.detail;
  if (fault.code == "unknown") return "Unknown field.";
  if (fault.code == "null") return "Field may not be null.";
  if (fault.code == "required") return "Missing data for required field.";
  if (fault.code == "type") return std::string(place.item.empty() ? words.wrong_type : kNoInteger);
  if (fault.code == "range") return "Number too large.";
  if (fault.code == "too_long" && words.max_length > 0) {
    return format("Longer than maximum length {}.", words.max_length);
  }
  if (fault.code == "too_short") return "Shorter than minimum length 1.";
  if (place.field == "email" && fault.code == "invalid") return "Not a valid email address.";
  return as_sentence(fault.detail);
}

}  // namespace gatehouse::flexmeasures
