// SPDX-License-Identifier: Apache-2.0
#include "live_sessions.hpp"

#include <utility>

#include <gatehouse/deployment.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::tokens {
namespace {

constexpr std::string_view kSessionTopic = "tokens.session";
constexpr std::string_view kEpochTopic = "tokens.deployment_epoch";
constexpr std::size_t kRemembered = 50'000;

bool stands(const LiveUser* user, const StoredSession& session, Time now) {
  return user != nullptr && user->may_act(now) && user->epoch == session.user_epoch;
}

}  // namespace

LiveSessions::LiveSessions(Context& host, const SessionRepository& rows)
    : host_(host),
      rows_(rows),
      sessions_(host.bus(), host.metrics(), kSessionTopic, kRemembered),
      epoch_(host.bus(), host.metrics(), kEpochTopic, 16) {}

Result<std::shared_ptr<const StoredSession>> LiveSessions::find(const std::string& id) {
  return sessions_.get(id, [&]() -> Result<std::shared_ptr<const StoredSession>> {
    GATEHOUSE_TRY(auto row, host_.storage().read([&](Session& db) { return rows_.find(db, id); }));
    if (!row) return std::shared_ptr<const StoredSession>();
    return std::make_shared<const StoredSession>(*std::move(row));
  });
}

Result<std::int64_t> LiveSessions::epoch() {
  using Found = std::shared_ptr<const std::int64_t>;
  GATEHOUSE_TRY(const Found epoch, epoch_.get(0, [&]() -> Result<Found> {
    GATEHOUSE_TRY(const std::int64_t now,
                  host_.storage().read([](Session& db) { return deployment_epoch(db); }));
    return std::make_shared<const std::int64_t>(now);
  }));
  return *epoch;
}

Result<Principal> LiveSessions::admit(const Call& call, const StoredSession& session) {
  const Time now = host_.clock().now();
  if (session.mount != call.mount() || now >= session.expires_at) return unauthenticated();
  GATEHOUSE_TRY(const std::int64_t deployment, epoch());
  if (deployment != session.deployment_epoch) return unauthenticated();
  auto& users = host_.services().require<LiveUsers>();
  GATEHOUSE_TRY(const auto user, users.find(session.user_number));
  if (!stands(user.get(), session, now)) return unauthenticated();
  users.note_seen(user->number);
  Principal who = principal_of(*user);
  who.method = "session";
  who.credential = session.id;
  if (session.scopes) who.scopes = split_scopes(*session.scopes);
  who.expires_at = session.expires_at;
  who.signed_in_at = session.signed_in_at;
  return who;
}

Result<std::shared_ptr<const LiveUser>> LiveSessions::require_standing(Session& db,
                                                                       const StoredSession& session,
                                                                       Time now) {
  GATEHOUSE_TRY(const std::int64_t deployment, deployment_epoch(db));
  GATEHOUSE_TRY(auto user, host_.services().require<LiveUsers>().find(db, session.user_number));
  if (deployment != session.deployment_epoch || !stands(user.get(), session, now)) {
    return unauthenticated();
  }
  return user;
}

Result<None> LiveSessions::publish(Session& db, std::string_view id) {
  return host_.bus().publish(db, kSessionTopic, id);
}

Result<None> LiveSessions::publish_epoch(Session& db) {
  return host_.bus().publish(db, kEpochTopic, "0");
}

}  // namespace gatehouse::tokens
