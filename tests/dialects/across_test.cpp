// One user, five APIs: what one mount makes, changes or ends, the others show and obey.
// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/digest.hpp>

#include "tests/identity/json.hpp"
#include "tests/identity/world.hpp"

namespace gatehouse {
namespace {

using identity::json_member;
using identity::json_parts;
using testing::Client;
using testing::Reply;

constexpr std::string_view kNewPassword = "quiet morning walk";
constexpr std::string_view kFlexMeasures = "/api/v3_0/users/";
constexpr std::string_view kSoltra = "/api/users/";
constexpr std::string_view kWotkit = "/wotkit/api/users";

std::vector<testing::TestedPlugin> dialects() {
  std::vector<testing::TestedPlugin> plugins;
  for (const char* name : {"flexmeasures", "soltra_edge", "sweatstack", "wotkit"}) {
    plugins.push_back(
        {name, testing::load_plugin(std::string(GATEHOUSE_PLUGIN_FOLDER "/") + name + ".so")});
  }
  return plugins;
}

// Somebody as each API calls them.
struct Known {
  std::string id;
  std::string number;
  std::string username;
  std::string email;
};

class AcrossDialects : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = make_admin("root");
    flexmeasures_token_ = flexmeasures_token(root_.email);
    ASSERT_FALSE(flexmeasures_token_.empty());
  }

  Client anonymous() { return world_.app().anonymous(); }
  Client basic(std::string_view name, std::string_view password = identity::kPassword) {
    return anonymous().with("Authorization",
                            "Basic " + base64_encode(format("{}:{}", name, password)));
  }
  Client root() { return basic(root_.username); }
  Client flexmeasures(std::string_view token) { return anonymous().with("Authorization", token); }
  Client flexmeasures() { return flexmeasures(flexmeasures_token_); }
  Client bearer(std::string_view token) {
    return anonymous().with("Authorization", format("Bearer {}", token));
  }
  // "" when it was refused.
  std::string flexmeasures_token(std::string_view email,
                                 std::string_view password = identity::kPassword) {
    const Reply reply = anonymous().post(
        "/api/requestAuthToken", format(R"({"email": "{}", "password": "{}"})", email, password));
    return reply.status == 200 ? json_member(reply.body, "auth_token") : "";
  }

  // An admin, so that every mount lets them read.
  Known make_admin(const std::string& name) {
    const identity::Person person =
        world_.place({.account = world_.default_account(), .roles = Role::Admin});
    const Reply named =
        world_.root().patch("/v1/users/" + person.id, format(R"({"username": "{}"})", name));
    EXPECT_EQ(named.status, 200) << named.body;
    return {person.id, std::to_string(person.number), name, person.id + "@example.org"};
  }
  Known made_at_v1(std::string_view name) {
    const Reply reply =
        root().post("/v1/users",
                    format(R"({"username": "{}", "email": "{}@example.org", "password": "{}",)"
                           R"( "first_name": "Bob", "last_name": "Smit"})",
                           name,
                           name,
                           identity::kPassword));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return known(name);
  }
  Known made_at_wotkit(std::string_view name) {
    const Reply reply =
        root().post(kWotkit,
                    format(R"({"username": "{}", "email": "{}@example.org", "password": "{}",)"
                           R"( "firstname": "Bob", "lastname": "Smit"})",
                           name,
                           name,
                           identity::kPassword));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return known(name);
  }
  Known made_at_soltra(std::string_view name) {
    const Reply reply = root().post(
        kSoltra,
        format(R"({"username": "{}", "email": "{}@example.org", "password": "{}",)"
               R"( "first_name": "Bob", "last_name": "Smit", "allow_rest_access": true})",
               name,
               name,
               identity::kPassword));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return known(name);
  }
  // As /v1 shows them.
  Known known(std::string_view name) {
    const Reply list = root().get(format("/v1/users?text={}", name));
    const std::string items = json_member(list.body, "items");
    const auto found = json_parts(items);
    EXPECT_EQ(found.size(), 1U) << list.body;
    if (found.empty()) return {};
    const std::string user(found.front().second);
    return {json_member(user, "id"),
            json_member(user, "number"),
            json_member(user, "username"),
            json_member(user, "email")};
  }

  // The status of reading them at each mount, as an admin.
  std::map<std::string, int> readings(const Known& user) {
    return {{"v1", root().get("/v1/users/" + user.id).status},
            {"flexmeasures", flexmeasures().get(std::string(kFlexMeasures) + user.number).status},
            {"soltra", root().get(std::string(kSoltra) + user.id).status},
            {"wotkit", root().get(format("{}/{}", kWotkit, user.number)).status}};
  }
  static std::map<std::string, int> everywhere(int status) {
    return {{"v1", status}, {"flexmeasures", status}, {"soltra", status}, {"wotkit", status}};
  }

