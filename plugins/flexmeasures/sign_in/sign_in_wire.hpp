// Signing in as FlexMeasures and Flask-Security write it. The names of the types are the names of
// the schemas in /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>

namespace gatehouse::flexmeasures {

constexpr Rule kEmailRule{.text = "The address, or the user name.",
                          .example = "\"test_prosumer@seita.nl\"",
                          .max_length = 255};
constexpr Rule kPasswordRule{.max_bytes = 1024, .format = "password"};

struct Credentials {
  std::string email;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (email, password))
constexpr auto rules(Of<Credentials>) {
  return std::tuple{field(&Credentials::email, kEmailRule),
                    field(&Credentials::password, kPasswordRule)};
}

struct AuthToken {
  std::string auth_token;
  std::int64_t user_id = 0;
  std::int64_t status = 200;
};
BOOST_DESCRIBE_STRUCT(AuthToken, (), (auth_token, user_id, status))

struct Versions {
  std::string flexmeasures_version;
  std::string message;
  std::vector<std::string> versions;
  std::int64_t status = 200;
};
BOOST_DESCRIBE_STRUCT(Versions, (), (flexmeasures_version, message, versions, status))

struct Meta {
  std::int64_t code = 200;
};
BOOST_DESCRIBE_STRUCT(Meta, (), (code))

struct LoggedInUser {
  std::optional<std::string> authentication_token;
};
BOOST_DESCRIBE_STRUCT(LoggedInUser, (), (authentication_token))
constexpr auto rules(Of<LoggedInUser>) {
  return std::tuple{field(&LoggedInUser::authentication_token, {.omit_null = true})};
}
struct LoginResponse {
  std::string csrf_token;  // empty: a page of ours is known by its origin
  LoggedInUser user;
};
BOOST_DESCRIBE_STRUCT(LoginResponse, (), (csrf_token, user))
struct LoggedIn {
  Meta meta;
  LoginResponse response;
};
BOOST_DESCRIBE_STRUCT(LoggedIn, (), (meta, response))

struct LoginQuery {
  std::optional<std::string> include_auth_token;
};
BOOST_DESCRIBE_STRUCT(LoginQuery, (), (include_auth_token))
constexpr auto rules(Of<LoginQuery>) {
  return std::tuple{field(&LoginQuery::include_auth_token,
                          {.text = "With it the answer has a token, too.", .optional = true})};
}

// {"meta": {"code": 200}, "response": {}}
struct Nothing {
  bool is_nothing() const { return true; }
};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())
struct FormDone {
  Meta meta;
  Nothing response;
};
BOOST_DESCRIBE_STRUCT(FormDone, (), (meta, response))

struct AskReset {
  std::string email;
};
BOOST_DESCRIBE_STRUCT(AskReset, (), (email))
constexpr auto rules(Of<AskReset>) {
  return std::tuple{field(&AskReset::email, {.max_length = 255, .format = "email"})};
}

struct NewPassword {
  std::string password;
  std::string password_confirm;
};
BOOST_DESCRIBE_STRUCT(NewPassword, (), (password, password_confirm))
constexpr auto rules(Of<NewPassword>) {
  return std::tuple{field(&NewPassword::password, kPasswordRule),
                    field(&NewPassword::password_confirm, kPasswordRule)};
}

struct ChangePassword {
  std::string password;
  std::string new_password;
  std::string new_password_confirm;
};
BOOST_DESCRIBE_STRUCT(ChangePassword, (), (password, new_password, new_password_confirm))
constexpr auto rules(Of<ChangePassword>) {
  return std::tuple{field(&ChangePassword::password, kPasswordRule),
                    field(&ChangePassword::new_password, kPasswordRule),
                    field(&ChangePassword::new_password_confirm, kPasswordRule)};
}

}  // namespace gatehouse::flexmeasures
