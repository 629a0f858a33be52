// SPDX-License-Identifier: Apache-2.0
#include "api_token_service.hpp"

#include <algorithm>
#include <utility>

#include <gatehouse/digest.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/field_errors.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/permissions.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/text.hpp>

#include "api_token_ends.hpp"
#include "api_token_mails.hpp"
#include "secret.hpp"

namespace gatehouse::tokens {
namespace {

constexpr std::chrono::minutes kRecent{10};  // security.md, the last table
constexpr std::size_t kMaxTitle = 255;

// bar.md 21. A token has never shown a password: it is held to what it may do itself instead.
Result<None> require_recent_sign_in(const Principal& who, Time now) {
  if (who.method == "basic" || who.method == "token") return None{};
  if (who.signed_in_at && now - *who.signed_in_at <= kRecent) return None{};
  return Error{ErrorCode::PermissionDenied,
               "recent_sign_in_required",
               "The password was shown more than 10 minutes ago: sign in again (POST "
               "/v1/sessions, or HTTP Basic), and repeat this.",
               {},
               {}};
}

// No exchange upwards (security.md 3): nothing comes out of a credential that has more scopes or,
// where no password stands behind it, a longer life.
Result<None> keep_within(const Principal& who,
                         const std::optional<std::vector<std::string>>& scopes,
                         Time expires_at) {
  const auto exceeds = [](std::string_view what) {
    return Error{ErrorCode::PermissionDenied,
                 "exceeds_credential",
                 format("The token would have {} than the credential of this request: give it no "
                        "more, or sign in with the password.",
                        what),
                 {},
                 {}};
  };
  if (who.scopes) {
    const bool within =
        scopes && std::all_of(scopes->begin(), scopes->end(), [&](const std::string& scope) {
          return has_scope(*who.scopes, scope);
        });
    if (!within) return exceeds("more scopes");
  }
  if (const auto end = end_of_credential(who); end && expires_at > *end)
    return exceeds("a longer life");
  return None{};
}

void check_title(FieldErrors& errors, std::string_view title) {
  if (!is_visible_text(title)) {
    errors.add("/title",
               "invalid",
               "is empty, has blanks around it, or control, invisible or unassigned characters");
  } else if (count_code_points(title) > kMaxTitle) {
    errors.add("/title", "too_long", "is longer than 255 characters");
  }
}

bool may_sign_in(const UserRecord& user, Time now) {
  return user.username && user.active && !user.locked &&
         !(user.expires_at && *user.expires_at <= now);
}

}  // namespace

AuditEvent event_about(std::string_view action,
                       const UserRecord& owner,
                       std::string_view token_id) {
  AuditEvent event{std::string(action), owner.number, owner.account};
  event.user_id = owner.id;
  event.user_name = owner.username.value_or(owner.email.value_or(owner.id));
  event.detail = token_id;
  return event;
}

Result<ApiTokenService::Owned> ApiTokenService::find_owned(Session& db,
                                                           const Principal& who,
                                                           const IdOrNumber& user,
                                                           std::string_view id) const {
  GATEHOUSE_TRY(auto owner, owners_.find(db, who, user));
  GATEHOUSE_TRY(auto token, tokens_.find(db, owner.number, id));
  if (!token) return not_found();
  return Owned{std::move(owner), *std::move(token)};
}

Result<None> ApiTokenService::require_sign_in(const UserRecord& owner) const {
  if (may_sign_in(owner, host_.clock().now())) return None{};
  return conflict("no_sign_in",
                  "This user cannot sign in: managed users never can, others when they are active "
                  "again, and neither locked nor expired.");
}

void ApiTokenService::check_scopes(FieldErrors& errors,
                                   const std::vector<std::string>& scopes) const {
  const std::vector<std::string> known = host_.permissions().of(Role::Admin);
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    if (has_scope(known, scopes[i])) continue;
    errors.add(format("/scopes/{}", i), "unknown_scope", "is no permission that there is here");
  }
}

Time ApiTokenService::default_end(const Principal& who, Time now) const {
  const Time end = now + std::min<std::chrono::seconds>(kDefaultLifetime, settings_.max_lifetime);
  return std::min(end, end_of_credential(who).value_or(end));
}

