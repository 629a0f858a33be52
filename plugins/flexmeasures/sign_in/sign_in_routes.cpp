// SPDX-License-Identifier: Apache-2.0
#include "sign_in_routes.hpp"

#include <string_view>
#include <utility>

#include <gatehouse/cookies.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/text.hpp>

#include "api/answers.hpp"
#include "sign_in_wire.hpp"

namespace gatehouse::flexmeasures {
namespace {

Answer redirect(int status, std::string_view location) {
  Answer answer;
  answer.status = status;
  answer.headers.emplace_back("Location", location);
  return answer;
}

Error in_token_words(Error error, const Credentials& credentials) {
  if (error.reason != SignInService::kUnknownEmail) return error;
  return plain_error(ErrorCode::NotFound,
                     format("User with email '{}' does not exist", credentials.email));
}

// Flask-Security answers 400 where a password is wrong.
Error in_form_words(Error error) {
  if (error.code == ErrorCode::Unauthenticated) {
    return wrong_field("/password", "Invalid password");
  }
  if (error.reason == SignInService::kUnknownEmail) {
    return wrong_field("/email", "Specified user does not exist");
  }
  return error;
}

std::string session_cookie(Context& host,
                           const Places& places,
                           std::string_view token,
                           std::chrono::seconds life) {
  const std::string path = places.root.empty() ? "/" : places.root;
  return write_cookie({kSessionCookie, token, path, life}, host.mail().link(""));
}

void add_tokens(Routes& routes, const Places& places, SignInService& sign_in) {
  routes
      .post("/api/requestAuthToken",
            "public",
            "Ask for a token",
            [&sign_in](Call& call, const Credentials& body) -> Result<AuthToken> {
              auto opened = sign_in.sign_in(call, body, "token", SignInService::Tokens::One);
              if (!opened) return in_token_words(std::move(opened).error(), body);
              return dressed(call, AuthToken{std::move(opened->token), opened->user});
            })
      .in_mount(places.mount)
      .errors(&render_token_error)
      .accept(Lenient::UnknownMembers)
      .description(
          "For the header Authorization, without a scheme. It ends after six hours (a setting), "
          "and with the password.")
      .answers(400, "A member is missing.")
      .answers(401, "unauthenticated")
      .answers(404, "The address is nobody's; only where flexmeasures.reveal_unknown_email is set.")
      .answers(429, "rate_limited")
      .ignores_idempotency_key()
      .may_hash();
}

void add_versions(Context& host, Routes& routes, const Places& places) {
  routes
      .get("/api/",
           "public",
           "Show the versions of the API",
           [](Call& call) -> Result<Versions> {
             return dressed(
                 call,
                 Versions{std::string(kVersion),
                          "For these API versions a public endpoint is available, listing its "
                          "service. For example: /api/v3_0. An authentication token can be "
                          "requested at: /api/requestAuthToken",
                          {"v3_0"}});
           })
      .in_mount(places.mount)
      .errors(&render_error)
      .non_blocking();
  routes
      .get("/api",
           "public",
           "Go where the versions of the API are",
           [&host, &places](Call& call) -> Result<Answer> {
             return dressed(call, redirect(308, host.mail().link(places.api + "/")));
           })
      .in_mount(places.mount)
      .errors(&render_error)
      .answers(308, "To the same with a slash at its end.")
      .non_blocking();
}

void add_logins(Context& host,
                Routes& routes,
                const Places& places,
                SignInService& sign_in,
                const TokenAuthenticator& tokens) {
  routes
      .post("/login",
            "public",
            "Sign in with a browser",
            [&host, &places, &sign_in, &tokens](Call& call,
                                                const Query<LoginQuery>& query,
                                                const Credentials& body) -> Result<LoggedIn> {
              const bool with_token = query->include_auth_token.has_value();
              const auto before = tokens.cookie(call);
              auto opened = sign_in.sign_in(
                  call,
                  body,
                  "form",
                  with_token ? SignInService::Tokens::Two : SignInService::Tokens::One,
                  before ? before->value_or("") : "");
              if (!opened) return in_form_words(std::move(opened).error());
              call.set_header(
                  "Set-Cookie",
                  session_cookie(host, places, opened->token, sign_in.token_lifetime()));
              LoggedIn answer;
              if (with_token) {
                answer.response.user.authentication_token = std::move(opened->second);
              }
              return dressed(call, std::move(answer));
            })
      .in_mount(places.mount)
      .errors(&render_form_error)
      .accept(Lenient::UnknownMembers)
      .description(
          "Sets the cookie \"session\", which counts as a token does. The session of the one "
          "that came along ends.")
      .answers(400, "The password is wrong, or a member is missing.")
      .answers(429, "rate_limited")
      .ignores_idempotency_key()
      .may_hash();
}

void add_logouts(Context& host,
                 Routes& routes,
                 const Places& places,
                 SignInService& sign_in,
                 const TokenAuthenticator& tokens) {
  const auto sign_out = [&host, &places, &sign_in, &tokens](Call& call) -> Result<None> {
    GATEHOUSE_TRY(const auto sent, tokens.presented(call));
    if (!sent) return None{};
    GATEHOUSE_CHECK(sign_in.sign_out(call, sent->token));
    if (sent->is_cookie) {
      call.set_header("Set-Cookie", session_cookie(host, places, "", std::chrono::seconds(0)));
    }
    return None{};
  };
  routes
      .get("/logout",
           "public",
           "Sign out and go to the start",
           [&host, &places, sign_out](Call& call) -> Result<Answer> {
             GATEHOUSE_CHECK(sign_out(call));
             return dressed(call, redirect(302, host.mail().link(places.root + "/")));
           })
      .in_mount(places.mount)
      .errors(&render_form_error)
      .answers(302, "To the start.");
  routes
      .post("/logout",
            "public",
            "Sign out",
            [sign_out](Call& call) -> Result<FormDone> {
              GATEHOUSE_CHECK(sign_out(call));
              return dressed(call, FormDone{});
            })
      .in_mount(places.mount)
      .errors(&render_form_error)
      .answers(403, "cross_site")
      .ignores_idempotency_key();
}

}  // namespace

void add_sign_in_routes(Context& host,
                        const Places& places,
                        SignInService& sign_in,
                        const TokenAuthenticator& tokens) {
  Routes& routes = host.routes().below(places.root);
  add_tokens(routes, places, sign_in);
  add_versions(host, routes, places);
  add_logins(host, routes, places, sign_in, tokens);
  add_logouts(host, routes, places, sign_in, tokens);
}

}  // namespace gatehouse::flexmeasures
