// Every error, byte for byte, with the settings that are safe and with those that are faithful
// (contract section 2, "Errors"). SPDX-License-Identifier: Apache-2.0
#include "wotkit_fixture.hpp"

namespace gatehouse::wotkit {
namespace {

class WotkitErrors : public WotkitTest, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override { start({}, GetParam() ? faithful() : identity::WorldSettings{}); }

  // `developer` and `more`: JSON, without the outer brackets. "": the message again.
  static std::string failure(int status,
                             std::string_view message,
                             std::string developer = "",
                             std::string_view more = "") {
    if (developer.empty()) developer = '"' + std::string(message) + '"';
    return R"({"error":{"status":)" + std::to_string(status) + R"(,"code":0,"message":")" +
           std::string(message) + R"(","developerMessage":[)" + developer + R"(],"moreInfo":{)" +
           std::string(more) + "}}}";
  }
};

TEST_P(WotkitErrors, NameAllFieldsOfAStepAtOnce) {
  create("newuser");
  struct Case {
    const char* body;
    std::vector<const char*> fields;
  };
  const Case cases[] = {
      {R"({"lastname": 7, "roles": [], "id": 7, "email": "x"})", {"lastname", "roles"}},
      {R"({"id": 7, "firstname": "", "enabled": false, "email": "x"})",
       {"id", "firstname", "enabled"}},
      {R"({"email": "x", "timeZone": "Mars/Olympus", "password": "short"})",
       {"email", "timeZone", "password"}},
  };
  for (const Case& c : cases) {
    const testing::Reply reply = admin().put(path_of("newuser"), c.body);
    EXPECT_EQ(reply.status, 400) << c.body;
    const std::string more = more_info_of(reply);
    EXPECT_EQ(identity::json_parts(more).size(), c.fields.size()) << more;
    for (const char* field : c.fields) {
      EXPECT_NE(more.find('"' + std::string(field) + "\":"), more.npos) << field << more;
    }
  }
}

