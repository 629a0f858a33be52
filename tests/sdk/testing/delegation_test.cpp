// What who acts for somebody else reaches (Route::delegable), and who may do what with whose data
// (Call::allows); security.md 3. SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/body.hpp>
#include <gatehouse/testing/harness.hpp>

#include "tests/sdk/testing/fake_access.hpp"

namespace gatehouse {
namespace {

constexpr std::int64_t kOwner = 5;
constexpr std::int64_t kManager = 6;
constexpr std::int64_t kReader = 7;  // a grantee
constexpr std::int64_t kStranger = 8;

struct Note {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Note, (), (text))

class Rooms final : public Plugin {
 public:
  Migrations migrations() const override {
    return {{"0001", "notes", "create table rooms_note (text text not null)"}};
  }
  void wire(Context& host) override {
    host.permissions().declare("rooms:read", "rooms:write", held_by_everybody);
    host.permissions().declare("rooms:lead", held_by(Role::Staff));
    const auto reads = [](Call& call, std::int64_t user) { return call.allows(user, "data:read"); };
    const auto writes = [](Call& call, std::int64_t user) {
      return call.allows(user, "data:write");
    };
    const auto nothing = [](Call&) -> Result<None> { return None{}; };
    const auto about = [](Call&, std::string_view) -> Result<None> { return None{}; };
    Routes& routes = host.routes();
    routes.get("/data/{user}", "rooms:read", "Read", reads).delegable("data:read");
    routes.put("/data/{user}", "rooms:write", "Write", writes).delegable("data:write");
    routes.get("/own", "rooms:read", "Own", nothing);
    routes.get("/led", "rooms:lead", "Led", nothing).delegable("data:read");
    routes.get("/public", "public", "Public", nothing);
    routes.get("/open/{user}", "rooms:read", "Open", about)
        .delegable("data:read")
        .without_api_access();
    routes
        .post(
            "/notes",
            "rooms:write",
            "Note",
            [&host](Call&, const Note& note) -> Result<Note> {
              return host.storage().write([&](Session& db) -> Result<Note> {
                GATEHOUSE_CHECK(db.run("insert into rooms_note (text) values (:text)", note.text));
                GATEHOUSE_TRY(const auto count,
                              db.get<std::int64_t>("select count(*) as n from rooms_note"));
                return Note{note.text + std::to_string(count)};
              });
            })
        .delegable("data:write");
  }
};

class Delegation : public ::testing::Test {
 protected:
  Delegation() { begin(true); }

  void begin(bool with_access) {
    app_.reset();
    std::vector<testing::TestedPlugin> plugins;
    if (with_access) {
      auto access = std::make_unique<testing::FakeAccess>();
      access_ = access.get();
      access_->grant(kManager, kOwner, access_->all_scopes());
      access_->grant(kReader, kOwner, {"data:read"});
      plugins.push_back({"access", std::move(access)});
    }
    plugins.push_back({"rooms", std::make_unique<Rooms>()});
    app_ = std::make_unique<testing::HarnessCore>(std::move(plugins));
    EXPECT_TRUE(app_->mistakes().empty()) << app_->mistakes().front();
  }

  static Principal person(std::int64_t number) {
    Principal who;
    who.user = number;
    who.user_id = "65f1c0ffee0000000000000" + std::to_string(number);
    who.username = "user" + std::to_string(number);
    who.method = "harness";
    return who;
  }
  // Somebody who acts for the owner.
  static Principal delegate(std::int64_t actor, std::vector<std::string> grant_scopes) {
    Principal who = person(kOwner);
    who.method = "delegated";
    who.actor = actor;
    who.grant_scopes = std::move(grant_scopes);
    return who;
  }
  testing::Client as(const Principal& who) { return app_->as(who); }
  testing::FakeAccess& access() { return *access_; }
  testing::HarnessCore& app() { return *app_; }

  static void expect(const testing::Reply& reply, int status, std::string_view code) {
    EXPECT_EQ(reply.status, status) << reply.body;
    EXPECT_NE(reply.body.find(code), std::string::npos) << reply.body;
  }

