// The logs of accounts and users as FlexMeasures writes them. The names of the types are the names
// of the schemas in /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/services/audit_trail.hpp>

#include "accounts/account_wire.hpp"
#include "api/paging.hpp"

namespace gatehouse::flexmeasures {

struct AccountEvent {
  std::optional<std::int64_t> active_user_id;
  std::string event;
  Time event_datetime;
};
BOOST_DESCRIBE_STRUCT(AccountEvent, (), (active_user_id, event, event_datetime))
constexpr auto rules(Of<AccountEvent>) {
  return std::tuple{
      field(&AccountEvent::active_user_id, {.text = "Who did it; null: nobody who signed in."}),
      field(&AccountEvent::event_datetime,
            {.example = "\"Sat, 21 Nov 2026 17:10:45 GMT\"", .time = TimeForm::HttpDate})};
}

struct UserEvent {
  std::optional<std::int64_t> active_user_id;
  std::optional<std::string> active_user_name;
  std::string event;
  Time event_datetime;
};
BOOST_DESCRIBE_STRUCT(UserEvent, (), (active_user_id, active_user_name, event, event_datetime))
constexpr auto rules(Of<UserEvent>) {
  return std::tuple{
      field(&UserEvent::event_datetime,
            {.example = "\"2026-11-21T17:10:45.169675\"", .time = TimeForm::IsoMicroseconds})};
}

struct UserEventPage {
  std::vector<UserEvent> data;
  std::int64_t num_records = 0;
  std::int64_t filtered_records = 0;
  std::int64_t status = 200;
};
BOOST_DESCRIBE_STRUCT(UserEventPage, (), (data, num_records, filtered_records, status))
constexpr auto rules(Of<UserEventPage>) {
  return std::tuple{field(&UserEventPage::num_records, {.name = "num-records"}),
                    field(&UserEventPage::filtered_records, {.name = "filtered-records"})};
}

enum class EventSortName : std::uint8_t { EventDatetime };
BOOST_DESCRIBE_ENUM(EventSortName, EventDatetime)
constexpr auto names(Of<EventSortName>) {
  return std::array{named(EventSortName::EventDatetime, "event_datetime")};
}

struct UserEventQuery {
  std::optional<std::int64_t> page;
  std::optional<std::int64_t> per_page;
  std::optional<std::int64_t> per_page_with_hyphen;
  std::string filter;
  std::optional<EventSortName> sort_by;
  std::optional<EventSortName> sort_by_with_hyphen;
  std::optional<SortDirection> sort_dir;
  std::optional<SortDirection> sort_dir_with_hyphen;
};
BOOST_DESCRIBE_STRUCT(UserEventQuery,
                      (),
                      (page,
                       per_page,
                       per_page_with_hyphen,
                       filter,
                       sort_by,
                       sort_by_with_hyphen,
                       sort_dir,
                       sort_dir_with_hyphen))
constexpr auto rules(Of<UserEventQuery>) {
  return std::tuple{field(&UserEventQuery::page, kPageRule),
                    field(&UserEventQuery::per_page, kPerPageRule),
                    field(&UserEventQuery::per_page_with_hyphen, kPerPageHyphenRule),
                    field(&UserEventQuery::filter,
                          {.text = "Words of which one must occur in the event or in the name of "
                                   "who did it.",
                           .optional = true,
                           .max_length = 500}),
                    field(&UserEventQuery::sort_by, kSortByRule),
                    field(&UserEventQuery::sort_by_with_hyphen, kSortByHyphenRule),
                    field(&UserEventQuery::sort_dir, kSortDirRule),
                    field(&UserEventQuery::sort_dir_with_hyphen, kSortDirHyphenRule)};
}

// What a client asks of the log of a user.
struct UserEventsAsked {
  PageAsked page;
  std::vector<std::string> words;  // folded; one must occur
  bool newest_first = false;
};
Result<UserEventsAsked> to_asked(const UserEventQuery& query);

// Entries that have words, in their order.
std::vector<AccountEvent> to_account_events(const std::vector<AuditEntry>& entries);
std::vector<UserEvent> to_user_events(const std::vector<AuditEntry>& entries);
bool matches(const UserEvent& event, const std::vector<std::string>& words);

}  // namespace gatehouse::flexmeasures
