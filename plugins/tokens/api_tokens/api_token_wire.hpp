// API tokens as contracts/v1.md writes them. The names of the types are the names of the schemas in
// /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>

#include "api_token_service.hpp"

namespace gatehouse::tokens {

struct ApiToken {
  std::string id;
  std::string title;
  std::optional<std::vector<std::string>> scopes;
  bool active = true;
  Time created_at;
  Time updated_at;
  Time expires_at;
  std::optional<Time> last_used_at;
  std::optional<std::string> last_used_address;
};
BOOST_DESCRIBE_STRUCT(ApiToken,
                      (),
                      (id,
                       title,
                       scopes,
                       active,
                       created_at,
                       updated_at,
                       expires_at,
                       last_used_at,
                       last_used_address))
constexpr Rule kScopesRule{.text = "Permissions; null: all that the owner has when it is used.",
                           .example = "[\"users:read\"]",
                           .max_items = 1'000};
constexpr Rule kTitleRule{.text = "What the token is for, in the words of its owner.",
                          .example = "\"Nightly backup\"",
                          .never_null = true,
                          .min_length = 1,
                          .max_length = 255};
constexpr auto rules(Of<ApiToken>) {
  return std::tuple{
      field(&ApiToken::id, {.example = "\"65f1c0ffee00000000000001\""}),
      field(&ApiToken::scopes, kScopesRule),
      field(&ApiToken::active, {.text = "False: it opens nothing until it is true again."}),
      field(&ApiToken::last_used_at, {.text = "To the minute.", .outside_etag = true}),
      field(&ApiToken::last_used_address, {.outside_etag = true})};
}

struct ApiTokenWithSecret : ApiToken {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(ApiTokenWithSecret, (ApiToken), (token))
constexpr auto rules(Of<ApiTokenWithSecret>) {
  // Outside the ETag, so that it is the one of GET.
  return std::tuple{field(&ApiTokenWithSecret::token,
                          {.text = "The secret, which is shown this once and is not kept.",
                           .example = "\"gat_...\"",
                           .outside_etag = true})};
}

struct NewApiToken {
  std::string title;
  std::optional<std::vector<std::string>> scopes;
  std::optional<Time> expires_at;
};
BOOST_DESCRIBE_STRUCT(NewApiToken, (), (title, scopes, expires_at))
constexpr auto rules(Of<NewApiToken>) {
  return std::tuple{
      field(&NewApiToken::title, kTitleRule),
      field(&NewApiToken::scopes, kScopesRule),
      field(&NewApiToken::expires_at,
            {.text = "By default in 365 days, or as late as the server or the token of this "
                     "request allows."})};
}

struct ApiTokenPatch {
  Patch<std::string> title;
  Patch<bool> active;
};
BOOST_DESCRIBE_STRUCT(ApiTokenPatch, (), (title, active))
constexpr auto rules(Of<ApiTokenPatch>) {
  return std::tuple{field(&ApiTokenPatch::title, kTitleRule),
                    field(&ApiTokenPatch::active, {.never_null = true})};
}

struct ApiTokenQuery {
  std::int64_t limit = 50;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(ApiTokenQuery, (), (limit, cursor))
constexpr auto rules(Of<ApiTokenQuery>) {
  return std::tuple{
      field(&ApiTokenQuery::limit,
            {.text = "How many tokens one page has at most.",
             .optional = true,
             .has_minimum = true,
             .minimum = 1,
             .maximum = 1000}),
      field(&ApiTokenQuery::cursor, {.text = "\"next\" of the page before.", .max_bytes = 4096})};
}

ApiToken to_wire(const ApiTokenRecord& record);
ApiTokenWithSecret to_wire(const MintedApiToken& minted);
ApiTokenDraft to_draft(const NewApiToken& body);
// InvalidArgument where something is null.
Result<ApiTokenChange> to_change(const ApiTokenPatch& body);

// The number before which the page begins.
Result<std::int64_t> position_in(const Call& call, const ApiTokenQuery& query);
// `rows` holds one more than the limit when there are more.
Page<ApiToken> to_page(const Call& call,
                       const ApiTokenQuery& query,
                       std::vector<StoredApiToken> rows);

// The client's If-Match. Outlived by `call`.
ApiTokenPrecondition by_if_match(Call& call);

}  // namespace gatehouse::tokens
