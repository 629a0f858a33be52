// SPDX-License-Identifier: Apache-2.0
#include "runtime/idempotency.hpp"

#include <algorithm>
#include <chrono>

#include <boost/describe.hpp>

#include <gatehouse/digest.hpp>
#include <gatehouse/text.hpp>

#include "runtime/headers.hpp"
#include "runtime/own_tables.hpp"

namespace gatehouse::runtime {

BOOST_DESCRIBE_STRUCT(StoredAnswer,
                      (),
                      (fingerprint, rights, status, content_type, body, secret, location, etag))

namespace {

constexpr std::string_view kPurpose = "idempotency";
constexpr std::chrono::hours kLife{24};
constexpr std::size_t kMaxKey = 255;
constexpr int kMaxBatches = 100;  // of one prune(); what is left waits for the next

constexpr Sql kSelect =
    "select fingerprint, rights, status, content_type, body, secret, location, etag"
    " from gatehouse_idempotency_record where id = :id and expires_at > :now";
constexpr Sql kDeleteExpired =
    "delete from gatehouse_idempotency_record where id = :id and expires_at <= :now";
constexpr Sql kInsert =
    "insert into gatehouse_idempotency_record"
    " (id, fingerprint, rights, status, content_type, body, secret, location, etag, expires_at) "
    "values"
    " (:id, :fingerprint, :rights, :status, :content_type, :body, :secret, :location, :etag, "
    ":expires_at)";
// By gatehouse_idempotency_record_expiry.
constexpr Sql kPrune =
    "delete from gatehouse_idempotency_record where id in (select id from"
    " gatehouse_idempotency_record where expires_at <= :now order by expires_at limit :batch)";

Error in_progress() {
  return conflict("idempotency_in_progress",
                  "A request with this Idempotency-Key is being worked on: wait a moment, and send "
                  "it again for its answer.");
}

std::optional<std::string> header_of(const Answer& answer, std::string_view name) {
  for (const auto& [header, value] : answer.headers) {
    if (same_header(header, name)) return value;
  }
  return std::nullopt;
}

// Without a secret of the deployment, since it must be found after a restart, and tells nothing.
std::string id_of(const Idempotency::Request& request) {
  const std::string user = std::to_string(request.user);
  const std::string actor = std::to_string(request.actor);
  return to_hex(
      hmac_sha256({}, {user, actor, request.method, request.pattern, request.path, request.key}));
}

}  // namespace

std::string rights_digest(const Principal& who) {
  const std::string roles = std::to_string(who.roles.bits());
  const std::string account = std::to_string(who.account);
  std::string scopes;  // unlimited is not the same as none
  if (who.scopes) scopes = "limited";
  for (const std::string& scope : who.scopes.value_or(std::vector<std::string>())) {
    scopes += ' ';
    scopes += scope;
  }
  std::string granted;  // to who acts for the user
  for (const std::string& scope : who.grant_scopes) {
    granted += ' ';
    granted += scope;
  }
  return to_hex(hmac_sha256({}, {roles, account, who.api_access ? "api" : "", scopes, granted}));
}

Result<std::optional<std::string_view>> read_idempotency_key(
    const std::vector<std::pair<std::string, std::string>>& headers) {
  std::optional<std::string_view> key;
  for (const auto& [header, value] : headers) {
    if (!same_header(header, "Idempotency-Key")) continue;
    const bool is_visible =
        std::all_of(value.begin(), value.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (key || value.empty() || value.size() > kMaxKey || !is_visible) {
      return malformed("bad_idempotency_key",
                       "Idempotency-Key stands once and has 1 to {} visible ASCII characters.",
                       kMaxKey);
    }
    key = value;
  }
  return key;
}

// A body may hold a password: without the key its digest could be guessed from a stolen database.
std::string Idempotency::fingerprint(const Request& request) const {
  return keys_.mac(kOwner, kPurpose, {request.query, request.body});
}

bool Idempotency::is_fingerprint(std::string_view stored, const Request& request) const {
  return keys_.verify(kOwner, kPurpose, stored, {request.query, request.body});
}

bool Idempotency::claim(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return in_progress_.insert(id).second;
}

void Idempotency::release(const std::string& id) {
  const std::lock_guard lock(mutex_);
  in_progress_.erase(id);
}

Idempotency::Attempt::~Attempt() {
  all_.release(id_);
}

Result<std::unique_ptr<Idempotency::Attempt>> Idempotency::begin(const Request& request) {
  std::string id = id_of(request);
  if (!claim(id)) return in_progress();
  auto attempt = std::make_unique<Attempt>(*this, std::move(id));  // releases it
  attempt->fingerprint_ = fingerprint(request);
  attempt->rights_ = request.rights;
  GATEHOUSE_TRY(attempt->before_, db_.read([&](Session& session) {
    return session.find<StoredAnswer>(kSelect, attempt->id_, clock_.now());
  }));
  if (attempt->before_ && !is_fingerprint(attempt->before_->fingerprint, request)) {
    return Error{ErrorCode::InvalidArgument,
                 "idempotency_key_reused",
                 "This Idempotency-Key came with another request before: take a new key for each "
                 "request, and the same only to send it again.",
                 {},
                 {}};
  }
  return attempt;
}

Result<None> Idempotency::Attempt::store(Session& session,
                                         const Answer& answer,
                                         bool whole,
                                         KeyUse use) const {
  std::optional<std::string> body;
  const bool is_text = is_utf8(answer.body) && answer.body.find('\0') == std::string::npos;
  if (use == KeyUse::Kept && whole && is_text && answer.body.size() <= kMaxBody) {
    body = answer.body;
  }
  const Time now = all_.clock_.now();
  GATEHOUSE_CHECK(session.run(kDeleteExpired, id_, now));
  const auto stored = session.run(kInsert,
                                  id_,
                                  fingerprint_,
                                  rights_,
                                  answer.status,
                                  answer.content_type,
                                  body,
                                  use == KeyUse::Secret,
                                  header_of(answer, "Location"),
                                  header_of(answer, "ETag"),
                                  now + kLife);
  if (stored) return None{};
  return stored.error().code == ErrorCode::Conflict ? in_progress() : stored.error();
}

void Idempotency::prune() {
  for (int batch = 0; batch < kMaxBatches; ++batch) {
    const auto forgotten = db_.write([this](Session& session) {
      return session.run(kPrune, clock_.now(), static_cast<std::int64_t>(kBatch));
    });
    if (!forgotten || *forgotten < static_cast<std::int64_t>(kBatch)) return;
  }
}

}  // namespace gatehouse::runtime
