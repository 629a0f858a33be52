// Delegated tokens on all plugins together: what the plugin managed_users takes back, the plugin
// tokens refuses at the next request (security.md 3, 7, 12). SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <memory>
#include <regex>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/identity/probe.hpp"
#include "tests/identity/world.hpp"

namespace gatehouse::identity {
namespace {

using namespace std::chrono_literals;

class ActingTogether : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<testing::TestedPlugin> more;
    more.push_back({"probe", std::make_unique<Probe>()});
    world_ = std::make_unique<World>(std::move(more));
    manager_ = world_->place({});
    grantee_ = world_->place({});
    const auto reply = manager().post("/v1/managed-users", R"({"first_name": "Bea"})");
    ASSERT_EQ(reply.status, 201) << reply.body;
    bea_ = "/v1/managed-users/" + json_member(reply.body, "id");
    as_user_ = "/v1/users/" + json_member(reply.body, "id");
    number_ = json_member(reply.body, "number");
  }

  testing::Client manager() { return world_->sign_in(manager_); }
  testing::Client grantee() { return world_->sign_in(grantee_); }

  // Both have a token that opens something.
  std::string token_of(const testing::Client& client, const std::string& path) {
    const auto reply = client.post(path + "/delegated-token", "{}");
    EXPECT_EQ(reply.status, 201) << reply.body;
    const std::string token = json_member(reply.body, "access_token");
    EXPECT_EQ(use(token), 204);
    return token;
  }
  int use(const std::string& token) {
    return world_->app()
        .anonymous()
        .with("Authorization", "Bearer " + token)
        .get("/v1/probe/read/r")
        .status;
  }
  // The manager lets the grantee read; the path of the grant.
  std::string share(const std::string& more = "") {
    const auto reply = manager().post(
        as_user_ + "/grants",
        R"({"grantee": ")" + grantee_.id + R"(", "scopes": ["data:read"])" + more + "}");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return as_user_ + "/grants/" + json_member(reply.body, "id");
  }
  void hand_over() {
    const auto invited =
        manager().post(bea_ + "/handover", R"({"email": "bea@example.net", "username": "bea"})");
    ASSERT_EQ(invited.status, 202) << invited.body;
    const std::string text = world_->app().mails().back().text;
    std::smatch code;
    ASSERT_TRUE(std::regex_search(text, code, std::regex("/v1/password-resets/([^\\s]+)"))) << text;
    const auto taken = world_->app().anonymous().post(
        "/v1/password-resets/confirm",
        R"({"code": ")" + code[1].str() + R"(", "new_password": "quiet morning walk"})");
    ASSERT_EQ(taken.status, 204) << taken.body;
  }

  std::unique_ptr<World> world_;
  Person manager_;
  Person grantee_;
  std::string bea_;
  std::string as_user_;
  std::string number_;
};

TEST_F(ActingTogether, EndsWhenTheGrantIsTakenBack) {
  const std::string grant = share();
  const std::string token = token_of(grantee(), as_user_);
  const std::string of_manager = token_of(manager(), bea_);
  ASSERT_EQ(manager().remove(grant).status, 204);
  EXPECT_EQ(use(token), 401);
  EXPECT_EQ(use(of_manager), 204);
}

TEST_F(ActingTogether, EndsToTheSecondWithTheGrant) {
  const Time end = world_->app().clock().now() + 60s;
  share(R"(, "expires_at": ")" + to_rfc3339(end) + "\"");
  const std::string token = token_of(grantee(), as_user_);
  world_->app().clock().advance(59s);
  EXPECT_EQ(use(token), 204);
  world_->app().clock().advance(1s);
  EXPECT_EQ(use(token), 401);
}

TEST_F(ActingTogether, EndsWithTheUser) {
  share();
  const std::string token = token_of(grantee(), as_user_);
  const std::string of_manager = token_of(manager(), bea_);
  ASSERT_EQ(manager().remove(bea_).status, 204);
  EXPECT_EQ(use(token), 401);
  EXPECT_EQ(use(of_manager), 401);
}

// The new owner decides anew, and then the old token does not come back to life, for they have a
// password now.
TEST_F(ActingTogether, EndsWithTheHandover) {
  const std::string grant = share();
  const std::string token = token_of(grantee(), as_user_);
  const std::string of_manager = token_of(manager(), bea_);
  hand_over();
  EXPECT_EQ(use(token), 401);
  EXPECT_EQ(use(of_manager), 401);
  EXPECT_EQ(manager().post(as_user_ + "/delegated-token", "{}").status, 404);
  EXPECT_EQ(grantee().post(as_user_ + "/delegated-token", "{}").status, 404);
  Principal bea;
  bea.user = std::stoll(number_);
  bea.method = "test";
  ASSERT_EQ(world_->app().as(bea).post(grant + "/confirm", "").status, 204);
  EXPECT_EQ(use(token), 401);
  token_of(grantee(), as_user_);
}

}  // namespace
}  // namespace gatehouse::identity
