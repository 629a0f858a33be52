// SPDX-License-Identifier: Apache-2.0
#include "oauth_routes.hpp"

#include <gatehouse/field_errors.hpp>

#include "oauth_wire.hpp"

namespace gatehouse::sweatstack {
namespace {

Result<GivenTokens> give(OAuthService& service, const Call& call, const TokenRequest& body) {
  FieldErrors errors;
  const auto require = [&](std::string_view pointer, const std::optional<std::string>& field) {
    if (!field) errors.add(pointer, "required", "is required");
  };
  if (body.grant_type == "refresh_token") {
    require("/refresh_token", body.refresh_token);
    GATEHOUSE_CHECK(std::move(errors).result());
    return service.with_refresh_token(call, *body.refresh_token);
  }
  if (body.grant_type == "password") {
    require("/username", body.username);
    require("/password", body.password);
    GATEHOUSE_CHECK(std::move(errors).result());
    return service.with_password(call, *body.username, *body.password);
  }
  return malformed("unsupported_grant_type", "Unsupported grant type");
}

void add_token(Routes& routes, OAuthService& service) {
  routes
      .post("/oauth/token",
            "public",
            "Refresh a session, or begin one",
            [&](Call& call, const TokenRequest& body) -> Result<TokenResponse> {
              GATEHOUSE_TRY(auto given, give(service, call, body));
              return to_wire(std::move(given));
            })
      .description(
          "A refresh token is used once: the answer has its successor. What the request has in "
          "Authorization is not looked at.")
      .accept(Lenient::UnknownMembers | Lenient::Forms)
      .answers(400, "the grant type is not taken")
      .answers(401, "whatever is wrong with the token, the name or the password")
      .answers(429, "too many failures; Retry-After says when to try again")
      .ignores_idempotency_key()
      .may_hash();
}

void add_others(Routes& routes, OAuthService& service, const CookieRenewal& renewal) {
  routes
      .get("/oauth/principal-token",
           "managed_users:read",
           "Get another access token of the same credential",
           [&](Call& call) -> Result<TokenResponse> {
             GATEHOUSE_TRY(auto given, service.of_principal(call));
             return to_wire(std::move(given));
           })
      .description(
          "It ends with the token of the request, or with the API token, and has no refresh "
          "token. 403 for delegated tokens, but where principal_from_delegated is set.");

  routes
      .post("/oauth/delegated-token",
            "managed_users:delegate",
            "Act for a user you manage, or who shares with you",
            [&](Call& call, const DelegatedTokenRequest& body) -> Result<TokenResponse> {
              if (body.team_id) return not_found();
              GATEHOUSE_TRY(auto given, service.delegate(call, body.sub));
              renewal.apply(call);
              return to_wire(std::move(given));
            })
      .description("With all scopes that the caller has over that user. It is not refreshed.")
      .accept(Lenient::UnknownMembers)
      .answers(404, "nobody whom the caller may act for")
      .answers_secret();

  routes
      .get("/oauth/userinfo",
           "users:read",
           "Show who is signed in",
           [&](Call& call) -> Result<UserInfoResponse> {
             GATEHOUSE_TRY(const auto user, service.find_self(call));
             renewal.apply(call);
             return to_user_info(user);
           })
      .description("403 for delegated tokens.");
}

}  // namespace

void add_oauth_routes(Routes& routes, OAuthService& service, const CookieRenewal& renewal) {
  add_token(routes, service);
  add_others(routes, service, renewal);
}

}  // namespace gatehouse::sweatstack
