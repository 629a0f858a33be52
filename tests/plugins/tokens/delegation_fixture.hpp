// ada manages bea, and cid shares data:read with her. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/identity/json.hpp"
#include "tests/plugins/tokens/acting.hpp"
#include "tests/plugins/tokens/forging_fixture.hpp"
#include "tests/sdk/testing/fake_access.hpp"

namespace gatehouse::tokens {

class DelegationTest : public ForgingTest {
 protected:
  void SetUp() override {
    ForgingTest::SetUp();
    bea_ = create("bea");
    cid_ = create("cid");
    access_->grant(ada(), bea_, access_->all_scopes());
    access_->grant(ada(), cid_, {"data:read"});
    trail().take();
  }
  void add_plugins(std::vector<testing::TestedPlugin>& plugins) override {
    auto access = std::make_unique<testing::FakeAccess>();
    auto acting = std::make_unique<Acting>();
    access_ = access.get();
    acting_ = acting.get();
    if (has_access_) plugins.push_back({"access", std::move(access)});
    plugins.push_back({"acting", std::move(acting)});
  }

  testing::FakeAccess& access() { return *access_; }
  std::int64_t bea() const { return bea_; }
  std::int64_t cid() const { return cid_; }

  static testing::Reply ask_for(const testing::Client& client,
                                std::int64_t user,
                                std::string_view wish = "{}") {
    return client.post("/v1/acting/" + std::to_string(user), wish);
  }
  // The text of a token with which the client acts for the user.
  std::string act_for(const testing::Client& client,
                      std::int64_t user,
                      std::string_view wish = "{}") {
    const auto reply = ask_for(client, user, wish);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return read<GivenToken>(reply).access_token;
  }
  int acts(std::string_view token) { return bearer(token).get("/v1/acting").status; }
  // Who comes with it.
  Principal principal_with(std::string_view token) {
    acting_->who = {};
    EXPECT_EQ(acts(token), 200);
    return acting_->who;
  }

  // As their own: sessions and API tokens.
  testing::Client session(std::string_view name = "ada") {
    return bearer(sign_in(name).access_token);
  }
  struct ApiToken {
    std::string id;
    std::string secret;
    std::string path() const { return "/v1/users/me/tokens/" + id; }
  };
  ApiToken make_token(const testing::Client& client, std::string_view more = "") {
    const auto reply =
        client.post("/v1/users/me/tokens", R"({"title": "t")" + std::string(more) + "}");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return {identity::json_member(reply.body, "id"), identity::json_member(reply.body, "token")};
  }

  bool has_access_ = true;

 private:
  testing::FakeAccess* access_ = nullptr;
  Acting* acting_ = nullptr;
  std::int64_t bea_ = 0;
  std::int64_t cid_ = 0;
};

}  // namespace gatehouse::tokens
