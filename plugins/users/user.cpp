// SPDX-License-Identifier: Apache-2.0
#include "user.hpp"

#include <gatehouse/text.hpp>

#include "code_points.hpp"

namespace gatehouse::users {

std::string display_name(const StoredUser& user) {
  std::string name = user.first_name.value_or("");
  const std::string last = user.last_name.value_or("");
  if (!name.empty() && !last.empty()) name += ' ';
  name += last;
  if (!name.empty()) return name;
  return user.username.value_or(user.id);
}

UserObject as_object(const StoredUser& user) {
  UserObject object;
  object.user = user.number;
  object.account = user.account.value_or(0);
  object.manager = user.manager.value_or(0);
  object.roles = user.roles();
  return object;
}

UserPosition position_of(const StoredUser& user, UserSort sort) {
  const auto microseconds = [](Time time) { return std::int64_t{time.time_since_epoch().count()}; };
  UserPosition position;
  position.number = user.number;
  switch (sort) {
    case UserSort::Created:
      position.number_key = microseconds(user.created_at);
      break;
    case UserSort::LastLogin:
      position.number_key = user.last_login_at ? microseconds(*user.last_login_at) : 0;
      break;
    case UserSort::Username:
      position.text_key = fold(user.username.value_or(""));
      break;
    case UserSort::Email:
      position.text_key = fold(user.email.value_or(""));
      break;
  }
  return position;
}

std::vector<std::string> split_search(std::string_view text) {
  // Folding leaves this out of every key, so nothing holds it.
  constexpr std::string_view kInNoKey = "\u200b";
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  const auto finish = [&] {
    if (word.empty()) return;
    const std::string key = fold(word);
    words.emplace_back(key.empty() ? kInNoKey : std::string_view(key));
    word.clear();
  };
  const bool has_text = !text.empty();
  while (!text.empty()) {
    const std::string_view rest = text;
    const char32_t c = take_code_point(text);
    if (c == '"') {
      finish();
      quoted = !quoted;
    } else if (!quoted && is_blank(c)) {
      finish();
    } else {
      word += rest.substr(0, rest.size() - text.size());
    }
  }
  finish();
  if (has_text && words.empty()) words.emplace_back(kInNoKey);
  return words;
}

}  // namespace gatehouse::users
