// SPDX-License-Identifier: Apache-2.0
#include "session_service.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <gatehouse/digest.hpp>
#include <gatehouse/keys.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/password_sign_in.hpp>

#include "new_session.hpp"

namespace gatehouse::tokens {
namespace {

constexpr std::string_view kFamilyPurpose = "refresh_family";

std::string new_family_key(Random& random) {
  std::string key(kFamilyKeyBytes, '\0');
  random.fill(std::as_writable_bytes(std::span(key.data(), key.size())));
  return key;
}

}  // namespace

// What came of a refresh in its transaction, which commits the end of a family too.
struct SessionService::Turn {
  std::optional<OpenedSession> opened;  // nothing: the token was used before
};

SessionService::SessionService(Context& host,
                               const SessionRepository& rows,
                               LiveSessions& live,
                               SessionEnds& ends,
                               SigningKeys& signing_keys,
                               const AccessTokens& access_tokens,
                               const SessionSettings& settings)
    : host_(host),
      rows_(rows),
      live_(live),
      ends_(ends),
      signing_keys_(signing_keys),
      access_tokens_(access_tokens),
      owners_(host),
      settings_(settings) {}

Result<OpenedSession> SessionService::sign_in(const Call& call,
                                              std::string_view name,
                                              std::string_view password) {
  GATEHOUSE_TRY(
      const Principal who,
      host_.services().require<PasswordSignIn>().sign_in(call, {name, password, "session"}));
  GATEHOUSE_TRY(const auto keys, signing_keys_.all());
  // Counted beside the transaction, so that those of others who sign in do not collide with it. Of
  // several sign-ins at once some may stay too many until the next one.
  GATEHOUSE_TRY(const std::int64_t open,
                host_.storage().read([&](Session& db) { return rows_.count(db, who.user); }));
  return host_.storage().write([&](Session& db) -> Result<OpenedSession> {
    // Somebody may have shut them out meanwhile, or the password is another one.
    GATEHOUSE_TRY(const auto user, host_.services().require<LiveUsers>().find(db, who.user));
    const Time now = host_.clock().now();
    if (!user || !user->may_act(now) || user->epoch != who.epoch) return unauthenticated();
    GATEHOUSE_TRY(StoredSession session, new_session(host_, db, call, *user));
    session.method = "session";
    session.signed_in_at = who.signed_in_at.value_or(now);
    session.expires_at = now + settings_.lifetime;
    session.idle_until = std::min(now + settings_.idle, session.expires_at);
    session.family_key = host_.keys().seal(kFamilyPurpose, new_family_key(host_.random()));
    session.generation = 1;
    if (open >= settings_.per_user) {
      GATEHOUSE_CHECK(ends_.end_oldest(db, user->number, settings_.per_user - 1));
    }
    GATEHOUSE_CHECK(rows_.insert(db, session));
    GATEHOUSE_TRY(const SigningKey key, signing_keys_.signer(db, *keys, now));
    return hand_out(db, std::move(session), *user, key, now);
  });
}

std::string SessionService::family_key_of(const StoredSession& session) const {
  if (!session.family_key) return {};
  auto key = host_.keys().open(kFamilyPurpose, *session.family_key);
  return key ? *std::move(key) : std::string();
}

Result<UserRecord> SessionService::record_of(Session& db, std::int64_t number) {
  GATEHOUSE_TRY(auto user, host_.services().require<UserDirectory>().find_by_number(db, number));
  if (!user) return unauthenticated();
  return *std::move(user);
}

Result<OpenedSession> SessionService::hand_out(
    Session& db, StoredSession session, const LiveUser& user, const SigningKey& key, Time now) {
  OpenedSession opened;
  GATEHOUSE_TRY(opened.user, record_of(db, user.number));
  opened.access = access_tokens_.issue(key, session, user, now, session.expires_at);
  opened.refresh_token =
      RefreshToken::derive(family_key_of(session), session.id, session.generation).text();
  opened.session = std::move(session);
  return opened;
}

Result<OpenedSession> SessionService::refresh(const Call& call, std::string_view token) {
  const auto sent = RefreshToken::parse(token);
  if (!sent) return unauthenticated();
  GATEHOUSE_TRY(const auto keys, signing_keys_.all());
  // Of several who come with one token at once, the first one writes.
  GATEHOUSE_TRY(auto repeated,
                host_.storage().read([&](Session& db) { return repeat(db, call, *sent, *keys); }));
  if (repeated) return *std::move(repeated);
  GATEHOUSE_TRY(Turn came,
                host_.storage().write([&](Session& db) { return turn(db, call, *sent, *keys); }));
  if (!came.opened) return unauthenticated();
  return *std::move(came.opened);
}

// The session of a token of this mount whose secret is right and whose time is not over. Who only
// knows the session's id changes nothing with it.
Result<StoredSession> SessionService::find_sent(Session& db,
                                                const Call& call,
                                                const RefreshToken& sent,
                                                Time now) {
  GATEHOUSE_TRY(auto session, rows_.find(db, sent.session));
  if (!session || is_over(*session, now) || session->mount != call.mount()) {
    return unauthenticated();
  }
  const std::string key = family_key_of(*session);
  if (key.empty()) return unauthenticated();
  const RefreshToken right = RefreshToken::derive(key, session->id, sent.generation);
  if (!constant_time_equal(right.secret, sent.secret)) return unauthenticated();
  return *std::move(session);
}

Result<std::optional<OpenedSession>> SessionService::repeat(Session& db,
                                                            const Call& call,
                                                            const RefreshToken& sent,
                                                            const KeySet& keys) {
  const Time now = host_.clock().now();
  GATEHOUSE_TRY(StoredSession session, find_sent(db, call, sent, now));
  const SigningKey* key = keys.signer(now);
  if (key == nullptr ||
      judge(session, sent.generation, settings_.refresh_grace, now) != RefreshVerdict::Repeats) {
    return std::optional<OpenedSession>();
  }
  GATEHOUSE_TRY(const auto user, live_.require_standing(db, session, now));
  GATEHOUSE_TRY(auto opened, hand_out(db, std::move(session), *user, *key, now));
  return std::optional<OpenedSession>(std::move(opened));
}

Result<SessionService::Turn> SessionService::turn(Session& db,
                                                  const Call& call,
                                                  const RefreshToken& sent,
                                                  const KeySet& keys) {
  const Time now = host_.clock().now();
  GATEHOUSE_TRY(StoredSession session, find_sent(db, call, sent, now));
  GATEHOUSE_TRY(const auto user, live_.require_standing(db, session, now));
  switch (judge(session, sent.generation, settings_.refresh_grace, now)) {
    case RefreshVerdict::Unknown:
      return unauthenticated();
    case RefreshVerdict::Reused: {
      GATEHOUSE_TRY(const UserRecord record, record_of(db, user->number));
      GATEHOUSE_CHECK(ends_.end_reused(db, record, session.id));
      return Turn{};
    }
    case RefreshVerdict::Rotates: {
      session.rotated_at = now;
      session.last_used_at = now;
      session.last_used_address = call.remote_address();
      session.idle_until = std::min(now + settings_.idle, session.expires_at);
      GATEHOUSE_TRY(const bool rotated, rows_.rotate(db, session));
      if (!rotated) return unavailable("The session was refreshed at the same time: try again.");
      ++session.generation;
      break;
    }
    case RefreshVerdict::Repeats:
      break;
  }
  GATEHOUSE_TRY(const SigningKey key, signing_keys_.signer(db, keys, now));
  GATEHOUSE_TRY(auto opened, hand_out(db, std::move(session), *user, key, now));
  return Turn{std::move(opened)};
}

Result<std::vector<StoredSession>> SessionService::list(const Principal& who,
                                                        const IdOrNumber& user,
                                                        const std::optional<SessionPosition>& after,
                                                        std::int64_t limit) {
  return host_.storage().read([&](Session& db) -> Result<std::vector<StoredSession>> {
    GATEHOUSE_TRY(const UserRecord owner, owners_.find(db, who, user));
    return rows_.list(db, owner.number, host_.clock().now(), after, limit + 1);
  });
}

Result<None> SessionService::end(const Principal& who,
                                 const IdOrNumber& user,
                                 std::string_view id) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const UserRecord owner, owners_.find(db, who, user));
    return ends_.end(db, owner, id);
  });
}

Result<None> SessionService::end_all(const Principal& who, const IdOrNumber& user) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const UserRecord owner, owners_.find(db, who, user));
    return ends_.end_all(db, owner);
  });
}

Result<None> SessionService::end_own(const Principal& who) {
  if (who.method != "session") return not_found();
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const UserRecord owner, record_of(db, who.user));
    return ends_.end(db, owner, who.credential);
  });
}

Result<UserRecord> SessionService::find_user(std::int64_t number) {
  return host_.storage().read([&](Session& db) { return record_of(db, number); });
}

}  // namespace gatehouse::tokens
