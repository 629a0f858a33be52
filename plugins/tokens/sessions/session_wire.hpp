// Sessions as contracts/v1.md writes them. The names of the types are the names of the schemas in
// /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/principal.hpp>

#include "session_service.hpp"

namespace gatehouse::tokens {

// Who is signed in, in short; GET /v1/users/{id} tells the rest.
struct SessionUser {
  std::string id;
  std::int64_t number = 0;
  std::optional<std::string> username;
  std::string display_name;
  std::optional<std::string> email;
  std::optional<std::int64_t> account;
  std::vector<std::string> roles;
};
BOOST_DESCRIBE_STRUCT(SessionUser, (), (id, number, username, display_name, email, account, roles))
constexpr auto rules(Of<SessionUser>) {
  return std::tuple{field(&SessionUser::id, {.example = "\"65f1c0ffee00000000000001\""}),
                    field(&SessionUser::account,
                          {.text = "The account's number; null on a server without accounts."}),
                    field(&SessionUser::roles, {.example = "[\"account-admin\"]"})};
}

struct SignIn {
  std::optional<std::string> username;
  std::optional<std::string> email;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(SignIn, (), (username, email, password))
constexpr auto rules(Of<SignIn>) {
  return std::tuple{
      field(&SignIn::username, {.text = "Either this or email.", .example = "\"ada\""}),
      field(&SignIn::email, {.text = "Either this or username.", .format = "email"}),
      field(&SignIn::password, {.example = "\"enchantress of number\"", .format = "password"})};
}

struct Refresh {
  std::string refresh_token;
};
BOOST_DESCRIBE_STRUCT(Refresh, (), (refresh_token))
constexpr auto rules(Of<Refresh>) {
  return std::tuple{field(&Refresh::refresh_token, {.text = "The one that was given last."})};
}

struct SignedIn {
  std::string access_token;
  std::string token_type = "Bearer";
  std::int64_t expires_in = 0;
  std::string refresh_token;
  std::string session;
  SessionUser user;
};
BOOST_DESCRIBE_STRUCT(SignedIn,
                      (),
                      (access_token, token_type, expires_in, refresh_token, session, user))
constexpr auto rules(Of<SignedIn>) {
  return std::tuple{
      field(&SignedIn::access_token,
            {.text = "For the header Authorization: Bearer. A JSON Web Token (RFC 9068)."}),
      field(&SignedIn::expires_in, {.text = "Seconds that the access token lasts, at most 300."}),
      field(&SignedIn::refresh_token,
            {.text = "Good for one POST /v1/sessions/refresh, which answers the next one."}),
      field(&SignedIn::session, {.text = "The session's id."})};
}

struct CurrentSession {
  SessionUser user;
  std::vector<std::string> roles;
  std::optional<std::vector<std::string>> scopes;
  std::string method;
  std::optional<std::string> session;
  std::optional<std::string> token;
  std::optional<Time> expires_at;
};
BOOST_DESCRIBE_STRUCT(CurrentSession, (), (user, roles, scopes, method, session, token, expires_at))
constexpr auto rules(Of<CurrentSession>) {
  return std::tuple{
      field(&CurrentSession::scopes, {.text = "Null: all that the roles allow."}),
      field(&CurrentSession::method,
            {.text = "session, token, or basic.", .example = "\"session\""}),
      field(&CurrentSession::session, {.text = "The session's id.", .omit_null = true}),
      field(&CurrentSession::token, {.text = "The API token's id.", .omit_null = true}),
      field(&CurrentSession::expires_at,
            {.text = "When the session or the API token ends at the latest; null: never."})};
}

struct SessionInfo {
  std::string id;
  std::string mount;
  std::string method;
  bool current = false;
  Time created_at;
  std::optional<Time> signed_in_at;
  Time last_used_at;
  Time idle_until;
  Time expires_at;
  std::string remote_address;
  std::string last_used_address;
  std::string user_agent;
};
BOOST_DESCRIBE_STRUCT(SessionInfo,
                      (),
                      (id,
                       mount,
                       method,
                       current,
                       created_at,
                       signed_in_at,
                       last_used_at,
                       idle_until,
                       expires_at,
                       remote_address,
                       last_used_address,
                       user_agent))
constexpr auto rules(Of<SessionInfo>) {
  return std::tuple{
      field(&SessionInfo::mount,
            {.text = "The API it was opened with, and opens.", .example = "\"/v1\""}),
      field(&SessionInfo::method, {.text = "How the user signed in.", .example = "\"session\""}),
      field(&SessionInfo::current, {.text = "Whether this request came with it."}),
      field(
          &SessionInfo::last_used_at,
          {.text =
               "When it was refreshed last; an opaque one: when it was used last, to the minute."}),
      field(&SessionInfo::idle_until, {.text = "It ends then unless it is refreshed before."}),
      field(&SessionInfo::expires_at, {.text = "It ends then whatever is done."}),
      field(&SessionInfo::remote_address, {.text = "Of the sign-in."}),
      field(&SessionInfo::user_agent, {.text = "Of the sign-in; \"\" where it named none."})};
}

struct SessionQuery {
  std::int64_t limit = 50;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(SessionQuery, (), (limit, cursor))
constexpr auto rules(Of<SessionQuery>) {
  return std::tuple{
      field(&SessionQuery::limit,
            {.text = "How many sessions one page has at most.",
             .optional = true,
             .has_minimum = true,
             .minimum = 1,
             .maximum = 1000}),
      field(&SessionQuery::cursor,
            {.text = "\"next\" of the page before. All other parameters must stay as they were.",
             .max_bytes = 4096})};
}

SignedIn to_wire(OpenedSession opened);
SessionInfo to_wire(const Principal& who, StoredSession session);
CurrentSession to_wire(const Principal& who, const UserRecord& user);

}  // namespace gatehouse::tokens