 private:
  std::unique_ptr<testing::HarnessCore> app_;
  testing::FakeAccess* access_ = nullptr;
};

TEST_F(Delegation, AScopeOpensTheRoutesThatSayIt) {
  const auto reader = as(delegate(kReader, {"data:read"}));
  EXPECT_EQ(reader.get("/data/5").status, 204);
  expect(reader.put("/data/5", ""), 403, "\"code\":\"delegated\"");
  const auto writer = as(delegate(kManager, {"data:write"}));
  EXPECT_EQ(writer.put("/data/5", "").status, 204);
  expect(writer.get("/data/5"), 403, "data:read");
  for (const auto& scopes : std::vector<std::vector<std::string>>{{}, {""}, {"data"}, {"other"}}) {
    expect(as(delegate(kManager, scopes)).get("/data/5"), 403, "\"code\":\"delegated\"");
  }
}

TEST_F(Delegation, WhatSaysNothingIsClosed) {
  for (const auto& scopes : std::vector<std::vector<std::string>>{{"data:read"}, {""}}) {
    expect(as(delegate(kManager, scopes)).get("/own"), 403, "\"code\":\"delegated\"");
  }
  EXPECT_EQ(as(delegate(kManager, {"data:read"})).get("/public").status, 204);
  EXPECT_EQ(as(person(kOwner)).get("/own").status, 204);
}

// Neither those of the user nor those of who acts.
TEST_F(Delegation, NoRoleCounts) {
  Principal who = delegate(kManager, {"data:read"});
  who.roles = Role::Admin;
  expect(as(who).get("/led"), 403, "\"code\":\"permission_denied\"");
  who.actor = 0;
  EXPECT_EQ(as(who).get("/led").status, 204);
}

TEST_F(Delegation, TheScopesOfTheActorsCredentialBindToo) {
  Principal who = delegate(kManager, {"data:read", "data:write"});
  who.scopes = {{"rooms:read"}};
  EXPECT_EQ(as(who).get("/data/5").status, 204);
  expect(as(who).put("/data/5", ""), 403, "\"code\":\"insufficient_scope\"");
}

TEST_F(Delegation, WithoutApiAccessOnlyWhatIsOpenIsAndAboutTheUserAlone) {
  Principal who = delegate(kManager, {"data:read"});
  who.roles = Role::Admin;
  who.api_access = false;
  expect(as(who).get("/data/5"), 403, "\"code\":\"no_api_access\"");
  EXPECT_EQ(as(who).get("/open/me").status, 204);
  EXPECT_EQ(as(who).get("/open/5").status, 204);
  expect(as(who).get("/open/6"), 403, "\"code\":\"no_api_access\"");
}

TEST_F(Delegation, AllowsFollowsTheRelationAndNoRole) {
  struct Case {
    std::string_view name;
    Principal who;
    int reads;  // the owner's data
    int writes;
  };
  Principal admin = person(kStranger);
  admin.roles = Role::Admin;
  Principal scoped = person(kManager);
  scoped.scopes = {{"rooms:read", "rooms:write"}};
  const Case cases[] = {
      {"the owner", person(kOwner), 204, 204},
      {"the manager", person(kManager), 204, 204},
      {"the manager's token", scoped, 204, 204},
      {"a grantee", person(kReader), 204, 403},
      {"a stranger", person(kStranger), 404, 404},
      {"an admin", admin, 404, 404},
      {"who acts for the owner", delegate(kManager, {"data:read", "data:write"}), 204, 204},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(as(one.who).get("/data/5").status, one.reads) << one.name;
    EXPECT_EQ(as(one.who).put("/data/5", "").status, one.writes) << one.name;
  }
  expect(as(person(kReader)).put("/data/5", ""), 403, "\"code\":\"not_granted\"");
  expect(as(person(kManager)).get("/data/999"), 404, "\"code\":\"not_found\"");
}

// A grant of the user's does not come along with who acts for them, nor does the actor's own data.
TEST_F(Delegation, WhoActsForAUserReachesThatUsersDataAlone) {
  access().grant(kOwner, kStranger, {"data:read"});
  EXPECT_EQ(as(person(kOwner)).get("/data/8").status, 204);
  const auto acting = as(delegate(kManager, {"data:read", "data:write"}));
  EXPECT_EQ(acting.get("/data/8").status, 404);
  EXPECT_EQ(acting.get("/data/6").status, 404);
}

// The token may have less than the grant.
TEST_F(Delegation, WhoActsForAUserHasWhatTheTokenHas) {
  Principal who = delegate(kManager, {"data:write"});
  EXPECT_EQ(as(who).put("/data/5", "").status, 204);
  access().forget_all();  // looked at where the token is checked, not here
  EXPECT_EQ(as(who).put("/data/5", "").status, 204);
}

TEST_F(Delegation, WhereGrantsCannotBeReadNobodyElseIsLetIn) {
  access().is_away = true;
  EXPECT_EQ(as(person(kManager)).get("/data/5").status, 503);
  EXPECT_EQ(as(person(kOwner)).get("/data/5").status, 204);
}

TEST_F(Delegation, WithoutThePluginThereIsOnesOwn) {
  begin(false);
  EXPECT_EQ(as(person(kOwner)).get("/data/5").status, 204);
  EXPECT_EQ(as(person(kManager)).get("/data/5").status, 404);
}

TEST_F(Delegation, AnIdempotencyKeyIsTheActorsAndTheirScopes) {
  const auto send = [&](const Principal& who) {
    return as(who).with("Idempotency-Key", "k-1").post("/notes", R"({"text": "n"})");
  };
  const auto own = send(person(kOwner));
  const auto managed = send(delegate(kManager, {"data:write"}));
  const auto granted = send(delegate(kReader, {"data:write"}));
  EXPECT_EQ(own.body, R"({"text":"n1"})");
  EXPECT_EQ(managed.body, R"({"text":"n2"})");
  EXPECT_EQ(granted.body, R"({"text":"n3"})");
  EXPECT_EQ(send(person(kOwner)).body, own.body);
  EXPECT_EQ(send(delegate(kManager, {"data:write"})).body, managed.body);
  expect(send(delegate(kManager, {"data:read", "data:write"})), 409, "\"code\":\"rights_changed\"");
  expect(send(delegate(kManager, {"data:read"})), 403, "\"code\":\"delegated\"");
}

TEST_F(Delegation, TheDocumentSaysWhichScopeOpensARoute) {
  const std::string& document = app().openapi();
  EXPECT_NE(document.find(R"("x-permission":"rooms:write","x-delegable":"data:write")"),
            std::string::npos);
  EXPECT_EQ(document.find(R"("x-delegable":"")"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse
