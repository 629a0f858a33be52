// Managed users: made, read, changed and deleted by their manager, and by nobody else.
// SPDX-License-Identifier: Apache-2.0
#include "tests/plugins/sweatstack/sweatstack_fixture.hpp"

namespace gatehouse::sweatstack {
namespace {

class ManagedUsers : public SweatStackTest {
 protected:
  static std::string name_of(const testing::Reply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json_member(reply.body, "display_name");
  }
};

TEST_F(ManagedUsers, AreTheSameAtV1) {
  const auto me = client(manager());
  const std::string id = make(me);
  const auto same = world().sign_in(manager()).get("/v1/managed-users/" + id);
  EXPECT_EQ(name_of(same), "Bob Smit");
  const auto made = world().sign_in(manager()).post("/v1/managed-users", R"({"first_name": "C"})");
  EXPECT_EQ(name_of(me.get(path_of(json_member(made.body, "id")))), "C");
  // Nobody signs in as them.
  EXPECT_EQ(json_member(world().root().get("/v1/users/" + id).body, "username"), "null");
}

TEST_F(ManagedUsers, AreChangedByFormAndByJson) {
  const auto me = client(manager());
  const std::string path = path_of(make(me));
  struct Case {
    std::string_view content_type;
    std::string_view body;
    std::string_view name;
  };
  for (const Case& one : {
           Case{kForm, "first_name=Bobby", "Bobby Smit"},
           Case{kForm, "last_name=de+Vries", "Bobby de Vries"},
           Case{kForm, "first_name=J%C3%B6rg&last_name=M&unknown=1", "Jörg M"},
           Case{kForm, "", "Jörg M"},
           Case{"application/json", R"({"first_name": "Al"})", "Al M"},
           Case{"application/json", R"({"first_name": null, "last_name": null})", "Al M"},
           Case{"application/json", "{}", "Al M"},
           Case{"application/json", "", "Al M"},
           Case{"application/json; charset=UTF-8", R"({"last_name": ""})", "Al M"},
           Case{kForm, "first_name=&last_name=", "Al M"},
       }) {
    SCOPED_TRACE(std::string(one.content_type) + " " + std::string(one.body));
    const auto changed = me.with("Content-Type", one.content_type).put(path, one.body);
    EXPECT_EQ(name_of(changed), one.name);
    EXPECT_EQ(me.get(path).body, changed.body);
  }
}

// Neither when they are made nor when they are changed.
TEST_F(ManagedUsers, AreGivenNoRightsByFieldsThatAreNotTheirs) {
  const auto me = client(manager());
  const auto made = me.post(kUsers,
                            R"({"first_name": "E", "last_name": null, "admin": true, )"
                            R"("is_managed": false, "id": "65f1c0ffee00000000000001", )"
                            R"("username": "eve", "password": "enchantress of number"})");
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(json_member(made.body, "admin"), "false");
  EXPECT_EQ(json_member(made.body, "is_managed"), "true");
  const std::string id = json_member(made.body, "id");
  EXPECT_NE(id, "65f1c0ffee00000000000001");
  const auto changed = me.put(path_of(id), R"({"admin": true, "manager": 1, "username": "eve"})");
  EXPECT_EQ(changed.body, made.body);
}

TEST_F(ManagedUsers, AreNotThereForEverybodyElse) {
  const std::string id = make(client(manager()));
  const Person friendly = world().place({.first_name = "Fay"});
  world().place_grant(friendly.number, manager().number, true);
  const Person admin = world().place({.roles = Role::Admin});
  struct Case {
    const Person& who;
    std::string whom;
  };
  for (const Case& one : {Case{stranger(), id},
                          Case{admin, id},
                          Case{manager(), manager().id},
                          Case{admin, admin.id},
                          Case{manager(), friendly.id},
                          Case{manager(), "65f1c0ffee00000000000001"},
                          Case{manager(), std::to_string(manager().number)},
                          Case{manager(), "me"},
                          Case{manager(), "usr_bob"}}) {
    SCOPED_TRACE(one.whom);
    const auto who = client(one.who);
    const std::string path = path_of(one.whom);
    for (const auto& reply :
         {who.get(path), who.put(path, R"({"first_name": "x"})"), who.remove(path)}) {
      EXPECT_EQ(reply.status, 404);
      EXPECT_EQ(reply.body, R"({"detail":"User does not exist or is not managed by you"})");
    }
  }
  EXPECT_EQ(name_of(client(manager()).get(path_of(id))), "Bob Smit");
}

// The setting lets people read their colleagues, which managed users are not.
TEST_F(ManagedUsers, AreNotThereForColleaguesWhoReadEachOther) {
  begin(kDefaults, {.policy = {{"members_may_read_each_other", "true"}}});
  const std::int64_t account = world().default_account();
  const Person coach = world().place({.account = account, .first_name = "Cora"});
  const Person colleague = world().place({.account = account, .first_name = "Cleo"});
  const std::string id = make(client(coach));
  const auto me = client(colleague);
  EXPECT_EQ(me.get(path_of(id)).status, 404);
  EXPECT_EQ(all(me.get(kUsers), "first_name"), "Cleo");
}

TEST_F(ManagedUsers, GoWithEverythingOfTheirs) {
  const auto me = client(manager());
  const std::string id = make(me);
  const std::string token = delegated_token(me, id);
  const auto number = json_member(world().root().get("/v1/users/" + id).body, "number");
  world().place_grant(std::stoll(number), stranger().number, true);
  EXPECT_EQ(all(client(stranger()).get(kUsers), "first_name"), "Otto Bob");

  const auto deleted = me.remove(path_of(id));
  EXPECT_EQ(deleted.status, 200);
  EXPECT_EQ(deleted.body, R"({"message":"User deleted"})");
  EXPECT_EQ(me.get(path_of(id)).status, 404);
  EXPECT_EQ(me.remove(path_of(id)).status, 404) << "as the SDK takes for success when it retries";
  EXPECT_EQ(bearer(token).get("/api/v1/oauth/userinfo").status, 401);
  EXPECT_EQ(all(client(stranger()).get(kUsers), "first_name"), "Otto");
}

TEST_F(ManagedUsers, AreAsManyAsOneMayManage) {
  identity::WorldSettings one;
  one.plugins["managed_users"] = {{"managed_per_user", "1"}};
  begin(kDefaults, one);
  const auto me = client(manager());
  make(me);
  const auto refused = me.post(kUsers, R"({"first_name": "C", "last_name": null})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.body,
            R"({"detail":"You manage as many users as one may (1): delete one first, or hand one )"
            R"(over."})");
}

}  // namespace
}  // namespace gatehouse::sweatstack
