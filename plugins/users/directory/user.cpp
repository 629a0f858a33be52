// SPDX-License-Identifier: Apache-2.0
#include "user.hpp"

#include <algorithm>
#include <utility>

#include <gatehouse/text.hpp>

namespace gatehouse::users {

const char* check_clearances(const std::vector<Clearance>& clearances) {
  const auto falls = [](Clearance a, Clearance b) { return a >= b; };
  const bool good =
      std::adjacent_find(clearances.begin(), clearances.end(), falls) == clearances.end();
  return good ? "" : "is not in the order WHITE, GREEN, AMBER, RED, each once";
}

std::vector<Clearance> clearances_of(std::int64_t bits) {
  std::vector<Clearance> list;
  for (const Clearance one :
       {Clearance::White, Clearance::Green, Clearance::Amber, Clearance::Red}) {
    if ((bits & static_cast<std::int64_t>(one)) != 0) list.push_back(one);
  }
  return list;
}

std::string display_name(const StoredUser& user) {
  std::string name = user.first_name.value_or("");
  const std::string last = user.last_name.value_or("");
  if (!name.empty() && !last.empty()) name += ' ';
  name += last;
  if (!name.empty()) return name;
  return user.username.value_or(user.id);
}

bool may_act(const StoredUser& user, Time now) {
  return user.active && !user.locked && !(user.expires_at && *user.expires_at <= now);
}

bool may_sign_in(const StoredUser& user, Time now) {
  return user.username.has_value() && may_act(user, now);
}

// RFC 5321 4.5.3.1.3; an address that begins with "-" is taken for an option by some mailers.
bool can_get_mail(const std::optional<std::string>& address) {
  constexpr std::size_t kMaxAddress = 254;
  return address && address->size() <= kMaxAddress && !address->starts_with('-');
}

AuditEvent event_about(std::string_view action, const StoredUser& user) {
  AuditEvent event{std::string(action), user.number, user.account.value_or(0)};
  event.user_id = user.id;
  event.user_name = user.username.value_or(user.email.value_or(user.id));
  return event;
}

UserChange change_of(const UserDraft& draft) {
  UserChange change;
  const auto set = [](auto& patch, const auto& value) {
    if (value) patch.emplace() = *value;
  };
  change.username.emplace() = draft.username;
  set(change.email, draft.email);
  set(change.first_name, draft.first_name);
  set(change.last_name, draft.last_name);
  set(change.timezone, draft.timezone);
  if (!draft.description.empty()) change.description.emplace() = draft.description;
  change.preferences = draft.preferences;
  set(change.organization, draft.organization);
  set(change.account, draft.account);
  if (!draft.roles.empty()) change.roles.emplace() = draft.roles;
  if (!draft.active) change.active.emplace() = false;
  change.locked = draft.locked;
  change.expires_at = draft.expires_at;
  change.password_expires_at = draft.password_expires_at;
  change.clearances = draft.clearances;
  change.can_inbox = draft.can_inbox;
  change.api_access = draft.api_access;
  return change;
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
    case UserSort::LastSeen:
      position.number_key = user.last_seen_at ? microseconds(*user.last_seen_at) : 0;
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

bool add_text(UserFilter& filter, std::string_view text, std::uint32_t fields) {
  std::vector<std::string> words = split_search(text);
  if (words.size() > UserFilter::kMaxWords) return false;
  for (std::string& word : words) filter.terms.push_back({std::move(word), fields});
  return true;
}

void add_substring(UserFilter& filter, std::string_view text, std::uint32_t field) {
  if (!text.empty()) filter.terms.push_back({search_word(text), field});
}

}  // namespace gatehouse::users
