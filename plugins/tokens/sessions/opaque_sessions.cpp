// SPDX-License-Identifier: Apache-2.0
#include "opaque_sessions.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <gatehouse/digest.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/services.hpp>

#include "checksum.hpp"
#include "new_session.hpp"
#include "standing.hpp"

namespace gatehouse::tokens {
namespace {

// No username begins with it (security.md 9).
constexpr std::string_view kPrefix = "gst_";
constexpr std::size_t kIdLength = 24;
constexpr std::size_t kSecretLength = 31;  // 184 bits
constexpr std::size_t kLength = kPrefix.size() + kIdLength + kSecretLength + kChecksumLength;
constexpr std::chrono::hours kLongestLife{400 * 24};

}  // namespace

Result<SessionToken> OpaqueSessions::open(Session& db,
                                          const Call& call,
                                          const Principal& who,
                                          std::string_view method,
                                          std::chrono::seconds life) {
  if (life < std::chrono::seconds(1) || life > kLongestLife) {
    throw std::logic_error("SessionTokens::open() with a life that is none");
  }
  if (who.actor != 0) return denied();
  GATEHOUSE_TRY(const auto stood, Standing(host_).require(db, who));
  GATEHOUSE_TRY(StoredSession session, new_session(host_, db, call, *stood.user));
  session.method = method;
  if (who.scopes) session.scopes = join_scopes(*who.scopes);
  session.signed_in_at = who.signed_in_at;
  session.expires_at =
      std::min(session.created_at + life, who.expires_at.value_or(session.created_at + life));
  session.idle_until = session.expires_at;
  std::string token = std::string(kPrefix) + session.id + host_.random().base62(kSecretLength);
  token += checksum(token);
  session.token_digest = sha256_hex(token);
  GATEHOUSE_CHECK(ends_.end_oldest(db, stood.user->number, per_user_ - 1));
  GATEHOUSE_CHECK(rows_.insert(db, session));
  return SessionToken{std::move(token), session.id, session.expires_at};
}

bool OpaqueSessions::has_form(std::string_view token) const {
  return token.size() == kLength && token.starts_with(kPrefix) && has_checksum(token);
}

Result<Principal> OpaqueSessions::recognise(const Call& call, std::string_view token) {
  if (!has_form(token)) return unauthenticated();
  GATEHOUSE_TRY(const auto session,
                live_.find(std::string(token.substr(kPrefix.size(), kIdLength))));
  if (!session || !session->token_digest ||
      !constant_time_equal(*session->token_digest, sha256_hex(token))) {
    return unauthenticated();
  }
  GATEHOUSE_TRY(Principal who, live_.admit(call, *session));
  uses_.note(session->id, host_.clock().now(), call.remote_address());
  return who;
}

Result<None> OpaqueSessions::end(Session& db, const Principal& who) {
  if (who.method != "session") return not_found();
  const auto& users = host_.services().require<UserDirectory>();
  GATEHOUSE_TRY(const auto user, users.find_by_number(db, who.user));
  if (!user) return not_found();
  return ends_.end(db, *user, who.credential);
}

}  // namespace gatehouse::tokens