TEST_P(WotkitErrors, HaveTheseBodies) {
  create("newuser");
  create("reader");
  const testing::Client reader = basic("reader", kPassword);
  const std::string users(kUsers);
  const std::string user = path_of("newuser");
  struct Case {
    const char* name;
    testing::Reply reply;
    std::string expected;
  };
  const Case cases[] = {
      {"no credential",
       app().anonymous().get(users),
       failure(401,
               "Not authenticated.",
               R"("Sign in first: the request carries no credential that holds.")")},
      {"no admin",
       reader.get(users),
       failure(403, "Access is denied.", R"("You may not do this.")")},
      {"nobody of that name",
       admin().get(path_of("nobody")),
       failure(404,
               "Could not locate this resource.",
               R"("There is nothing here that you can reach.")")},
      {"a path of nobody's",
       admin().get("/wotkit/api/sensors"),
       failure(404,
               "Could not locate this resource.",
               R"("There is nothing here that you can reach.")")},
      {"a method that is not there",
       admin().patch(user, "{}"),
       failure(405, "PATCH is not allowed here; allowed: GET, HEAD, PUT, DELETE, OPTIONS.")},
      {"two wrong parameters",
       admin().get(users + "?reverse=maybe&limit=-1"),
       failure(400,
               "Invalid request.",
               R"("reverse must be true, false, 1 or 0",)"
               R"("limit must lie in 0..9223372036854775807")",
               R"("reverse":"must be true, false, 1 or 0",)"
               R"("limit":"must lie in 0..9223372036854775807")")},
      {"no JSON",
       admin().post(users, "{"),
       failure(
           400, "Invalid request.", R"("The body ends in the middle of a JSON value (byte 1).")")},
      {"no body",
       admin().post(users, ""),
       failure(400, "Invalid request.", R"("A JSON body is required.")")},
      {"an array",
       admin().post(users, "[]"),
       failure(400,
               "Invalid request.",
               R"("body must be an object")",
               R"("body":"must be an object")")},
      {"a short name and no last name",
       admin().post(users,
                    R"({"username": "3", "firstname": "API Testing", "email": "e@address.com",
                        "password": "password"})"),
       failure(400,
               "Invalid request.",
               R"("username must have at least 4 characters","lastname is required")",
               R"("username":"must have at least 4 characters","lastname":"is required")")},
      {"an unknown field",
       admin().post(users, body_of("another", R"(, "enabled": true)")),
       failure(400,
               "Extraneous field.",
               R"("enabled is not known here")",
               R"("enabled":"is not known here")")},
      {"a taken username",
       admin().post(users, body_of("NEWUSER")),
       failure(409,
               "A user with this username already exists.",
               R"("Somebody has this username already: choose another one.")")},
      {"another username",
       admin().put(user, R"({"username": "changed_user_name"})"),
       failure(400,
               "Extraneous field.",
               R"("Cannot change username")",
               R"("username":"Cannot change username")")},
      {"a form",
       admin().with("Content-Type", "application/x-www-form-urlencoded").post(users, "a=b"),
       failure(415, "Send the body as application/json in UTF-8, and say so in Content-Type.")},
      {"too much",
       admin().post(users, std::string(70'000, ' ')),
       failure(413, "The request's body is larger than this route takes.")},
      {"the last admin",
       (static_cast<void>(admin().remove(path_of("1000000000"))), admin().remove(path_of("admin"))),
       failure(409,
               "This is the last admin who can sign in for good: make another one with "
               "`gatehouse user create NAME --admin` first.")},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(c.reply.body, c.expected) << c.name;
    EXPECT_EQ(c.reply.content_type, "application/json") << c.name;
    const std::string status =
        identity::json_member(identity::json_member(c.reply.body, "error"), "status");
    EXPECT_EQ(std::to_string(c.reply.status), status) << c.name;
  }
}

TEST_P(WotkitErrors, DifferWhereTheSettingsDo) {
  create("newuser");
  const auto twice = admin().post(
      kUsers,
      R"({"username": "other", "firstname": "A", "lastname": "B", "email": "newuser@example.org",
          "password": "enchantress of number"})");
  const auto weak = admin().put(path_of("newuser"), R"({"password": "password"})");
  EXPECT_EQ(twice.status, GetParam() ? 201 : 400);
  EXPECT_EQ(weak.status, GetParam() ? 204 : 400);
  if (GetParam()) return;
  EXPECT_EQ(
      twice.body,
      failure(400, "Invalid request.", R"("email already exists")", R"("email":"already exists")"));
  const std::string guessed =
      "is one of the first that would be guessed, because it is common or made of the user's "
      "names: "
      "take several words that have nothing to do with each other";
  EXPECT_EQ(weak.body,
            failure(400,
                    "Invalid request.",
                    "\"password " + guessed + '"',
                    "\"password\":\"" + guessed + '"'));
}

TEST_P(WotkitErrors, TooManyFailuresAre429WithRetryAfter) {
  identity::WorldSettings settings = GetParam() ? faithful() : identity::WorldSettings{};
  settings.plugins["users"].push_back({"throttle.per_user", "2"});
  start({}, settings);
  testing::Reply reply;
  for (int i = 0; i < 3; ++i) reply = basic("nobody", "wrong").get(kUsers);
  EXPECT_EQ(reply.status, 429) << reply.body;
  EXPECT_NE(reply.header("Retry-After"), "");
  EXPECT_EQ(reply.body, failure(429, "Too many sign-ins have failed: wait, and try again."));
}

std::string name_of(const ::testing::TestParamInfo<bool>& settings) {
  return settings.param ? "Faithful" : "Safe";
}
INSTANTIATE_TEST_SUITE_P(Settings, WotkitErrors, ::testing::Bool(), &name_of);

}  // namespace
}  // namespace gatehouse::wotkit