Result<ApiTokenRecord> ApiTokenService::prepare(const Principal& who,
                                                const UserRecord& owner,
                                                const ApiTokenDraft& draft) const {
  const Time now = host_.clock().now();
  ApiTokenRecord record;
  record.title = draft.title;
  record.scopes = draft.scopes;
  record.expires_at = draft.expires_at.value_or(default_end(who, now));
  FieldErrors errors;
  check_title(errors, record.title);
  if (record.scopes) check_scopes(errors, *record.scopes);
  if (record.expires_at <= now) errors.add("/expires_at", "past", "is not in the future");
  if (record.expires_at > now + settings_.max_lifetime) {
    errors.add("/expires_at",
               "too_late",
               format("is later than {}, as late as the server allows",
                      to_rfc3339(now + settings_.max_lifetime)));
  }
  GATEHOUSE_CHECK(std::move(errors).result());
  if (record.scopes) {
    std::sort(record.scopes->begin(), record.scopes->end());
    record.scopes->erase(std::unique(record.scopes->begin(), record.scopes->end()),
                         record.scopes->end());
  }
  GATEHOUSE_CHECK(keep_within(who, record.scopes, record.expires_at));
  record.id = host_.random().object_id();
  record.user = owner.number;
  record.made_on = draft.made_on;
  record.created_at = now;
  record.updated_at = now;
  return record;
}

// By mail, bar.md 16.
Result<None> ApiTokenService::tell(Session& db, const char* mail, const StoredApiToken& token) {
  MailOrder order{mail, token.record.user, token.record.made_on};
  order.data = token.record.id;
  return host_.mail().queue(db, order);
}

Result<MintedApiToken> ApiTokenService::store(Session& db,
                                              const Principal& who,
                                              const UserRecord& owner,
                                              const ApiTokenDraft& draft) {
  GATEHOUSE_CHECK(standing_.require(db, who));
  GATEHOUSE_CHECK(require_sign_in(owner));
  StoredApiToken token;
  GATEHOUSE_TRY(token.record, prepare(who, owner, draft));
  GATEHOUSE_TRY(const std::int64_t count, tokens_.count(db, owner.number));
  if (count >= settings_.tokens_per_user) {
    return conflict("too_many_tokens",
                    "The user has {} tokens, and no more are allowed: delete one first.",
                    count);
  }
  std::string secret = make_secret(host_.random(), draft.format);
  token.digest = sha256_hex(secret);
  token.format = draft.format;
  GATEHOUSE_CHECK(tokens_.insert(db, token));
  GATEHOUSE_CHECK(tell(db, kApiTokenCreatedMail, token));
  db.audit(event_about("token.created", owner, token.record.id));
  return MintedApiToken{std::move(token.record), std::move(secret)};
}

Result<MintedApiToken> ApiTokenService::create(const Principal& who,
                                               const IdOrNumber& user,
                                               const ApiTokenDraft& draft) {
  return host_.storage().write([&](Session& db) -> Result<MintedApiToken> {
    GATEHOUSE_TRY(const auto owner, owners_.find(db, who, user));
    GATEHOUSE_CHECK(require_recent_sign_in(who, host_.clock().now()));
    return store(db, who, owner, draft);
  });
}

Result<MintedApiToken> ApiTokenService::mint(Session& db,
                                             const Principal& who,
                                             std::int64_t user,
                                             const ApiTokenDraft& draft) {
  GATEHOUSE_TRY(const auto owner, owners_.find(db, who, {"", user}));
  return store(db, who, owner, draft);
}

Result<MintedApiToken> ApiTokenService::rotate(const Principal& who,
                                               const IdOrNumber& user,
                                               std::string_view id,
                                               const ApiTokenPrecondition& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<MintedApiToken> {
    GATEHOUSE_TRY(auto owned, find_owned(db, who, user, id));
    GATEHOUSE_CHECK(is_as_seen(owned.token.record));
    const Time now = host_.clock().now();
    const ApiTokenRecord& record = owned.token.record;
    GATEHOUSE_CHECK(require_recent_sign_in(who, now));
    GATEHOUSE_CHECK(standing_.require(db, who));
    GATEHOUSE_CHECK(keep_within(who, record.scopes, record.expires_at));
    if (record.expires_at <= now) {
      return conflict("token_expired",
                      "The token has expired, and another secret would not change that: make a "
                      "new token.");
    }
    GATEHOUSE_CHECK(require_sign_in(owned.owner));
    return renew(db, std::move(owned));
  });
}

Result<MintedApiToken> ApiTokenService::renew(Session& db, Owned owned) {
  StoredApiToken& token = owned.token;
  GATEHOUSE_CHECK(check_.forget(db, token.record.id, token.digest));
  std::string secret = make_secret(host_.random(), token.format);
  token.digest = sha256_hex(secret);
  token.record.updated_at = host_.clock().now();
  token.record.last_used_at.reset();  // was that of the other secret
  token.record.last_used_address.reset();
  GATEHOUSE_CHECK(tokens_.update(db, token));
  GATEHOUSE_CHECK(host_.events().publish(db, ApiTokenRotated{token.record.id, token.record.user}));
  GATEHOUSE_CHECK(tell(db, kApiTokenRotatedMail, token));
  db.audit(event_about("token.rotated", owned.owner, token.record.id));
  return MintedApiToken{std::move(token.record), std::move(secret)};
}