  // All that opens doors for an admin; each door was open once, so that passwords are remembered.
  struct Keys {
    std::string flexmeasures;
    std::string session;
    std::string api_token;
    std::string soltra_token;
  };
  Keys open_all(const Known& user) {
    Keys keys;
    keys.flexmeasures = flexmeasures_token(user.email);
    const Reply session = anonymous().post(
        "/v1/sessions",
        format(R"({"username": "{}", "password": "{}"})", user.username, identity::kPassword));
    keys.session = json_member(session.body, "access_token");
    const Reply token = basic(user.username).post("/v1/users/me/tokens", R"({"title": "mine"})");
    EXPECT_EQ(token.status, 201) << token.body;
    keys.api_token = json_member(token.body, "token");
    const Reply soltra =
        basic(user.username).post(std::string(kSoltra) + user.id + "/tokens/", R"({"title": "s"})");
    EXPECT_EQ(soltra.status, 201) << soltra.body;
    keys.soltra_token = json_member(soltra.body, "token");
    EXPECT_EQ(statuses(user, keys), all_doors(200));
    return keys;
  }
  std::map<std::string, int> statuses(const Known& user, const Keys& keys) {
    const std::string me(user.id);
    return {
        {"v1 Basic", basic(user.username).get("/v1/users/me").status},
        {"v1 session", bearer(keys.session).get("/v1/users/me").status},
        {"v1 token", bearer(keys.api_token).get("/v1/users/me").status},
        {"wotkit Basic", basic(user.username).get(format("{}/{}", kWotkit, user.number)).status},
        {"soltra Basic", basic(user.username).get(std::string(kSoltra) + me).status},
        {"soltra Token",
         anonymous()
             .with("Authorization", format("Token {}:{}", user.username, keys.soltra_token))
             .get(std::string(kSoltra) + me)
             .status},
        {"sweatstack token", bearer(keys.api_token).get("/api/v1/users/").status},
        {"flexmeasures token",
         flexmeasures(keys.flexmeasures).get(std::string(kFlexMeasures) + user.number).status},
    };
  }
  static std::map<std::string, int> all_doors(int status) {
    std::map<std::string, int> doors;
    for (const char* door : {"v1 Basic",
                             "v1 session",
                             "v1 token",
                             "wotkit Basic",
                             "soltra Basic",
                             "soltra Token",
                             "sweatstack token",
                             "flexmeasures token"}) {
      doors[door] = status;
    }
    return doors;
  }

  identity::World world_{dialects()};
  Known root_;
  std::string flexmeasures_token_;
};

TEST_F(AcrossDialects, WhoIsMadeAtOneMountIsTheSameAtAll) {
  for (const Known& user : {made_at_v1("anna"), made_at_wotkit("berta"), made_at_soltra("carla")}) {
    const Reply soltra = root().get(std::string(kSoltra) + user.id);
    EXPECT_EQ(json_member(soltra.body, "id"), user.id) << soltra.body;
    EXPECT_EQ(json_member(soltra.body, "username"), user.username);
    EXPECT_EQ(json_member(soltra.body, "email"), user.email);
    EXPECT_EQ(json_member(soltra.body, "first_name"), "Bob");
    EXPECT_EQ(json_member(soltra.body, "last_name"), "Smit");
    for (const std::string& named : {user.number, user.username}) {
      const Reply wotkit = root().get(format("{}/{}", kWotkit, named));
      EXPECT_EQ(json_member(wotkit.body, "id"), user.number) << wotkit.body;
      EXPECT_EQ(json_member(wotkit.body, "username"), user.username);
      EXPECT_EQ(json_member(wotkit.body, "email"), user.email);
      EXPECT_EQ(json_member(wotkit.body, "firstname"), "Bob");
    }
    const Reply flex = flexmeasures().get(std::string(kFlexMeasures) + user.number);
    EXPECT_EQ(json_member(flex.body, "id"), user.number) << flex.body;
    EXPECT_EQ(json_member(flex.body, "username"), user.username);
    EXPECT_EQ(json_member(flex.body, "email"), user.email);
    EXPECT_EQ(json_member(flex.body, "account_id"), std::to_string(world_.default_account()));
    EXPECT_FALSE(flexmeasures_token(user.email).empty()) << user.username;
  }
}

TEST_F(AcrossDialects, WhoIsManagedIsTheirManagersAlone) {
  const Reply token = root().post("/v1/users/me/tokens", R"({"title": "sweatstack"})");
  const Client manager = bearer(json_member(token.body, "token"));
  const Reply made =
      manager.post("/api/v1/users/", R"({"first_name": "Bob", "last_name": "Smit"})");
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string id = json_member(made.body, "id");
  const Reply read = root().get("/v1/managed-users/" + id);
  EXPECT_EQ(read.status, 200) << read.body;
  EXPECT_EQ(root().get(kWotkit).body.find("Smit"), std::string::npos);
  EXPECT_EQ(manager.remove("/api/v1/users/" + id).status, 200);
  EXPECT_EQ(root().get("/v1/managed-users/" + id).status, 404);
}

