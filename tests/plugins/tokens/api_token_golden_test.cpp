// The bodies of answers about API tokens. SPDX-License-Identifier: Apache-2.0
#include <regex>
#include <string>

#include "tests/plugins/golden_bodies.hpp"
#include "tests/plugins/tokens/api_tokens_fixture.hpp"

namespace gatehouse::tokens {
namespace {

void expect(const std::string& name, int status, testing::Reply reply) {
  reply.body = std::regex_replace(reply.body, std::regex("gat_[0-9A-Za-z]{33}"), "<token>");
  testing::expect_golden("tokens/" + name, status, reply);
}

using Golden = ApiTokensTest;

TEST_F(Golden, ApiTokens) {
  const auto made = ada().post(kOwnTokens, R"({"title": "Backup", "scopes": ["users:read"]})");
  expect("api_token_create.json", 201, made);
  const std::string path = std::string(kOwnTokens) + "/" + json_member(made.body, "id");
  app().clock().advance(std::chrono::minutes(1));
  use(json_member(made.body, "token"));
  app().run_jobs();
  expect("api_token_read.json", 200, ada().get(path));
  expect("api_token_change.json", 200, ada().patch(path, R"({"title": "Save", "active": false})"));
  expect("api_token_rotate.json", 201, ada().post(path + "/rotate", ""));
  mint();
  expect("api_token_list.json", 200, ada().get(std::string(kOwnTokens) + "?limit=1"));
}

TEST_F(Golden, ErrorsOfApiTokens) {
  start({{"tokens_per_user", "1"}});
  mint();
  expect("api_token_409_limit.json", 409, ada().post(kOwnTokens, R"({"title": "x"})"));
  expect("api_token_422.json",
         422,
         ada().post(kOwnTokens, R"({"title": " ", "scopes": ["a:b"], "expires_at":
             "2020-01-01T00:00:00Z"})"));
  Principal who = principal(ada_);
  who.method = "session";
  expect("api_token_403_sign_in.json", 403, app().as(who).post(kOwnTokens, R"({"title": "x"})"));
  who.method = "token";
  who.scopes = std::vector<std::string>{"tokens:write"};
  expect("api_token_403_scopes.json", 403, app().as(who).post(kOwnTokens, R"({"title": "x"})"));
}

}  // namespace
}  // namespace gatehouse::tokens
