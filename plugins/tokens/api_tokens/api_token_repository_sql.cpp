// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <utility>

#include <gatehouse/body.hpp>

#include "api_token_repository.hpp"

namespace gatehouse::tokens {

BOOST_DESCRIBE_STRUCT(EndedApiToken, (), (id, user_number, digest))

struct ApiTokenRow {
  std::int64_t number = 0;
  std::string id;
  std::int64_t user_number = 0;
  std::string digest;
  std::int64_t format = 0;
  std::string title;
  std::optional<std::string> scopes;
  bool active = true;
  std::string made_on;
  Time created_at;
  Time updated_at;
  Time expires_at;
  std::optional<Time> last_used_at;
  std::optional<std::string> last_used_address;
};
BOOST_DESCRIBE_STRUCT(ApiTokenRow,
                      (),
                      (number,
                       id,
                       user_number,
                       digest,
                       format,
                       title,
                       scopes,
                       active,
                       made_on,
                       created_at,
                       updated_at,
                       expires_at,
                       last_used_at,
                       last_used_address))

namespace {

#define TOKENS_SELECT                                                                \
  "select number, id, user_number, digest, format, title, scopes, active, made_on, " \
  "created_at, updated_at, expires_at, last_used_at, last_used_address from tokens_api_token "
#define TOKENS_ENDED " returning id, user_number, digest"

constexpr Sql kInsert =
    "insert into tokens_api_token (id, user_number, digest, format, title, scopes, active, "
    "made_on, created_at, updated_at, expires_at) values (:id, :user_number, :digest, :format, "
    ":title, :scopes, :active, :made_on, :created_at, :updated_at, :expires_at)";

constexpr Sql kUpdate =
    "update tokens_api_token set digest = :digest, title = :title, active = :active, "
    "updated_at = :updated_at, last_used_at = :last_used_at, "
    "last_used_address = :last_used_address where number = :number";

// By the unique index of id.
constexpr Sql kFind = TOKENS_SELECT "where id = :id and user_number = :user_number";

// By the unique index of digest.
constexpr Sql kFindByDigest = TOKENS_SELECT "where digest = :digest";

// By tokens_api_token_by_user, whose order it is.
constexpr Sql kList = TOKENS_SELECT
    "where user_number = :user_number and number < :before order by number desc limit :limit";

constexpr Sql kCount =
    "select count(*) as count from tokens_api_token where user_number = :user_number";

constexpr Sql kTake = "delete from tokens_api_token where number = :number" TOKENS_ENDED;

constexpr Sql kTakeOf =
    "delete from tokens_api_token where user_number = :user_number" TOKENS_ENDED;

constexpr Sql kTakeScopedOf =
    "delete from tokens_api_token "
    "where user_number = :user_number and scopes is not null" TOKENS_ENDED;

constexpr Sql kTakeSome =
    "delete from tokens_api_token where number in "
    "(select number from tokens_api_token order by number limit :batch)" TOKENS_ENDED;

// By tokens_api_token_by_expiry.
constexpr Sql kTakeExpired =
    "delete from tokens_api_token where number in "
    "(select number from tokens_api_token where expires_at <= :time "
    "order by expires_at limit :batch)" TOKENS_ENDED;

constexpr Sql kNoteUse =
    "update tokens_api_token set last_used_at = :at, last_used_address = :address "
    "where number = :number and coalesce(last_used_at, 0) <= :minute_before";

constexpr auto kBatchSize = static_cast<std::int64_t>(ApiTokenRepository::kBatch);

StoredApiToken to_stored(ApiTokenRow row) {
  StoredApiToken token;
  ApiTokenRecord& record = token.record;
  record.id = std::move(row.id);
  record.user = row.user_number;
  record.title = std::move(row.title);
  if (row.scopes) {
    // What is no list of texts was not written by us, and gives no rights.
    auto scopes = decode_json<std::vector<std::string>>(*row.scopes);
    record.scopes = scopes ? *std::move(scopes) : std::vector<std::string>();
  }
  record.active = row.active;
  record.made_on = std::move(row.made_on);
  record.created_at = row.created_at;
  record.updated_at = row.updated_at;
  record.expires_at = row.expires_at;
  record.last_used_at = row.last_used_at;
  record.last_used_address = std::move(row.last_used_address);
  token.number = row.number;
  token.digest = std::move(row.digest);
  token.format = static_cast<ApiTokenFormat>(row.format);
  return token;
}

std::optional<StoredApiToken> to_stored(std::optional<ApiTokenRow> row) {
  if (!row) return std::nullopt;
  return to_stored(*std::move(row));
}

}  // namespace

Result<None> ApiTokenRepository::insert(Session& db, const StoredApiToken& token) const {
  const ApiTokenRecord& record = token.record;
  std::optional<std::string> scopes;
  if (record.scopes) scopes = encode_json(*record.scopes);
  GATEHOUSE_CHECK(db.run(kInsert,
                         record.id,
                         record.user,
                         token.digest,
                         token.format,
                         record.title,
                         scopes,
                         record.active,
                         record.made_on,
                         record.created_at,
                         record.updated_at,
                         record.expires_at));
  return None{};
}

Result<None> ApiTokenRepository::update(Session& db, const StoredApiToken& token) const {
  const ApiTokenRecord& record = token.record;
  GATEHOUSE_CHECK(db.run(kUpdate,
                         token.digest,
                         record.title,
                         record.active,
                         record.updated_at,
                         record.last_used_at,
                         record.last_used_address,
                         token.number));
  return None{};
}

Result<std::optional<StoredApiToken>> ApiTokenRepository::find(Session& db,
                                                               std::int64_t user,
                                                               std::string_view id) const {
  GATEHOUSE_TRY(auto row, db.find<ApiTokenRow>(kFind, id, user));
  return to_stored(std::move(row));
}

Result<std::optional<StoredApiToken>> ApiTokenRepository::find_by_digest(
    Session& db, std::string_view digest) const {
  GATEHOUSE_TRY(auto row, db.find<ApiTokenRow>(kFindByDigest, digest));
  return to_stored(std::move(row));
}

Result<std::vector<StoredApiToken>> ApiTokenRepository::list(Session& db,
                                                             std::int64_t user,
                                                             std::int64_t before,
                                                             std::int64_t limit) const {
  GATEHOUSE_TRY(auto rows, db.list<ApiTokenRow>(kList, user, before, limit));
  std::vector<StoredApiToken> tokens;
  tokens.reserve(rows.size());
  for (ApiTokenRow& row : rows) tokens.push_back(to_stored(std::move(row)));
  return tokens;
}

Result<std::int64_t> ApiTokenRepository::count(Session& db, std::int64_t user) const {
  return db.get<std::int64_t>(kCount, user);
}

ApiTokenRepository::Ended ApiTokenRepository::take(Session& db, std::int64_t number) const {
  return db.list<EndedApiToken>(kTake, number);
}

ApiTokenRepository::Ended ApiTokenRepository::take_of(Session& db, std::int64_t user) const {
  return db.list<EndedApiToken>(kTakeOf, user);
}

ApiTokenRepository::Ended ApiTokenRepository::take_scoped_of(Session& db, std::int64_t user) const {
  return db.list<EndedApiToken>(kTakeScopedOf, user);
}

ApiTokenRepository::Ended ApiTokenRepository::take_some(Session& db) const {
  return db.list<EndedApiToken>(kTakeSome, kBatchSize);
}

ApiTokenRepository::Ended ApiTokenRepository::take_expired(Session& db, Time time) const {
  return db.list<EndedApiToken>(kTakeExpired, time, kBatchSize);
}

Result<None> ApiTokenRepository::note_use(Session& db,
                                          std::int64_t number,
                                          Time at,
                                          std::string_view address) const {
  GATEHOUSE_CHECK(db.run(kNoteUse, at, address, number, at - std::chrono::minutes(1)));
  return None{};
}

std::vector<Sql> ApiTokenRepository::statements() {
  return {kUpdate,
          kFind,
          kFindByDigest,
          kList,
          kCount,
          kTake,
          kTakeOf,
          kTakeScopedOf,
          kTakeSome,
          kTakeExpired,
          kNoteUse};
}

}  // namespace gatehouse::tokens
