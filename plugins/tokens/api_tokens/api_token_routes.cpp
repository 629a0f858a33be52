// SPDX-License-Identifier: Apache-2.0
#include "api_token_routes.hpp"

#include <string_view>

#include <gatehouse/permissions.hpp>
#include <gatehouse/reference.hpp>
#include <gatehouse/routes.hpp>

#include "api_token_wire.hpp"

namespace gatehouse::tokens {
namespace {

constexpr std::string_view kAboutToken = "The token's id.";

void add_reading(Routes& routes, ApiTokenService& service) {
  routes
      .get("/v1/users/{user}/tokens",
           "tokens:read",
           "List a user's API tokens",
           [&service](Call& call,
                      std::string_view user,
                      const Query<ApiTokenQuery>& query) -> Result<Page<ApiToken>> {
             GATEHOUSE_TRY(const auto owner, parse_user_reference(call, user));
             GATEHOUSE_TRY(const auto before, position_in(call, *query));
             GATEHOUSE_TRY(auto rows,
                           service.page(*call.principal(), owner, before, query->limit + 1));
             return to_page(call, *query, std::move(rows));
           })
      .description(
          "The newest first, without their secrets. For the user, and whoever may set their "
          "password.")
      .parameter("user", kAboutUser)
      .answers(400, "bad_cursor, cursor_mismatch");

  routes
      .get("/v1/users/{user}/tokens/{token}",
           "tokens:read",
           "Read an API token",
           [&service](
               Call& call, std::string_view user, std::string_view token) -> Result<ApiToken> {
             GATEHOUSE_TRY(const auto owner, parse_user_reference(call, user));
             GATEHOUSE_TRY(const auto found, service.read(*call.principal(), owner, token));
             return to_wire(found);
           })
      .description("Without its secret. The ETag does not change with its use.")
      .parameter("user", kAboutUser)
      .parameter("token", kAboutToken)
      .etag();
}

void add_minting(Routes& routes, ApiTokenService& service) {
  routes
      .post("/v1/users/{user}/tokens",
            "tokens:write",
            "Make an API token",
            [&service](Call& call,
                       std::string_view user,
                       const NewApiToken& body) -> Result<Created<ApiTokenWithSecret>> {
              GATEHOUSE_TRY(const auto owner, parse_user_reference(call, user));
              GATEHOUSE_TRY(const auto made,
                            service.create(*call.principal(), owner, to_draft(body)));
              return Created<ApiTokenWithSecret>(to_wire(made));
            })
      .description(
          "The answer alone has the secret. Needs a sign-in with the password within the last 10 "
          "minutes (403 recent_sign_in_required), or a token, which makes others only with scopes "
          "that it has and no longer life (403 exceeds_credential). The user is told by mail.")
      .parameter("user", kAboutUser)
      .answers(409,
               "too_many_tokens, no_sign_in (the user is managed, inactive, locked or expired)")
      .answers_secret()
      .etag();

  routes
      .post("/v1/users/{user}/tokens/{token}/rotate",
            "tokens:write",
            "Give an API token a new secret",
            [&service](Call& call,
                       std::string_view user,
                       std::string_view token) -> Result<Created<ApiTokenWithSecret>> {
              GATEHOUSE_TRY(const auto owner, parse_user_reference(call, user));
              GATEHOUSE_TRY(const auto made,
                            service.rotate(*call.principal(), owner, token, by_if_match(call)));
              constexpr std::string_view kEnd = "/rotate";
              std::string location(call.path());
              location.resize(location.size() - kEnd.size());
              return Created<ApiTokenWithSecret>(to_wire(made), std::move(location));
            })
      .description(
          "The one before opens nothing from then on; title, scopes and expiry stay. Needs what "
          "making a token needs.")
      .parameter("user", kAboutUser)
      .parameter("token", kAboutToken)
      .answers(409, "token_expired, no_sign_in (the user is managed, inactive, locked or expired)")
      .answers(412, "With If-Match, when the token is not as the client saw it.")
      .answers_secret()
      .etag();
}

void add_changing(Routes& routes, ApiTokenService& service) {
  routes
      .patch("/v1/users/{user}/tokens/{token}",
             "tokens:write",
             "Change an API token",
             [&service](Call& call,
                        std::string_view user,
                        std::string_view token,
                        const ApiTokenPatch& body) -> Result<ApiToken> {
               GATEHOUSE_TRY(const auto owner, parse_user_reference(call, user));
               GATEHOUSE_TRY(const auto change, to_change(body));
               GATEHOUSE_TRY(
                   const auto changed,
                   service.edit(*call.principal(), owner, token, change, by_if_match(call)));
               return to_wire(changed);
             })
      .description(
          "A merge-patch (RFC 7396). Scopes and expiry stay as they were made. To make a token "
          "active again needs what making one needs.")
      .parameter("user", kAboutUser)
      .parameter("token", kAboutToken)
      .etag();

  routes
      .remove(
          "/v1/users/{user}/tokens/{token}",
          "tokens:write",
          "Delete an API token",
          [&service](Call& call, std::string_view user, std::string_view token) -> Result<None> {
            GATEHOUSE_TRY(const auto owner, parse_user_reference(call, user));
            return service.revoke(*call.principal(), owner, token, by_if_match(call));
          })
      .description("It opens nothing from then on.")
      .parameter("user", kAboutUser)
      .parameter("token", kAboutToken)
      .etag();
}

}  // namespace

void add_api_token_routes(Context& host, ApiTokenService& service) {
  // Everybody holds them for the sake of their own tokens; how far they reach is
  // gatehouse/policy.hpp.
  add_reading(host.routes(), service);
  add_minting(host.routes(), service);
  add_changing(host.routes(), service);
}

}  // namespace gatehouse::tokens
