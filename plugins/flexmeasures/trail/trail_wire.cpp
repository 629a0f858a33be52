// SPDX-License-Identifier: Apache-2.0
#include "trail_wire.hpp"

#include <algorithm>

#include <gatehouse/text.hpp>

#include "api/search_filter.hpp"
#include "event_texts.hpp"

namespace gatehouse::flexmeasures {
namespace {

std::optional<std::int64_t> actor_of(const AuditEntry& entry) {
  const std::int64_t actor = entry.record.origin.actor;
  return actor == 0 ? std::nullopt : std::optional(actor);
}

std::optional<std::string> actor_name_of(const AuditEntry& entry) {
  const AuditOrigin& origin = entry.record.origin;
  if (origin.actor == 0 || origin.actor_name.empty()) return std::nullopt;
  return origin.actor_name;
}

}  // namespace

Result<UserEventsAsked> to_asked(const UserEventQuery& query) {
  UserEventsAsked asked;
  GATEHOUSE_TRY(asked.page, page_asked(query.page, query.per_page, query.per_page_with_hyphen));
  GATEHOUSE_TRY(const auto terms, split_filter(query.filter));
  // Only the first term counts, and each word of it by itself.
  if (!terms.empty()) asked.words = split_search(terms.front());
  const bool is_sorted = query.sort_by || query.sort_by_with_hyphen;
  const auto sort_dir = query.sort_dir ? query.sort_dir : query.sort_dir_with_hyphen;
  asked.newest_first = is_sorted && sort_dir == SortDirection::Descending;
  return asked;
}

std::vector<AccountEvent> to_account_events(const std::vector<AuditEntry>& entries) {
  std::vector<AccountEvent> events;
  for (const AuditEntry& entry : entries) {
    for (std::string& text : event_texts(entry.record.event)) {
      events.push_back({actor_of(entry), std::move(text), entry.record.at});
    }
  }
  return events;
}

std::vector<UserEvent> to_user_events(const std::vector<AuditEntry>& entries) {
  std::vector<UserEvent> events;
  for (const AuditEntry& entry : entries) {
    for (std::string& text : event_texts(entry.record.event)) {
      events.push_back({actor_of(entry), actor_name_of(entry), std::move(text), entry.record.at});
    }
  }
  return events;
}

bool matches(const UserEvent& event, const std::vector<std::string>& words) {
  if (words.empty()) return true;
  const std::string text = fold(event.event);
  const std::string name = fold(event.active_user_name.value_or(""));
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return text.find(word) != std::string::npos || name.find(word) != std::string::npos;
  });
}

}  // namespace gatehouse::flexmeasures
