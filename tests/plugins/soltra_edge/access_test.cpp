// Who may do what on the mount: superusers and staff all that the policy gives them, others
// themselves. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "soltra_fixture.hpp"

namespace gatehouse::soltra_edge {
namespace {

class SoltraAccess : public SoltraTest {
 protected:
  struct Call {
    const char* method;
    std::string target;
    std::string body = {};
  };
  int status(const Client& client, const Call& call) {
    return client.send(call.method, call.target, call.body).status;
  }
  // Of reading and changing all that a user has, in the order of the columns below.
  std::string statuses(const Client& client, const std::string& user, const std::string& token) {
    const std::string path = path_of(user);
    const Call calls[] = {
        {"GET", path},
        {"GET", path + "tokens/"},
        {"GET", path + "tokens/" + token + "/"},
        {"GET", path + "history/"},
        {"PATCH", path, R"({"description": "x"})"},
        {"PATCH", path, R"({"organization": "x"})"},
        {"PATCH", path, R"({"can_inbox": false})"},
        {"PATCH", path, R"({"memberships": ["RED"]})"},
        {"PATCH", path, R"({"allow_rest_access": false})"},
        {"PATCH", path, R"({"is_staff": true})"},
        {"PATCH", path, R"({"is_superuser": true})"},
        {"POST", path + "tokens/", R"({"title": "x"})"},
        {"PATCH", path + "tokens/" + token + "/", R"({"active": false})"},
        {"DELETE", path + "tokens/" + token + "/"},
        {"PATCH", path, R"({"is_active": false})"},
        {"DELETE", path},
    };
    std::string all;
    for (const Call& call : calls) {
      if (!all.empty()) all += ' ';
      all += std::to_string(status(client, call));
    }
    return all;
  }
  struct Target {
    std::string id;
    std::string token;
  };
  Target target(const std::string& name, const std::string& more = "") {
    const std::string id = create(name, R"(, "allow_rest_access": true)" + more);
    return {id, make_token(root(), id).id};
  }
};

//                   read tokens token history  describe organize inbox tlp rest staff super
//                   make-token token-off token-gone deactivate delete
TEST_F(SoltraAccess, OfUsersIsAsTheRolesAndThePolicySay) {
  create("boss", R"(, "is_superuser": true)");
  create("staff", R"(, "is_staff": true)");
  create("user", R"(, "allow_rest_access": true)");
  struct Case {
    const char* who;
    const char* more;  // of the target
    const char* statuses;
  };
  const Case cases[] = {
      {"boss", "", "200 200 200 200 202 202 202 202 202 202 202 201 202 204 202 204"},
      {"boss",
       R"(, "is_superuser": true)",
       "200 200 200 200 202 202 202 202 202 202 202 201 202 204 202 204"},
      // The policy tells staff nothing of sign-ins and lets them make nobody more.
      {"staff", "", "200 200 200 403 202 202 202 202 202 403 403 201 202 204 202 204"},
      {"staff",
       R"(, "is_staff": true)",
       "200 403 403 403 403 403 403 403 403 202 403 403 403 403 403 403"},
      {"staff",
       R"(, "is_superuser": true)",
       "200 403 403 403 403 403 403 403 403 403 202 403 403 403 403 403"},
      {"user", "", "403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 403"},
  };
  int i = 0;
  for (const Case& c : cases) {
    const Target other = target("t" + std::to_string(++i), c.more);
    EXPECT_EQ(statuses(basic(c.who), other.id, other.token), c.statuses) << c.who << c.more;
  }
}

TEST_F(SoltraAccess, OfOthersIsToThemselvesOnly) {
  const Target self = target("self");
  EXPECT_EQ(statuses(basic("self"), self.id, self.token),
            "200 200 200 200 202 403 403 403 403 403 403 201 202 204 403 403");
  EXPECT_EQ(basic("self").get(kUsers).status, 403);
  EXPECT_EQ(basic("self").post(kUsers, request_body("create_user.request.json")).status, 403);
}

// Roles of other mounts show nothing here: a dialect narrows (security.md 2).
TEST_F(SoltraAccess, IsNotWidenedByRolesOfOtherMounts) {
  const std::int64_t account = world().default_account();
  const auto other = world().place({.account = account});
  for (const Role role : {Role::AdminReader, Role::AccountAdmin, Role::Consultant}) {
    const Client client = basic(world().place({.account = account, .roles = role}).id);
    EXPECT_EQ(client.get("/api/users/me/").status, 200);
    EXPECT_EQ(client.get(kUsers).status, 403);
    EXPECT_EQ(client.get(path_of(other.id)).status, 403);
    EXPECT_EQ(client.get(path_of("ffffffffffffffffffffffff")).status, 403);
  }
}

TEST_F(SoltraAccess, NeedsAllowRestAccessUnlessSuperuserOrStaff) {
  struct Case {
    const char* name;
    const char* more;
    int status;
  };
  const Case cases[] = {
      {"plain", "", 403},
      {"allowed", R"(, "allow_rest_access": true)", 200},
      {"staff", R"(, "is_staff": true)", 200},
      {"super", R"(, "is_superuser": true)", 200},
  };
  for (const Case& c : cases) {
    create(c.name, c.more);
    EXPECT_EQ(basic(c.name).get("/api/users/me/").status, c.status) << c.name;
  }
}

TEST_F(SoltraAccess, MakesSuperusersOnlyWhereThePolicySaysSo) {
  const std::string body =
      R"({"username": "s", "password": "correct horse battery", "first_name": "S",
      "last_name": "S", "email": "s@example.org", "is_superuser": true})";
  EXPECT_EQ(root().post(kUsers, body).status, 201);
  start({});
  const Reply refused = root().post(kUsers, body);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.body, R"({"detail":"You may not give the role \"admin\"."})");
  EXPECT_EQ(root().patch(path_of(create("t")), R"({"is_superuser": true})").status, 403);
}

TEST_F(SoltraAccess, IsNoWayToLoseTheLastSuperuser) {
  const std::string first = items(root().get("/api/users/?username=admin").body).front();
  ASSERT_EQ(root().remove(path_of(json_member(first, "id"))).status, 204);
  const std::string path = json_member(root().get("/api/users/me/").body, "id");
  for (const char* body : {R"({"is_superuser": false})", R"({"is_active": false})"}) {
    const Reply refused = root().patch(path_of(path), body);
    EXPECT_EQ(refused.status, 409) << refused.body;
  }
  EXPECT_EQ(root().remove(path_of(path)).status, 409);
}

}  // namespace
}  // namespace gatehouse::soltra_edge
