// SPDX-License-Identifier: Apache-2.0
#include "trail_routes.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/body.hpp>

#include "api/answers.hpp"
#include "trail_wire.hpp"

namespace gatehouse::flexmeasures {
namespace {

constexpr std::size_t kPart = 500;

// What was read already, in pieces for the wire.
template <class Event>
Result<Answer> whole_log(Call& call, WholeLists::Held turn, std::vector<Event> events) {
  return WholeLists::answer(call,
                            std::move(turn),
                            [events = std::move(events),
                             at = std::size_t{0}]() mutable -> Result<std::vector<std::string>> {
                              std::vector<std::string> texts;
                              for (; at < events.size() && texts.size() < kPart; ++at) {
                                texts.push_back(encode_json(events[at]));
                              }
                              return texts;
                            });
}

Result<Answer> user_log(Call& call,
                        TrailService& trail,
                        std::int64_t number,
                        const UserEventsAsked& asked) {
  GATEHOUSE_TRY(auto log, trail.of_user(*call.principal(), number));
  std::vector<UserEvent> events = to_user_events(log.entries);
  UserEventPage body;
  body.num_records = static_cast<std::int64_t>(events.size());
  events.erase(std::remove_if(events.begin(),
                              events.end(),
                              [&](const UserEvent& one) { return !matches(one, asked.words); }),
               events.end());
  if (asked.newest_first) std::reverse(events.begin(), events.end());
  if (!asked.page.is_asked()) return whole_log(call, std::move(log.turn), std::move(events));
  body.filtered_records = static_cast<std::int64_t>(events.size());
  GATEHOUSE_CHECK(check_page(asked.page, body.filtered_records));
  const std::int64_t begin = std::min(asked.page.offset(), body.filtered_records);
  const std::int64_t end = std::min(begin + asked.page.size, body.filtered_records);
  body.data.assign(events.begin() + begin, events.begin() + end);
  Answer answer;
  answer.content_type = "application/json";
  answer.body = encode_json(body);
  return answer;
}

}  // namespace

void add_trail_routes(Routes& routes, TrailService& trail) {
  routes
      .get("/accounts/{id}/auditlog",
           "audit:read",
           "Read the log of an account",
           [&](Call& call, std::string_view id) -> Result<Answer> {
             GATEHOUSE_TRY(const auto number, parse_id("Account", id));
             GATEHOUSE_TRY(auto log, trail.of_account(*call.principal(), number));
             GATEHOUSE_TRY(auto answer,
                           whole_log(call, std::move(log.turn), to_account_events(log.entries)));
             return dressed(call, std::move(answer));
           })
      .description(
          "By account-admins, consultants, and who reads the whole trail. An array, the oldest "
          "first.")
      .parameter("id", "A number.")
      .content("application/json")
      .answers(400, kInvalidRequest)
      .answers(401, kUnauthorized)
      .answers(403, kInvalidSender)
      .answers(404, "There is none of that number.")
      .answers(422, kUnprocessable);

  routes
      .get("/users/{id}/auditlog",
           "audit:read",
           "Read the log of a user",
           [&](Call& call,
               std::string_view id,
               const Query<UserEventQuery>& query) -> Result<Answer> {
             GATEHOUSE_TRY(const auto asked, to_asked(*query));
             GATEHOUSE_TRY(const auto number, parse_id("User", id));
             GATEHOUSE_TRY(auto answer, user_log(call, trail, number, asked));
             return dressed(call, std::move(answer));
           })
      .description(
          "What happened to them, and which accounts they changed; the oldest first. An array; "
          "with \"page\" an object with \"data\", \"num-records\" and \"filtered-records\".")
      .accept(Lenient::UnknownMembers)
      .parameter("id", "A number.")
      .content("application/json")
      .answers(400, kInvalidRequest)
      .answers(401, kUnauthorized)
      .answers(403, kInvalidSender)
      .answers(404, "There is none of that number.")
      .answers(422, kUnprocessable);
}

}  // namespace gatehouse::flexmeasures
