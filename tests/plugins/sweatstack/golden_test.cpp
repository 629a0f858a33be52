// The bodies of seed document 002, those that clients send among them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/plugins/golden_bodies.hpp"
#include "tests/plugins/sweatstack/sweatstack_fixture.hpp"

namespace gatehouse::sweatstack {
namespace {

using testing::expect_golden;

std::string request(const std::string& name) {
  std::ifstream file(std::string(GATEHOUSE_GOLDEN_FOLDER "/sweatstack/") + name);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

testing::Reply without_tokens(testing::Reply reply) {
  reply.body = std::regex_replace(
      reply.body, std::regex(R"("(access|refresh)_token":"[^"]+")"), R"("$1_token":"<token>")");
  return reply;
}

class SweatStackGolden : public SweatStackTest {};

TEST_F(SweatStackGolden, TheFiveOperations) {
  const auto me = client(manager());
  const auto made = me.post(kUsers, request("create_request.json"));
  expect_golden("sweatstack/create.json", 200, made);
  const std::string path = path_of(json_member(made.body, "id"));
  expect_golden("sweatstack/read.json", 200, me.get(path));
  expect_golden("sweatstack/update.json", 200, me.put(path, request("update_request.json")));
  const auto form = me.with("Content-Type", kForm).put(path, "last_name=de+Vries");
  expect_golden("sweatstack/update_by_form.json", 200, form);
  const Person shares = world().place({.first_name = "Carla"});
  world().place_grant(shares.number, manager().number, true);
  expect_golden("sweatstack/list.json", 200, me.get(kUsers));
  expect_golden("sweatstack/delete.json", 200, me.remove(path));
  expect_golden("sweatstack/404.json", 404, me.get(path));
}

TEST_F(SweatStackGolden, Tokens) {
  const auto opened = try_sign_in(manager(), "correct+horse+battery");
  expect_golden("sweatstack/token.json", 200, without_tokens(opened));
  const auto me = bearer(json_member(opened.body, "access_token"));
  expect_golden("sweatstack/principal_token.json",
                200,
                without_tokens(me.get("/api/v1/oauth/principal-token")));
  const auto delegated =
      me.post("/api/v1/oauth/delegated-token", R"({"sub": ")" + make(me) + R"("})");
  expect_golden("sweatstack/delegated_token.json", 200, without_tokens(delegated));
}

TEST_F(SweatStackGolden, Errors) {
  const auto me = client(manager());
  expect_golden("sweatstack/401.json", 401, anonymous().get(kUsers));
  expect_golden("sweatstack/422.json", 422, me.post(kUsers, "{}"));
  expect_golden("sweatstack/422_query.json", 422, me.get("/api/v1/users/?include_managed=maybe"));
  const auto acting = bearer(delegated_token(me, make(me)));
  expect_golden("sweatstack/403.json", 403, acting.get(kUsers));
}

}  // namespace
}  // namespace gatehouse::sweatstack
