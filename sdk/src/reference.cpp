// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include <gatehouse/reference.hpp>

namespace gatehouse {

bool is_object_id(std::string_view text) {
  return text.size() == 24 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

Result<IdOrNumber> parse_reference(std::string_view segment) {
  if (is_object_id(segment)) return IdOrNumber{std::string(segment), 0};
  IdOrNumber reference;
  const char* const last = segment.data() + segment.size();
  const auto [end, error] = std::from_chars(segment.data(), last, reference.number);
  if (error != std::errc() || end != last || reference.number < 1 || segment.front() == '0') {
    return not_found();
  }
  return reference;
}

Result<IdOrNumber> parse_user_reference(const Call& call, std::string_view segment) {
  if (segment == "me") return IdOrNumber{"", call.user()};
  return parse_reference(segment);
}

}  // namespace gatehouse
