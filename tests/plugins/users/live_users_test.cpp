// What other plugins know of users at the moment of a request, whatever changes them and wherever.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <gatehouse/services/live_users.hpp>
#include <gatehouse/testing/database.hpp>

#include "accounts_fixture.hpp"
#include "tests/plugins/from_memory.hpp"
#include "tests/sdk/testing/instances.hpp"

namespace gatehouse::users {
namespace {

std::string text_of(const std::shared_ptr<const LiveUser>& user) {
  if (!user) return "nobody";
  return user->username + " in " + std::to_string(user->account) + " of " +
         std::to_string(user->manager) + " as " + std::to_string(user->roles.bits()) +
         (user->api_access ? "" : " without api") + (user->active ? "" : " inactive") +
         (user->expires_at ? " until " + to_rfc3339(*user->expires_at) : "") + " epoch " +
         std::to_string(user->epoch);
}

class LiveUsersTest : public UsersInAccounts {
 protected:
  LiveUsers& live() { return app().services().require<LiveUsers>(); }
  std::string find(std::int64_t number) {
    const auto found = live().find(number);
    return found ? text_of(*found) : found.error().message;
  }
  // From now on find() answers from memory.
  void remember(std::int64_t number) {
    testing::from_memory(app().metrics(), "users.user", [&] { return find(number); });
  }
};

TEST_F(LiveUsersTest, ShowWhatEveryChangeHasMadeOfTheUser) {
  const std::int64_t ada = create(
      "ada", client_, R"(, "email": "ada@example.org", "password": "enchantress of number")");
  const auto patch = [&](std::string_view body) {
    return [this, ada, body] { return admin().patch(path(ada), body).status; };
  };
  struct Change {
    std::string_view name;
    std::function<int()> make;
    std::string shown;
  };
  const Change changes[] = {
      {"username", patch(R"({"username": "bob"})"), "bob in 3 of 0 as 0 epoch 1"},
      {"roles", patch(R"({"roles": ["staff"]})"), "bob in 3 of 0 as 4 epoch 1"},
      {"api_access", patch(R"({"api_access": false})"), "bob in 3 of 0 as 4 without api epoch 1"},
      {"api_access", patch(R"({"api_access": true})"), "bob in 3 of 0 as 4 epoch 1"},
      {"active", patch(R"({"active": false})"), "bob in 3 of 0 as 4 inactive epoch 1"},
      {"active", patch(R"({"active": true})"), "bob in 3 of 0 as 4 epoch 1"},
      {"locked", patch(R"({"locked": true})"), "bob in 3 of 0 as 4 inactive epoch 1"},
      {"locked", patch(R"({"locked": false})"), "bob in 3 of 0 as 4 epoch 1"},
      {"expires_at",
       patch(R"({"expires_at": "2030-01-01T00:00:00Z"})"),
       "bob in 3 of 0 as 4 until 2030-01-01T00:00:00.000Z epoch 1"},
      {"expires_at", patch(R"({"expires_at": null})"), "bob in 3 of 0 as 4 epoch 1"},
      {"a password",
       [&] {
         return admin()
             .put(path(ada) + "/password", R"({"new_password": "a loom weaves flowers"})")
             .status;
       },
       "bob in 3 of 0 as 4 epoch 2"},
      {"a reset",
       [&] { return admin().post(path(ada) + "/password-reset", "").status; },
       "bob in 3 of 0 as 4 epoch 3"},
      {"the operator's password",
       [&] { return 204 + app().run("user passwd bob", {"analytical engine"}).exit_code; },
       "bob in 3 of 0 as 4 epoch 4"},
      {"a move",
       [&] { return admin().post(path(ada) + "/move", R"({"account": 4})").status; },
       "bob in 4 of 0 as 4 epoch 5"},
      {"a deletion", [&] { return admin().remove(path(ada)).status; }, "nobody"},
  };
  for (const Change& change : changes) {
    remember(ada);
    const int status = change.make();
    EXPECT_TRUE(status == 200 || status == 204) << change.name << " " << status;
    EXPECT_EQ(find(ada), change.shown) << change.name;
  }
}

TEST_F(LiveUsersTest, ShowTheAccountThatWhoHadNoneIsGivenAtAStart) {
  const std::int64_t ada = create("ada", client_);
  ASSERT_TRUE(app().storage().write([&](Session& db) {
    return db.run("update users_user set account = null where number = :number", ada);
  }));
  remember(ada);
  start_again();
  EXPECT_EQ(find(ada), "ada in 1 of 0 as 0 epoch 0");
}

TEST_F(LiveUsersTest, ATransactionSeesWhatItHasDone) {
  const std::int64_t ada = create("ada", client_);
  remember(ada);
  ASSERT_TRUE(app().storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_CHECK(db.run("update users_user set role_bits = 1 where number = :number", ada));
    GATEHOUSE_TRY(const auto seen, live().find(db, ada));
    EXPECT_EQ(text_of(seen), "ada in 3 of 0 as 1 epoch 0");
    return None{};
  }));
}

TEST_F(LiveUsersTest, SayForHowLongWhatTheyShowMayBeOld) {
  EXPECT_EQ(app().metrics().value("users_live_bound_seconds"), 2);
}

// The users plugin, whose services a test can ask.
class OpenUsers final : public Plugin {
 public:
  void configure(Config& config) override { users_.configure(config); }
  Migrations migrations() const override { return users_.migrations(); }
  void wire(Context& host) override {
    host_ = &host;
    users_.wire(host);
  }
  void start(Context& host) override { users_.start(host); }
  Context& host() { return *host_; }

 private:
  Context* host_ = nullptr;
  UsersPlugin users_;
};

struct UsersInstance {
  explicit UsersInstance(const testing::TestDatabase& place)
      : runtime(plugin, {}, testing::BareRuntime::RequestLines::No, place.options(), "users") {}
  OpenUsers plugin;
  testing::BareRuntime runtime;

  std::string find(std::int64_t number) {
    const auto found = plugin.host().services().require<LiveUsers>().find(number);
    return found ? text_of(*found) : found.error().message;
  }
};

TEST(LiveUsersOfInstances, HearOfWhatAnotherInstanceHasChanged) {
  setenv("GATEHOUSE_ADMIN_PASSWORD", std::string(kAdminPassword).c_str(), 1);
  const testing::TestDatabase place;
  UsersInstance here(place);
  UsersInstance there(place);
  const auto found = [&] { return there.find(1); };
  ASSERT_EQ(testing::from_memory(there.runtime.metrics, "users.user", found),
            "admin in 0 of 0 as 1 epoch 1");
  auto exchange = here.runtime.open("PATCH",
                                    "/v1/users/1",
                                    {{"Authorization", "Basic " + base64("admin", kAdminPassword)},
                                     {"Content-Type", "application/json"}});
  exchange->receive(R"({"username": "root"})");
  while (!exchange->done()) exchange->run();
  ASSERT_EQ(exchange->answer().status, 200) << exchange->answer().body;
  EXPECT_TRUE(testing::eventually([&] { return found() == "root in 0 of 0 as 1 epoch 1"; }));
}

}  // namespace
}  // namespace gatehouse::users
