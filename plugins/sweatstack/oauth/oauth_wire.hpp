// Tokens as the SDK of SweatStack reads and asks for them. The names of the types are the names of
// the schemas in /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include <gatehouse/body/describe.hpp>

#include "oauth_service.hpp"

namespace gatehouse::sweatstack {

// All keys are always there: the SDK reads refresh_token without asking.
struct TokenResponse {
  std::string access_token;
  std::string token_type = "Bearer";
  std::int64_t expires_in = 0;
  std::string refresh_token;
  std::string scope;
  std::optional<std::string> id_token;
};
BOOST_DESCRIBE_STRUCT(TokenResponse,
                      (),
                      (access_token, token_type, expires_in, refresh_token, scope, id_token))
constexpr auto rules(Of<TokenResponse>) {
  return std::tuple{
      field(&TokenResponse::access_token,
            {.text = "A JSON Web Token of which sub is the user's id, for at most five minutes."}),
      field(&TokenResponse::refresh_token, {.text = "\"\": there is none."}),
      field(&TokenResponse::scope, {.example = "\"data:read data:write\""}),
      field(&TokenResponse::id_token, {.text = "Null: this is no OpenID provider."})};
}

struct TokenRequest {
  std::string grant_type;
  std::optional<std::string> refresh_token;
  std::optional<std::string> username;
  std::optional<std::string> password;
};
BOOST_DESCRIBE_STRUCT(TokenRequest, (), (grant_type, refresh_token, username, password))
constexpr auto rules(Of<TokenRequest>) {
  return std::tuple{
      field(&TokenRequest::grant_type,
            {.text = "refresh_token, or password where the server is set to take it. client_id, "
                     "client_secret and tz are ignored.",
             .example = "\"refresh_token\""}),
      field(&TokenRequest::password, {.format = "password"})};
}

struct DelegatedTokenRequest {
  std::string sub;
  std::optional<std::string> team_id;
};
BOOST_DESCRIBE_STRUCT(DelegatedTokenRequest, (), (sub, team_id))
constexpr auto rules(Of<DelegatedTokenRequest>) {
  return std::tuple{field(&DelegatedTokenRequest::sub, {.text = "The id of the user to act for."}),
                    field(&DelegatedTokenRequest::team_id, {.text = "There are no teams: 404."})};
}

struct UserInfoResponse {
  std::string sub;
  std::string name;
  std::optional<std::string> given_name;
  std::optional<std::string> family_name;
  std::optional<std::string> email;
  Time registered_at;
  std::optional<std::string> issue;
};
BOOST_DESCRIBE_STRUCT(UserInfoResponse,
                      (),
                      (sub, name, given_name, family_name, email, registered_at, issue))
constexpr auto rules(Of<UserInfoResponse>) {
  return std::tuple{field(&UserInfoResponse::issue, {.text = "Null: there is none to tell of."})};
}

TokenResponse to_wire(GivenTokens given);
UserInfoResponse to_user_info(const UserRecord& user);

}  // namespace gatehouse::sweatstack