TEST_F(AcrossDialects, WhatIsChangedAtOneMountIsSeenAtAll) {
  const Known anna = made_at_v1("anna");
  const std::string soltra = std::string(kSoltra) + anna.id;
  const std::string wotkit = format("{}/{}", kWotkit, anna.number);
  const std::string flex = std::string(kFlexMeasures) + anna.number;
  EXPECT_EQ(root().put(wotkit, R"({"firstname": "Ann", "timeZone": "Europe/Berlin"})").status, 204);
  EXPECT_EQ(json_member(root().get(soltra).body, "first_name"), "Ann");
  EXPECT_EQ(json_member(flexmeasures().get(flex).body, "timezone"), "Europe/Berlin");
  EXPECT_EQ(root().patch(soltra, R"({"last_name": "Lee"})").status, 202);
  EXPECT_EQ(json_member(root().get(wotkit).body, "lastname"), "Lee");
  EXPECT_EQ(flexmeasures().patch(flex, R"({"timezone": "Europe/Amsterdam"})").status, 200);
  EXPECT_EQ(json_member(root().get(wotkit).body, "timeZone"), "Europe/Amsterdam");
  EXPECT_EQ(root().patch("/v1/users/" + anna.id, R"({"username": "annie"})").status, 200);
  EXPECT_EQ(json_member(root().get(soltra).body, "username"), "annie");
  EXPECT_EQ(json_member(flexmeasures().get(flex).body, "username"), "annie");
}

TEST_F(AcrossDialects, WhoIsDeletedAtOneMountIsGoneFromAll) {
  const Known anna = made_at_wotkit("anna");
  const Known berta = made_at_soltra("berta");
  const Known carla = made_at_v1("carla");
  for (const Known& user : {anna, berta, carla}) EXPECT_EQ(readings(user), everywhere(200));
  EXPECT_EQ(root().remove("/v1/users/" + anna.id).status, 204);
  EXPECT_EQ(root().remove(std::string(kWotkit) + "/berta").status, 204);
  EXPECT_EQ(root().remove(std::string(kSoltra) + carla.id).status, 204);
  for (const Known& user : {anna, berta, carla}) {
    EXPECT_EQ(readings(user), everywhere(404)) << user.username;
  }
}

TEST_F(AcrossDialects, WhoIsDeactivatedAtOneMountIsShutOutOfAll) {
  const std::map<std::string, std::function<int(const Known&)>> ends = {
      {"v1",
       [this](const Known& user) {
         return root().patch("/v1/users/" + user.id, R"({"active": false})").status;
       }},
      {"flexmeasures",
       [this](const Known& user) {
         return flexmeasures()
             .patch(std::string(kFlexMeasures) + user.number, R"({"active": false})")
             .status;
       }},
      {"soltra",
       [this](const Known& user) {
         return root().patch(std::string(kSoltra) + user.id, R"({"is_active": false})").status;
       }},
  };
  for (const auto& [mount, end] : ends) {
    const Known user = make_admin("at-" + mount);
    const Keys keys = open_all(user);
    const int status = end(user);
    EXPECT_TRUE(status == 200 || status == 202) << mount << ' ' << status;
    EXPECT_EQ(statuses(user, keys), all_doors(401)) << mount;
    EXPECT_EQ(flexmeasures_token(user.email), "") << mount;
    // What has ended does not come back.
    EXPECT_EQ(root().patch("/v1/users/" + user.id, R"({"active": true})").status, 200);
    auto after = statuses(user, keys);
    EXPECT_EQ(after["flexmeasures token"], 401) << mount;
    EXPECT_EQ(after["v1 session"], 401) << mount;
    EXPECT_EQ(after["wotkit Basic"], 200) << mount;
  }
}

TEST_F(AcrossDialects, ANewPasswordAtOneMountEndsWhatTheOldOneOpenedAtAll) {
  const std::map<std::string, std::function<int(const Known&)>> ends = {
      {"v1",
       [this](const Known& user) {
         return root()
             .put("/v1/users/" + user.id + "/password",
                  format(R"({"new_password": "{}"})", kNewPassword))
             .status;
       }},
      {"wotkit",
       [this](const Known& user) {
         return root()
             .put(format("{}/{}", kWotkit, user.number),
                  format(R"({"password": "{}"})", kNewPassword))
             .status;
       }},
  };
  for (const auto& [mount, end] : ends) {
    const Known user = make_admin("at-" + mount);
    const Keys keys = open_all(user);
    EXPECT_EQ(end(user), 204) << mount;
    auto after = statuses(user, keys);
    for (const char* door :
         {"v1 Basic", "v1 session", "wotkit Basic", "soltra Basic", "flexmeasures token"}) {
      EXPECT_EQ(after[door], 401) << mount << ' ' << door;
    }
    EXPECT_EQ(basic(user.username, kNewPassword).get(std::string(kSoltra) + user.id).status, 200);
    EXPECT_NE(flexmeasures_token(user.email, kNewPassword), "") << mount;
  }
}

TEST_F(AcrossDialects, APasswordResetEndsEverythingEverywhere) {
  const Known user = make_admin("ada-admin");
  const Keys keys = open_all(user);
  EXPECT_EQ(
      flexmeasures().patch(std::string(kFlexMeasures) + user.number + "/password-reset", "").status,
      200);
  EXPECT_EQ(statuses(user, keys), all_doors(401));
}

}  // namespace
}  // namespace gatehouse
