// SPDX-License-Identifier: Apache-2.0
#include "user_path.hpp"

#include <charconv>

#include "name_rules.hpp"

namespace gatehouse::users {

Result<UserReference> parse_reference(const Call& call, std::string_view text) {
  if (text == "me") return UserReference{"", call.user()};
  if (is_object_id(text)) return UserReference{std::string(text), 0};
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1 ||
      text.front() == '0') {
    return not_found();
  }
  return UserReference{"", number};
}

}  // namespace gatehouse::users
