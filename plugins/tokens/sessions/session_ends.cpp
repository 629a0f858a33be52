// SPDX-License-Identifier: Apache-2.0
#include "session_ends.hpp"

#include <optional>
#include <string>

#include <gatehouse/deployment.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/jobs.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::tokens {
namespace {

constexpr const char* kReusedMail = "session_reused";
constexpr int kMostBatches = 20;  // of a run of the job; the next one goes on

AuditEvent event_about(std::string_view action, const UserRecord& user, std::string_view detail) {
  AuditEvent event{std::string(action), user.number, user.account};
  event.detail = detail;
  event.user_id = user.id;
  event.user_name = user.username.value_or(user.id);
  return event;
}

std::optional<MailMessage> letter_of_reuse(const UserRecord& user) {
  if (!user.recovery_email || !user.active) return std::nullopt;
  return MailMessage{
      *user.recovery_email,
      "A session of yours was ended",
      format("Hello {},\n\n"
             "something that keeps the user \"{}\" signed in was used twice, as "
             "happens when somebody has copied it.\nThat session has been ended. Sign "
             "in again where you need it. If you do not know why this happened, set "
             "a new\npassword, and look at your sessions and at the devices you use.\n",
             user.display_name,
             user.username.value_or(user.id))};
}

}  // namespace

void SessionEnds::listen() {
  Events& events = host_.events();
  events.subscribe<UserPasswordChanged>(
      [this](Session& db, const UserPasswordChanged& event) -> Result<None> {
        return after_password_change(db, event);
      });
  const auto ends_all = [this](Session& db, const auto& event) -> Result<None> {
    GATEHOUSE_CHECK(erase_others(db, event.number, ""));
    return None{};
  };
  events.subscribe<UserShutOut>(ends_all);
  events.subscribe<UserMoved>(ends_all);
  events.subscribe<UserDeleted>(ends_all);
  events.subscribe<AllRevoked>([this](Session& db, const AllRevoked&) -> Result<None> {
    GATEHOUSE_CHECK(void_all(db));
    return signing_keys_.drop_all(db);
  });
  events.subscribe<DatabaseRestored>(
      [this](Session& db, const DatabaseRestored&) { return void_all(db); });
  host_.mail().compose(
      kReusedMail,
      [this](Session& db, const MailOrder& order) -> Result<std::optional<MailMessage>> {
        const auto& users = host_.services().require<UserDirectory>();
        GATEHOUSE_TRY(const auto user, users.find_by_number(db, order.user));
        return user ? letter_of_reuse(*user) : std::optional<MailMessage>();
      });
  host_.jobs().every("sessions_over", std::chrono::minutes(10), [this] { drop_over(); });
}

Result<None> SessionEnds::end(Session& db, const UserRecord& user, std::string_view id) {
  GATEHOUSE_TRY(const bool ended, rows_.erase(db, id, user.number));
  if (!ended) return not_found();
  GATEHOUSE_CHECK(live_.publish(db, id));
  db.audit(event_about("session.ended", user, id));
  return None{};
}

Result<None> SessionEnds::end_all(Session& db, const UserRecord& user) {
  GATEHOUSE_TRY(const std::size_t ended, erase_others(db, user.number, ""));
  if (ended > 0) db.audit(event_about("session.ended", user, format("all {}", ended)));
  return None{};
}

Result<None> SessionEnds::end_oldest(Session& db, std::int64_t user, std::int64_t kept) {
  GATEHOUSE_TRY(const auto ended, rows_.erase_oldest(db, user, kept));
  for (const std::string& id : ended) GATEHOUSE_CHECK(live_.publish(db, id));
  return None{};
}

Result<None> SessionEnds::end_reused(Session& db, const UserRecord& user, std::string_view id) {
  GATEHOUSE_TRY(const bool ended, rows_.erase(db, id, user.number));
  if (!ended) return None{};
  GATEHOUSE_CHECK(live_.publish(db, id));
  GATEHOUSE_CHECK(host_.mail().queue(db, {kReusedMail, user.number}));
  db.audit(event_about("session.reused", user, id));
  return None{};
}

Result<std::size_t> SessionEnds::erase_others(Session& db,
                                              std::int64_t user,
                                              std::string_view kept) {
  GATEHOUSE_TRY(const auto ended, rows_.erase_others(db, user, kept));
  for (const std::string& id : ended) GATEHOUSE_CHECK(live_.publish(db, id));
  return ended.size();
}

// The session in which the user changed it goes on under the new epoch. Its access token does not:
// it says the old one, and is refreshed.
Result<None> SessionEnds::after_password_change(Session& db, const UserPasswordChanged& event) {
  const std::string_view kept = event.was_reset ? std::string_view() : event.by_credential;
  GATEHOUSE_CHECK(erase_others(db, event.number, kept));
  if (kept.empty()) return None{};
  GATEHOUSE_TRY(const auto user, host_.services().require<LiveUsers>().find(db, event.number));
  if (!user) return None{};
  GATEHOUSE_TRY(const bool goes_on, rows_.set_epoch(db, kept, event.number, user->epoch));
  return goes_on ? live_.publish(db, kept) : Result<None>(None{});
}

// Those in memory say an epoch that is over.
Result<None> SessionEnds::void_all(Session& db) {
  GATEHOUSE_CHECK(rows_.erase_all(db));
  return live_.publish_epoch(db);
}

// Nothing is published: whoever has one in memory looks at the time themselves.
void SessionEnds::drop_over() {
  for (int batch = 0; batch < kMostBatches; ++batch) {
    const auto dropped = host_.storage().write(
        [&](Session& db) { return rows_.erase_over(db, host_.clock().now()); });
    if (!dropped) {
      host_.log().warning("sessions_not_dropped", "{}", dropped.error().message);
      return;
    }
    if (*dropped == 0) return;
  }
}

}  // namespace gatehouse::tokens
