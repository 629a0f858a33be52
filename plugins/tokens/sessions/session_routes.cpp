// SPDX-License-Identifier: Apache-2.0
#include "session_routes.hpp"

#include <string>
#include <utility>

#include <gatehouse/cursor.hpp>
#include <gatehouse/reference.hpp>
#include <gatehouse/routes.hpp>

#include "session_wire.hpp"

namespace gatehouse::tokens {
namespace {

SessionPosition position_of(const StoredSession& session) {
  return {session.created_at.time_since_epoch().count(), session.id};
}

Result<Page<SessionInfo>> list(SessionService& sessions,
                               Call& call,
                               std::string_view user,
                               const SessionQuery& query) {
  GATEHOUSE_TRY(const IdOrNumber owner, parse_user_reference(call, user));
  std::optional<SessionPosition> after;
  if (query.cursor) {
    GATEHOUSE_TRY(after, read_cursor<SessionPosition>(call, *query.cursor));
  }
  GATEHOUSE_TRY(auto rows, sessions.list(*call.principal(), owner, after, query.limit));
  Page<SessionInfo> page;
  page.next = cut_to_limit(call, rows, query.limit, position_of);
  page.items.reserve(rows.size());
  for (StoredSession& row : rows) {
    page.items.push_back(to_wire(*call.principal(), std::move(row)));
  }
  return page;
}

void add_signing_in(Routes& routes, SessionService& sessions) {
  routes
      .post("/v1/sessions",
            "public",
            "Sign in",
            [&sessions](Call& call, const SignIn& body) -> Result<Created<SignedIn>> {
              if (body.username.has_value() == body.email.has_value()) {
                return invalid(body.username ? "/email" : "/username",
                               "is needed, or the other one: either username or email");
              }
              const std::string& name = body.username ? *body.username : *body.email;
              GATEHOUSE_TRY(auto opened, sessions.sign_in(call, name, body.password));
              return Created<SignedIn>{to_wire(std::move(opened)), "/v1/sessions/current"};
            })
      .description(
          "With a username or an e-mail address, and the password. 401 whatever is wrong with "
          "them. The oldest session ends where a user has too many (100, a setting).")
      .answers(401, "unauthenticated")
      .answers(429, "rate_limited (too many failures; Retry-After says when to try again)")
      .ignores_idempotency_key()
      .may_hash();

  routes
      .post("/v1/sessions/refresh",
            "public",
            "Refresh a session",
            [&sessions](Call& call, const Refresh& body) -> Result<SignedIn> {
              GATEHOUSE_TRY(auto opened, sessions.refresh(call, body.refresh_token));
              return to_wire(std::move(opened));
            })
      .description(
          "A refresh token is used once; the answer has its successor. Within 30 seconds (a "
          "setting), and while that one was not used, the same token is answered with the same "
          "successor again, so that an answer which was lost can be asked for again. Later it is "
          "taken for stolen: the session ends, and the user is mailed.")
      .answers(401, "unauthenticated")
      .ignores_idempotency_key();
}

void add_current(Routes& routes, SessionService& sessions) {
  routes
      .get("/v1/sessions/current",
           "tokens:read",
           "Show who is signed in, and how",
           [&sessions](Call& call) -> Result<CurrentSession> {
             GATEHOUSE_TRY(const UserRecord user, sessions.find_user(call.user()));
             return to_wire(*call.principal(), user);
           })
      .description("Of whatever credential the request came with.");

  routes
      .remove(
          "/v1/sessions/current",
          "tokens:write",
          "Sign out",
          [&sessions](Call& call) -> Result<None> { return sessions.end_own(*call.principal()); })
      .description(
          "Ends the session that the request came with. 404 for other credentials, which end by "
          "other means.")
      .answers(404, "not_found (no session)")
      .without_api_access();
}

void add_lists(Routes& routes, SessionService& sessions) {
  routes
      .get("/v1/users/{user}/sessions",
           "tokens:read",
           "List a user's sessions",
           [&sessions](Call& call, std::string_view user, const Query<SessionQuery>& query)
               -> Result<Page<SessionInfo>> { return list(sessions, call, user, *query); })
      .description(
          "The newest first, those of other APIs among them. One's own, and those of users whom "
          "one may set a password for.")
      .parameter("user", kAboutUser)
      .answers(400, "bad_cursor, cursor_mismatch");

  routes
      .remove("/v1/users/{user}/sessions",
              "tokens:write",
              "End all sessions of a user",
              [&sessions](Call& call, std::string_view user) -> Result<None> {
                GATEHOUSE_TRY(const IdOrNumber owner, parse_user_reference(call, user));
                return sessions.end_all(*call.principal(), owner);
              })
      .description("The one that the request came with among them.")
      .parameter("user", kAboutUser);

  routes
      .remove(
          "/v1/users/{user}/sessions/{session}",
          "tokens:write",
          "End a session",
          [&sessions](Call& call, std::string_view user, std::string_view session) -> Result<None> {
            GATEHOUSE_TRY(const IdOrNumber owner, parse_user_reference(call, user));
            return sessions.end(*call.principal(), owner, session);
          })
      .description("Its tokens open nothing from then on.")
      .parameter("user", kAboutUser)
      .parameter("session", "The session's id.");
}

}  // namespace

void add_session_routes(Context& host, SessionService& sessions) {
  add_signing_in(host.routes(), sessions);
  add_current(host.routes(), sessions);
  add_lists(host.routes(), sessions);
}

}  // namespace gatehouse::tokens
