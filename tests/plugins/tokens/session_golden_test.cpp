// The bodies of answers about sessions. SPDX-License-Identifier: Apache-2.0
#include <regex>
#include <string>

#include "tests/plugins/golden_bodies.hpp"
#include "tests/plugins/tokens/sessions_fixture.hpp"

namespace gatehouse::tokens {
namespace {

void expect(const std::string& name, int status, testing::Reply reply) {
  const std::regex access(R"("access_token":"[\w-]+\.[\w-]+\.[\w-]+")");
  const std::regex refreshes(R"("refresh_token":"grt_\w+")");
  reply.body = std::regex_replace(reply.body, access, R"("access_token":"<access token>")");
  reply.body = std::regex_replace(reply.body, refreshes, R"("refresh_token":"<refresh token>")");
  testing::expect_golden("tokens/" + name, status, reply);
}

using SessionGolden = TokensTest;

TEST_F(SessionGolden, Sessions) {
  const auto opened = try_sign_in("ada");
  expect("session_create.json", 201, opened);
  app().clock().advance(std::chrono::minutes(1));
  const auto refreshed = try_refresh(read<SignedIn>(opened).refresh_token);
  expect("session_refresh.json", 200, refreshed);
  const auto client = bearer(read<SignedIn>(refreshed).access_token);
  expect("session_current.json", 200, client.get("/v1/sessions/current"));
  sign_in();
  expect("session_list.json", 200, client.get("/v1/users/me/sessions"));
}

TEST_F(SessionGolden, ErrorsOfSessions) {
  expect("session_401_password.json", 401, try_sign_in("ada", "not the one"));
  expect("session_401_refresh.json", 401, try_refresh("grt_nobody"));
  const auto client = app().anonymous();
  expect("session_422_names.json", 422, client.post("/v1/sessions", R"({"password": "x"})"));
  expect(
      "session_404.json", 404, as(ada()).remove("/v1/users/me/sessions/65f1c0ffee0000000000000a"));
}

}  // namespace
}  // namespace gatehouse::tokens
