// What a principal without api_access reaches, whichever authenticator made it (security.md 4).
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <gatehouse/testing/harness.hpp>

namespace gatehouse {
namespace {

class Doors final : public Plugin {
 public:
  void wire(Context& host) override {
    host.permissions().declare("doors:read", held_by_everybody);
    host.permissions().declare("doors:write", held_by(Role::Staff));
    const auto nothing = [](Call&) -> Result<None> { return None{}; };
    const auto about = [](Call&, std::string_view) -> Result<None> { return None{}; };
    const auto about_two = [](Call&, std::string_view, std::string_view) -> Result<None> {
      return None{};
    };
    host.routes().get("/public", "public", "Public", nothing);
    host.routes().get("/closed", "doors:read", "Closed", nothing);
    host.routes().get("/of/{user}", "doors:read", "About somebody", about);
    host.routes().get("/open", "doors:read", "Open", nothing).without_api_access();
    host.routes().get("/staff", "doors:write", "Not held", nothing).without_api_access();
    host.routes().get("/own/{user}", "doors:read", "Own", about).without_api_access();
    host.routes().get("/own/{user}/{x}", "doors:read", "Own two", about_two).without_api_access();
  }
};

struct Case {
  std::string_view target;
  int status;  // for somebody without api_access
};
constexpr Case kCases[] = {
    {"/public", 204},
    {"/closed", 403},
    {"/of/me", 403},
    {"/open", 204},
    {"/own/me", 204},
    {"/own/5", 204},
    {"/own/65f1c0ffee00000000000005", 204},
    {"/own/6", 403},
    {"/own/55", 403},
    {"/own/ada", 403},
    {"/own/me/6", 204},
    {"/own/6/me", 403},
};

Principal person(Roles roles, std::string method) {
  Principal who;
  who.user = 5;
  who.user_id = "65f1c0ffee00000000000005";
  who.username = "ada";
  who.roles = roles;
  who.api_access = false;
  who.method = std::move(method);
  return who;
}

TEST(ApiAccess, IsAskedForOnEveryRouteThatDoesNotSayOtherwise) {
  testing::Harness<Doors> app("doors");
  ASSERT_TRUE(app.mistakes().empty()) << app.mistakes().front();
  for (const std::string method : {"basic", "bearer", "session"}) {
    const auto client = app.as(person({}, method));
    for (const Case& c : kCases) {
      const auto reply = client.get(c.target);
      EXPECT_EQ(reply.status, c.status) << c.target << " by " << method;
      if (reply.status == 403) {
        EXPECT_NE(reply.body.find("no_api_access"), std::string::npos) << reply.body;
      }
    }
  }
  const auto held = app.as(person({}, "basic")).get("/staff");
  EXPECT_EQ(held.status, 403);
  EXPECT_NE(held.body.find("permission_denied"), std::string::npos) << "open is not permitted";
}

TEST(ApiAccess, IsNotAskedOfAdminsAndStaff) {
  testing::Harness<Doors> app("doors");
  for (const Role role : {Role::Admin, Role::Staff}) {
    for (const Case& c : kCases) {
      EXPECT_EQ(app.as(person(role, "basic")).get(c.target).status, 204) << c.target;
    }
    Principal delegate = person(role, "bearer");
    delegate.actor = 7;
    EXPECT_EQ(app.as(delegate).get("/closed").status, 403) << "who acts for others has no roles";
  }
  EXPECT_EQ(app.as(person(Role::AdminReader, "basic")).get("/closed").status, 403);
}

}  // namespace
}  // namespace gatehouse
