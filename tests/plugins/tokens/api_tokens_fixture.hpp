// The tokens plugin beside the users plugin, and a trail and events that a test can look into.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/context.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/api_tokens.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/testing/harness.hpp>

#include "plugins/tokens/plugin.hpp"
#include "tests/identity/json.hpp"
#include "tests/plugins/from_memory.hpp"
#include "tests/plugins/heard_trail.hpp"

namespace gatehouse::tokens {

using identity::json_member;
using identity::json_parts;

// Keeps what the trail is told, and which tokens other plugins hear of.
class Bystander final : public Plugin {
 public:
  void wire(Context& host) override {
    host_ = &host;
    host.services().provide<AuditTrail>(trail_);
    host.events().subscribe<ApiTokenEnded>([this](Session&, const ApiTokenEnded& event) {
      ended.push_back(event.id);
      return Result<None>(None{});
    });
    host.events().subscribe<ApiTokenRotated>([this](Session&, const ApiTokenRotated& event) {
      rotated.push_back(event.id);
      return Result<None>(None{});
    });
  }
  // As the plugin or the host does it that the event is of.
  template <class E>
  Result<None> publish(const E& event) {
    return host_->storage().write([&](Session& db) { return host_->events().publish(db, event); });
  }

  // "action detail" of each since the last call.
  std::vector<std::string> take_trail() {
    return trail_.take(
        [](const AuditRecord& record) { return record.event.action + " " + record.event.detail; });
  }
  std::vector<std::string> ended;
  std::vector<std::string> rotated;

 private:
  Context* host_ = nullptr;
  testing::HeardTrail trail_;
};

// ada has the address ada@example.org and no role.
class ApiTokensTest : public ::testing::Test {
 protected:
  void SetUp() override { start({}); }
  void start(const testing::Settings& settings) {
    setenv("GATEHOUSE_ADMIN_PASSWORD", "correct horse battery", 1);
    app_.reset();
    auto bystander = std::make_unique<Bystander>();
    bystander_ = bystander.get();
    std::vector<testing::TestedPlugin> plugins;
    plugins.push_back({"users", testing::load_plugin(GATEHOUSE_USERS_PLUGIN)});
    plugins.push_back({"bystander", std::move(bystander)});
    plugins.push_back({"tokens", std::make_unique<TokensPlugin>(), settings});
    app_ = std::make_unique<testing::HarnessCore>(std::move(plugins));
    ASSERT_TRUE(app_->mistakes().empty()) << app_->mistakes().front();
    ada_ = add_user("ada");
    app_->mails();
    bystander_->take_trail();
  }

  testing::HarnessCore& app() { return *app_; }
  Bystander& bystander() { return *bystander_; }

  // Who has just shown a password.
  Principal principal(std::int64_t number, Roles roles = {}) {
    Principal who;
    who.user = number;
    who.user_id = "65f1c0ffee00000000000001";
    who.username = "user" + std::to_string(number);
    who.roles = roles;
    who.method = "basic";
    return who;
  }
  testing::Client as(std::int64_t number, Roles roles = {}) {
    return app_->as(principal(number, roles));
  }
  testing::Client admin() { return as(1, Role::Admin); }
  testing::Client ada() { return as(ada_); }
  testing::Client bearer(std::string_view secret) {
    return app_->anonymous().with("Authorization", "Bearer " + std::string(secret));
  }

  // Through the API; the number.
  std::int64_t add_user(const std::string& name, const std::string& more = "") {
    const auto reply = admin().post(
        "/v1/users",
        "{\"username\": \"" + name + "\", \"email\": \"" + name + "@example.org\"" + more + "}");
    if (reply.status != 201) throw std::runtime_error(reply.body);
    return std::stoll(json_member(reply.body, "number"));
  }

  struct Minted {
    std::string id;
    std::string secret;
    std::string path() const { return "/v1/users/me/tokens/" + id; }
  };
  static Minted minted(const testing::Reply& reply) {
    EXPECT_EQ(reply.status, 201) << reply.body;
    return {json_member(reply.body, "id"), json_member(reply.body, "token")};
  }
  // One of ada's.
  Minted mint(std::string_view body = R"({"title": "backup"})") {
    return minted(ada().post(kOwnTokens, body));
  }
  Minted mint_scoped() {
    return mint(R"({"title": "reader", "scopes": ["users:read", "tokens:write"]})");
  }
  // What a request with the secret is answered.
  int use(std::string_view secret) { return bearer(secret).get("/v1/users/me").status; }

  // From now on memory answers.
  void remember(std::string_view secret) {
    const auto read = [&] { return use(secret); };
    ASSERT_EQ(testing::from_memory(app().metrics(), "tokens.api_token", read), 200);
  }

  std::vector<std::string> titles() {
    std::vector<std::string> found;
    const auto reply = ada().get(kOwnTokens);
    const std::string items = json_member(reply.body, "items");
    for (const auto& [name, item] : json_parts(items)) found.push_back(json_member(item, "title"));
    return found;
  }
  double database_reads() {
    return app().metrics().value(
        R"(live_cache_answers_total{topic="tokens.api_token",from="database"})");
  }

  static constexpr const char* kOwnTokens = "/v1/users/me/tokens";
  std::int64_t ada_ = 0;

 private:
  std::unique_ptr<testing::HarnessCore> app_;
  Bystander* bystander_ = nullptr;
};

}  // namespace gatehouse::tokens
