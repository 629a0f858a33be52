// SPDX-License-Identifier: Apache-2.0
#include "api_token_wire.hpp"

#include <gatehouse/cursor.hpp>

namespace gatehouse::tokens {

// After the token with this number.
struct ApiTokenPosition {
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(ApiTokenPosition, (), (number))

namespace {

void fill(ApiToken& body, const ApiTokenRecord& record) {
  body.id = record.id;
  body.title = record.title;
  body.scopes = record.scopes;
  body.active = record.active;
  body.created_at = record.created_at;
  body.updated_at = record.updated_at;
  body.expires_at = record.expires_at;
  body.last_used_at = record.last_used_at;
  body.last_used_address = record.last_used_address;
}

}  // namespace

ApiToken to_wire(const ApiTokenRecord& record) {
  ApiToken body;
  fill(body, record);
  return body;
}

ApiTokenWithSecret to_wire(const MintedApiToken& minted) {
  ApiTokenWithSecret body;
  fill(body, minted.record);
  body.token = minted.secret;
  return body;
}

ApiTokenDraft to_draft(const NewApiToken& body) {
  return {body.title, body.scopes, body.expires_at};
}

Result<ApiTokenChange> to_change(const ApiTokenPatch& body) {
  FieldErrors errors;
  if (body.title.is_null()) errors.add("/title", "null", "cannot be null");
  if (body.active.is_null()) errors.add("/active", "null", "cannot be null");
  GATEHOUSE_CHECK(std::move(errors).result());
  return ApiTokenChange{body.title.value(), body.active.value()};
}

Result<std::int64_t> position_in(const Call& call, const ApiTokenQuery& query) {
  if (!query.cursor) return ApiTokenRepository::kFirst;
  GATEHOUSE_TRY(const auto after, read_cursor<ApiTokenPosition>(call, *query.cursor));
  return after.number;
}

Page<ApiToken> to_page(const Call& call,
                       const ApiTokenQuery& query,
                       std::vector<StoredApiToken> rows) {
  Page<ApiToken> page;
  page.next = cut_to_limit(call, rows, query.limit, [](const StoredApiToken& last) {
    return ApiTokenPosition{last.number};
  });
  page.items.reserve(rows.size());
  for (const StoredApiToken& row : rows) page.items.push_back(to_wire(row.record));
  return page;
}

ApiTokenPrecondition by_if_match(Call& call) {
  return [&call](const ApiTokenRecord& current) { return call.check_if_match(to_wire(current)); };
}

}  // namespace gatehouse::tokens
