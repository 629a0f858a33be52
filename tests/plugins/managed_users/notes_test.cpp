// What a plugin with data of users lets managers, grantees and those who act for somebody do, when
// it asks by the SDK alone. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "tests/plugins/managed_users/grants_fixture.hpp"

namespace gatehouse::managed_users {
namespace {

constexpr const char* kNote = R"({"text": "x"})";

class SharedNotes : public GrantsTest {
 protected:
  void add_plugins(std::vector<testing::TestedPlugin>& plugins) override {
    plugins.push_back({"notes", testing::load_plugin(GATEHOUSE_NOTES_PLUGIN)});
  }
  static std::string notes(const TestUser& user) { return "/users/" + number(user) + "/notes"; }

  // {reading, writing}
  using Answers = std::vector<int>;
  Answers answers(const testing::Client& client, const std::string& path) {
    return {client.get(path).status, client.post(path, kNote).status};
  }
  testing::Client acting(const TestUser& actor, const TestUser& user, const Names& scopes) {
    Principal who = principal(user);
    who.username.clear();
    who.method = "delegated";
    who.actor = actor.number;
    who.grant_scopes = scopes;
    return app().as(who);
  }
  std::int64_t count_notes() {
    const auto count = app().storage().read([](Session& db) {
      return db.get<std::int64_t>("select count(*) as count from notes_note");
    });
    EXPECT_TRUE(count);
    return count ? *count : -1;
  }
};

TEST_F(SharedNotes, AreOpenToTheManager) {
  EXPECT_EQ(answers(as(mia_), notes(kid_)), (Answers{200, 201}));
  EXPECT_EQ(answers(as(ada_), notes(kid_)), (Answers{404, 404}));
  EXPECT_EQ(answers(admin(), notes(kid_)), (Answers{404, 404}));
  hand_over(kid_, mia_);
  EXPECT_EQ(answers(as(kid_), "/notes"), (Answers{200, 201}));
}

TEST_F(SharedNotes, AreOpenToGranteesByScope) {
  EXPECT_EQ(answers(as(grace_), notes(ada_)), (Answers{404, 404}));
  const std::string path = grant(ada_, grace_);
  EXPECT_EQ(answers(as(grace_), notes(ada_)), (Answers{200, 403}));
  ASSERT_EQ(as(ada_).remove(path).status, 204);
  EXPECT_EQ(answers(as(grace_), notes(ada_)), (Answers{404, 404}));
  grant(ada_, grace_, R"(["data:write"])", R"(, "expires_at": "2026-01-01T00:01:00Z")");
  EXPECT_EQ(answers(as(grace_), notes(ada_)), (Answers{403, 201}));
  app().clock().advance(std::chrono::minutes(1));
  EXPECT_EQ(answers(as(grace_), notes(ada_)), (Answers{404, 404}));
}

TEST_F(SharedNotes, OfNobodyAreAsUnknownAsThoseOfOthers) {
  EXPECT_EQ(code_of(as(grace_).get("/users/999999/notes")), code_of(as(grace_).get(notes(ada_))));
}

TEST_F(SharedNotes, OfOnesOwnAreOpenToWhoActsForOne) {
  ASSERT_EQ(as(mia_).post(notes(kid_), kNote).status, 201);
  const auto reader = acting(mia_, kid_, kRead);
  EXPECT_EQ(answers(reader, "/notes"), (Answers{200, 403}));
  const std::string items = json_member(reader.get("/notes").body, "items");
  EXPECT_EQ(json_parts(items).size(), 1U);
  EXPECT_EQ(answers(acting(mia_, kid_, kAll), "/notes"), (Answers{200, 201}));
  EXPECT_EQ(answers(acting(mia_, kid_, {"data:write"}), "/notes"), (Answers{403, 201}));
}

// What somebody shares with the user is not shared with who acts for them, nor are routes that do
// not say delegable().
TEST_F(SharedNotes, OfOthersAreNotOpenToWhoActsForSomebody) {
  grant(ada_, grace_);
  const auto actor = acting(mia_, grace_, kAll);
  EXPECT_EQ(code_of(actor.get(notes(ada_))), "delegated");
  EXPECT_EQ(code_of(actor.get(notes(grace_))), "delegated");
  for (const char* path : {"/v1/users/me/grants", "/v1/shared-with-me"}) {
    EXPECT_EQ(code_of(actor.get(path)), "delegated") << path;
  }
  EXPECT_EQ(actor.post("/v1/users/me/grants", body_for(mia_)).status, 403);
}

TEST_F(SharedNotes, GoWithTheirWriter) {
  grant(ada_, grace_, R"(["data:write"])");
  as(ada_).post("/notes", kNote);
  as(grace_).post(notes(ada_), kNote);
  as(grace_).post("/notes", kNote);
  ASSERT_EQ(count_notes(), 3);
  ASSERT_EQ(admin().remove("/v1/users/" + number(ada_)).status, 204);
  EXPECT_EQ(count_notes(), 1);
}

}  // namespace
}  // namespace gatehouse::managed_users