Result<std::vector<StoredApiToken>> ApiTokenService::page(const Principal& who,
                                                          const IdOrNumber& user,
                                                          std::int64_t before,
                                                          std::int64_t limit) {
  return host_.storage().read([&](Session& db) -> Result<std::vector<StoredApiToken>> {
    GATEHOUSE_TRY(const auto owner, owners_.find(db, who, user));
    return tokens_.list(db, owner.number, before, limit);
  });
}

Result<std::vector<ApiTokenRecord>> ApiTokenService::list(Session& db,
                                                          const Principal& who,
                                                          std::int64_t user) {
  GATEHOUSE_TRY(const auto owner, owners_.find(db, who, {"", user}));
  GATEHOUSE_TRY(auto tokens,
                tokens_.list(db, owner.number, ApiTokenRepository::kFirst, kMostTokensPerUser));
  std::vector<ApiTokenRecord> records;
  records.reserve(tokens.size());
  for (StoredApiToken& token : tokens) records.push_back(std::move(token.record));
  return records;
}

Result<ApiTokenRecord> ApiTokenService::read(const Principal& who,
                                             const IdOrNumber& user,
                                             std::string_view id) {
  return host_.storage().read([&](Session& db) -> Result<ApiTokenRecord> {
    GATEHOUSE_TRY(auto owned, find_owned(db, who, user, id));
    return std::move(owned.token.record);
  });
}

Result<ApiTokenRecord> ApiTokenService::find(Session& db,
                                             const Principal& who,
                                             std::int64_t user,
                                             std::string_view id) {
  GATEHOUSE_TRY(auto owned, find_owned(db, who, {"", user}, id));
  return std::move(owned.token.record);
}

Result<ApiTokenRecord> ApiTokenService::edit(const Principal& who,
                                             const IdOrNumber& user,
                                             std::string_view id,
                                             const ApiTokenChange& change,
                                             const ApiTokenPrecondition& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<ApiTokenRecord> {
    GATEHOUSE_TRY(auto owned, find_owned(db, who, user, id));
    GATEHOUSE_CHECK(is_as_seen(owned.token.record));
    if (change.active.value_or(false) && !owned.token.record.active) {
      GATEHOUSE_CHECK(require_recent_sign_in(who, host_.clock().now()));
    }
    return apply(db, who, std::move(owned), change);
  });
}

Result<ApiTokenRecord> ApiTokenService::change(Session& db,
                                               const Principal& who,
                                               std::int64_t user,
                                               std::string_view id,
                                               const ApiTokenChange& change) {
  GATEHOUSE_TRY(auto owned, find_owned(db, who, {"", user}, id));
  return apply(db, who, std::move(owned), change);
}

Result<ApiTokenRecord> ApiTokenService::apply(Session& db,
                                              const Principal& who,
                                              Owned owned,
                                              const ApiTokenChange& change) {
  ApiTokenRecord& record = owned.token.record;
  if (change.title) {
    FieldErrors errors;
    check_title(errors, *change.title);
    GATEHOUSE_CHECK(std::move(errors).result());
  }
  AuditEvent event = event_about("token.updated", owned.owner, record.id);
  if (change.title && *change.title != record.title) {
    record.title = *change.title;
    event.changes.emplace_back("title");
  }
  if (change.active && *change.active != record.active) {
    if (*change.active) {
      GATEHOUSE_CHECK(standing_.require(db, who));
      GATEHOUSE_CHECK(keep_within(who, record.scopes, record.expires_at));
    }
    record.active = *change.active;
    event.changes.emplace_back("active");
    event.active = record.active;
  }
  if (event.changes.empty()) return std::move(record);
  record.updated_at = host_.clock().now();
  GATEHOUSE_CHECK(tokens_.update(db, owned.token));
  GATEHOUSE_CHECK(check_.forget(db, record.id, owned.token.digest));
  db.audit(event);
  return std::move(record);
}

Result<None> ApiTokenService::revoke(const Principal& who,
                                     const IdOrNumber& user,
                                     std::string_view id,
                                     const ApiTokenPrecondition& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto owned, find_owned(db, who, user, id));
    GATEHOUSE_CHECK(is_as_seen(owned.token.record));
    return end(db, owned);
  });
}

Result<None> ApiTokenService::remove(Session& db,
                                     const Principal& who,
                                     std::int64_t user,
                                     std::string_view id) {
  GATEHOUSE_TRY(const auto owned, find_owned(db, who, {"", user}, id));
  return end(db, owned);
}

Result<None> ApiTokenService::end(Session& db, const Owned& owned) {
  GATEHOUSE_TRY(const auto ended, tokens_.take(db, owned.token.number));
  GATEHOUSE_CHECK(tell_ended(host_, check_, db, ended));
  db.audit(event_about("token.revoked", owned.owner, owned.token.record.id));
  return None{};
}

}  // namespace gatehouse::tokens
