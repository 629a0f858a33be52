// The bodies of answers, byte for byte but for blanks, against tests/golden/accounts/. Ids, cursors
// and request ids are masked; times are those of a clock that stands still. With
// GATEHOUSE_UPDATE_GOLDEN=1 the files are written anew. SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>

#include "accounts_fixture.hpp"

namespace gatehouse::accounts {
namespace {

// One member a line, so that a difference shows where it is.
std::string laid_out(std::string_view json) {
  std::string out;
  std::string indent = "\n";
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"' && json[i - 1] != '\\') quoted = !quoted;
    const bool opens = !quoted && (c == '{' || c == '[');
    const bool closes = !quoted && (c == '}' || c == ']');
    const bool empty = closes && (json[i - 1] == '{' || json[i - 1] == '[');
    if (closes) indent.resize(indent.size() - 2);
    if (closes && !empty) out += indent;
    out += c;
    if (opens) indent += "  ";
    const bool stays = opens && i + 1 < json.size() && (json[i + 1] == '}' || json[i + 1] == ']');
    if ((opens && !stays) || (!quoted && c == ',')) out += indent;
    if (!quoted && c == ':') out += ' ';
  }
  return out + "\n";
}

std::string masked(std::string json) {
  json = std::regex_replace(json, std::regex(R"("[0-9a-f]{24}")"), "\"<id>\"");
  json = std::regex_replace(
      json, std::regex(R"("request_id":"[^"]*")"), R"("request_id":"<request id>")");
  return std::regex_replace(json, std::regex(R"("next":"[^"]*")"), R"("next":"<cursor>")");
}

class Golden : public AccountsTest {
 protected:
  void SetUp() override {
    AccountsTest::SetUp();
    keeper_ = create("Keeper");
    engines_ = create("Engines",
                      R"(, "roles": ["Prosumer", "a"], "primary_color": "#1a3443",
        "logo_url": "https://example.org/logo.svg")" +
                          consultancy(keeper_));
  }

  static void expect(std::string_view name, int status, const testing::Reply& reply) {
    EXPECT_EQ(reply.status, status) << name;
    const std::string body = laid_out(masked(reply.body));
    const std::string path = std::string(GATEHOUSE_GOLDEN_FOLDER "/accounts/") + std::string(name);
    if (std::getenv("GATEHOUSE_UPDATE_GOLDEN") != nullptr) {
      std::ofstream(path, std::ios::binary) << body;
    }
    std::ifstream file(path, std::ios::binary);
    const std::string golden(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(body, golden) << name << ": GATEHOUSE_UPDATE_GOLDEN=1 rewrites it";
  }

  std::int64_t keeper_ = 0;
  std::int64_t engines_ = 0;
};

TEST_F(Golden, Accounts) {
  expect("create.json", 201, admin().post("/v1/accounts", R"({"name": "Bare"})"));
  expect("read.json", 200, as(engines_).get(path(engines_)));
  expect("change.json",
         200,
         as(engines_, Role::AccountAdmin)
             .patch(path(engines_), R"({"name": "Motors", "primary_color": null})"));
  expect("list.json", 200, admin().get("/v1/accounts?text=e&sort=created&limit=2"));
  expect("list_of_none.json", 200, admin().get("/v1/accounts?text=nothing"));
}

TEST_F(Golden, Errors) {
  expect("400_cursor.json", 400, admin().get("/v1/accounts?cursor=x"));
  expect("400_words.json", 400, admin().get("/v1/accounts?text=1%202%203%204%205%206%207%208%209"));
  expect("403.json", 403, as(engines_).remove(path(engines_)));
  expect("403_field.json", 403, as(engines_).patch(path(engines_), R"({"roles": []})"));
  expect("404.json", 404, as(keeper_).get(path(engines_)));
  expect("409_name.json", 409, admin().post("/v1/accounts", R"({"name": "ENGINES"})"));
  expect("409_default.json", 409, admin().remove(path(1)));
  expect("409_clients.json", 409, admin().remove(path(keeper_)));
  expect(
      "422_form.json", 422, admin().post("/v1/accounts", R"({"name": 1, "roles": "a", "x": 1})"));
  expect("422_values.json",
         422,
         admin().patch(path(keeper_), R"({"name": " x", "roles": ["a", ""], "consultancy_account":
             3, "primary_color": "red", "logo_url": "ftp://a"})"));
}

}  // namespace
}  // namespace gatehouse::accounts
