// Errors under the mount of Soltra Edge, byte for byte. SPDX-License-Identifier: Apache-2.0
#include "plugins/soltra_edge/errors.hpp"

#include <string>

#include "soltra_fixture.hpp"
#include "tests/sdk/routes/fake_call.hpp"

namespace gatehouse::soltra_edge {
namespace {

class SoltraErrors : public SoltraTest {
 protected:
  struct Case {
    const char* method;
    std::string target;
    std::string body;
    int status;
    std::string answer;
  };
  void expect(const Client& client, const Case& c) {
    const Reply reply = client.send(c.method, c.target, c.body);
    EXPECT_EQ(reply.status, c.status) << c.method << ' ' << c.target << ' ' << c.body;
    EXPECT_EQ(reply.body, c.answer) << c.method << ' ' << c.target << ' ' << c.body;
    EXPECT_EQ(reply.content_type, "application/json");
  }
  static std::string detail(const std::string& text) { return R"({"detail":")" + text + R"("})"; }
  // A new user with one member otherwise.
  static std::string user_with(const std::string& member, const std::string& value) {
    std::string body = R"({"username": "new", "password": "correct horse battery",
        "first_name": "N", "last_name": "N", "email": "new@example.org", "spare": null})";
    const std::string start = "\"" + member + "\": ";
    const std::size_t at = body.find(start);
    if (at == body.npos) return body.replace(body.find(R"("spare": null)"), 13, start + value);
    const std::size_t begin = at + start.size();
    return body.replace(begin, body.find('"', begin + 1) + 1 - begin, value);
  }
};

TEST_F(SoltraErrors, TellWhatIsWrongWithTheFieldsOfAUser) {
  create("taken");
  const std::string required = R"(["This field is required."])";
  const std::string boolean = R"(["This field must be true or false."])";
  const std::string missing = R"({"username":)" + required + R"(,"password":)" + required +
                              R"(,"first_name":)" + required + R"(,"last_name":)" + required +
                              R"(,"email":)" + required + "}";
  const std::string long_name = "\"" + std::string(256, 'x') + "\"";
  const Case cases[] = {
      {"POST", kUsers, "{}", 400, missing},
      {"POST", kUsers, R"({"what": 1})", 400, missing},
      {"POST", kUsers, "[]", 400, R"({"non_field_errors":["This field must be an object."]})"},
      {"POST", kUsers, "{", 400, detail("The body ends in the middle of a JSON value (byte 1).")},
      {"POST", kUsers, "", 400, detail("A JSON body is required.")},
      {"POST",
       kUsers,
       user_with("username", R"("Taken")"),
       400,
       R"({"username":["This field belongs to another user."]})"},
      {"POST",
       kUsers,
       user_with("username", R"("a:b")"),
       400,
       R"({"username":["This field contains \":\" or \"/\"."]})"},
      {"POST",
       kUsers,
       user_with("username", "7"),
       400,
       R"({"username":["This field must be a string."]})"},
      {"POST",
       kUsers,
       user_with("username", "null"),
       400,
       R"({"username":["This field may not be null."]})"},
      {"POST",
       kUsers,
       user_with("email", R"("nobody")"),
       400,
       R"({"email":["This field is not of the form name@domain."]})"},
      {"POST",
       kUsers,
       user_with("first_name", long_name),
       400,
       R"({"first_name":["This field is longer than 255 characters."]})"},
      {"POST",
       kUsers,
       user_with("password", R"("short")"),
       400,
       R"({"password":["This field is shorter than 8 characters."]})"},
      {"POST", kUsers, user_with("is_active", R"("yes")"), 400, R"({"is_active":)" + boolean + "}"},
      {"POST", kUsers, user_with("is_superuser", "1"), 400, R"({"is_superuser":)" + boolean + "}"},
      {"POST",
       kUsers,
       user_with("memberships", R"(["WHITE", "PINK"])"),
       400,
       R"({"memberships":["This field must be one of: WHITE, GREEN, AMBER, RED."]})"},
      {"POST",
       kUsers,
       user_with("memberships", R"("WHITE")"),
       400,
       R"({"memberships":["This field must be an array."]})"},
  };
  for (const Case& c : cases) expect(root(), c);
}

TEST_F(SoltraErrors, TellWhatIsWrongWithAChangeOfAUser) {
  create("taken");
  const std::string path = path_of(create("user"));
  const std::string null = R"(["This field may not be null."])";
  const Case cases[] = {
      {"PATCH",
       path,
       R"({"username": "TAKEN"})",
       400,
       R"({"username":["This field belongs to another user."]})"},
      {"PATCH",
       path,
       R"({"username": null, "email": null, "description": null, "is_active": null,
           "is_superuser": null, "is_staff": null, "can_inbox": null, "allow_rest_access": null,
           "memberships": null})",
       400,
       R"({"username":)" + null + R"(,"email":)" + null + R"(,"description":)" + null +
           R"(,"is_superuser":)" + null + R"(,"is_staff":)" + null + R"(,"is_active":)" + null +
           R"(,"memberships":)" + null + R"(,"can_inbox":)" + null + R"(,"allow_rest_access":)" +
           null + "}"},
      {"PATCH",
       path,
       R"({"username": "", "email": "x", "first_name": "a\u0001", "is_staff": null,
           "is_superuser": true, "can_inbox": null})",
       400,
       R"({"username":["This field is empty."],"email":["This field is not of the form name@domain."],)"
       R"("first_name":["This field contains control characters."],"is_staff":)" +
           null + R"(,"can_inbox":)" + null + "}"},
      // The form of the body comes first.
      {"PATCH",
       path,
       R"({"memberships": "RED", "username": "", "is_active": 1, "is_staff": null})",
       400,
       R"({"memberships":["This field must be an array."],)"
       R"("is_active":["This field must be true or false."]})"},
      {"PATCH",
       path,
       R"({"can_inbox": "False"})",
       400,
       R"({"can_inbox":["This field must be true or false."]})"},
      {"PATCH",
       path,
       R"({"first_name": "a\u0001"})",
       400,
       R"({"first_name":["This field contains control characters."]})"},
      {"PATCH",
       path,
       "first_name=joe",
       400,
       detail("The body is not valid JSON (RFC 8259) in UTF-8 (byte 0).")},
      {"PATCH", path_of("ffffffffffffffffffffffff"), "{}", 404, detail("Not found.")},
  };
  for (const Case& c : cases) expect(root(), c);
}

TEST_F(SoltraErrors, NameTheRoleThatWasSent) {
  const auto managed = world().place({.manager = world().place({}).number, .first_name = "Bob"});
  const std::string path = path_of(managed.id);
  const std::string wrong =
      R"(["This field is for who has no manager: hand the user over to them."])";
  const Case cases[] = {
      {"PATCH", path, R"({"is_staff": true})", 400, R"({"is_staff":)" + wrong + "}"},
      {"PATCH",
       path,
       R"({"is_superuser": true, "is_staff": false})",
       400,
       R"({"is_superuser":)" + wrong + "}"},
      {"PATCH",
       path,
       R"({"is_superuser": true, "is_staff": true})",
       400,
       R"({"is_superuser":)" + wrong + R"(,"is_staff":)" + wrong + "}"},
      {"PATCH", path, R"({"username": "bob"})", 400, R"({"username":)" + wrong + "}"},
  };
  for (const Case& c : cases) expect(root(), c);
}

TEST_F(SoltraErrors, TellWhatIsWrongWithAToken) {
  const std::string user = create("user", R"(, "is_active": false)");
  const std::string mine = "/api/users/me/tokens/";
  const std::string token = make_token(root(), "me").path;
  const Case cases[] = {
      {"POST", mine, "{}", 400, R"({"title":["This field is required."]})"},
      {"POST", mine, R"({"title": null})", 400, R"({"title":["This field may not be null."]})"},
      {"POST",
       mine,
       R"({"title": ""})",
       400,
       R"({"title":["This field is empty, has blanks around it, or control, invisible or unassigned characters."]})"},
      {"POST",
       mine,
       R"({"title": ")" + std::string(256, 'x') + "\"}",
       400,
       R"({"title":["This field is longer than 255 characters."]})"},
      {"PATCH",
       token,
       R"({"active": "off"})",
       400,
       R"({"active":["This field must be true or false."]})"},
      {"PATCH", token, R"({"active": null})", 400, R"({"active":["This field may not be null."]})"},
      {"PATCH",
       token,
       "active=false",
       400,
       detail("The body is not valid JSON (RFC 8259) in UTF-8 (byte 0).")},
      {"PATCH", mine + "0/", R"({"active": false})", 404, detail("Not found.")},
      {"GET", mine + "ffffffffffffffffffffffff/", "", 404, detail("Not found.")},
      {"POST",
       tokens_of(user),
       R"({"title": "x"})",
       409,
       detail("This user cannot sign in: managed users never can, others when they are active "
              "again, and neither locked nor expired.")},
  };
  for (const Case& c : cases) expect(root(), c);
}

TEST_F(SoltraErrors, TellWhatIsWrongWithAQuery) {
  const std::string range = R"(["This field must lie in 1..1000000000."])";
  const std::string size = R"(["This field must lie in 1..9223372036854775807."])";
  const std::string boolean = R"({"is_active":["This field must be a valid boolean."]})";
  const Case cases[] = {
      {"GET", "/api/users/?is_active=yes", "", 400, boolean},
      {"GET", "/api/users/?is_active=", "", 400, boolean},
      {"GET", "/api/users/?is_active=TRUE", "", 400, boolean},
      {"GET",
       "/api/users/?page=0&per_page=-1",
       "",
       400,
       R"({"page":)" + range + R"(,"per_page":)" + size + "}"},
      {"GET",
       "/api/users/?per_page=9223372036854775808",
       "",
       400,
       R"({"per_page":["This field must be an integer of 64 bits."]})"},
      {"GET", "/api/users/?page=1000000001", "", 400, R"({"page":)" + range + "}"},
      {"GET", "/api/users/?page=two", "", 400, R"({"page":["This field must be an integer."]})"},
      {"GET", "/api/users/me/tokens/?page=0", "", 400, R"({"page":)" + range + "}"},
      {"GET", "/api/users/me/history/?per_page=0", "", 400, R"({"per_page":)" + size + "}"},
      {"GET",
       "/api/users/?email=a&email=b",
       "",
       400,
       R"({"email":["This field occurs more than once."]})"},
  };
  for (const Case& c : cases) expect(root(), c);
}

TEST_F(SoltraErrors, OfTheHostLookTheSame) {
  const Case cases[] = {
      {"GET", "/api/nothing", "", 404, detail("Not found.")},
      {"GET", "/api/users/a/b/c/", "", 404, detail("Not found.")},
      {"PUT", kUsers, "{}", 405, detail(R"(Method \"PUT\" not allowed.)")},
      {"PUT", "/api/users", "{}", 405, detail(R"(Method \"PUT\" not allowed.)")},
      {"DELETE", "/api/users/me/history/", "", 405, detail(R"(Method \"DELETE\" not allowed.)")},
      {"GET", "/api/users/ffffffffffffffffffffffff/", "", 404, detail("Not found.")},
      {"DELETE", "/api/users/ffffffffffffffffffffffff", "", 404, detail("Not found.")},
  };
  for (const Case& c : cases) expect(root(), c);
  // A browser sends a form to another site with the password that it knows: so making takes JSON.
  expect(
      root().with("Content-Type", "text/plain"),
      {"POST", kUsers, "{}", 415, detail(R"(Unsupported media type \"text/plain\" in request.)")});
  expect(root(),
         {"POST",
          kUsers,
          "\"" + std::string(70'000, 'x') + "\"",
          413,
          detail("The request's body is larger than this route takes.")});
}

TEST_F(SoltraErrors, OfRights) {
  create("user", R"(, "allow_rest_access": true)");
  create("shut");
  create("staff", R"(, "is_staff": true)");
  const std::string other = create("other");
  const std::string denied = detail("You do not have permission to perform this action.");
  expect(basic("user"), {"GET", kUsers, "", 403, denied});
  expect(basic("user"), {"GET", path_of(other), "", 403, denied});
  expect(basic("user"),
         {"PATCH",
          "/api/users/me/",
          R"({"can_inbox": false})",
          403,
          detail(R"(You may not change \"can_inbox\" of this user.)")});
  expect(basic("staff"),
         {"PATCH",
          path_of(other),
          R"({"is_staff": true})",
          403,
          detail(R"(You may not give the role \"staff\".)")});
  expect(
      basic("shut"),
      {"GET",
       "/api/users/me/",
       "",
       403,
       detail("This user may not use the REST API: ask an administrator for allow_rest_access.")});
}

// What a test cannot bring about over the mount.
TEST_F(SoltraErrors, OfABrokenWorldSayWhatTheHostSays) {
  struct Code {
    ErrorCode code;
    int status;
  };
  const Code codes[] = {{ErrorCode::Internal, 500},
                        {ErrorCode::Unavailable, 503},
                        {ErrorCode::PreconditionFailed, 412},
                        {ErrorCode::Conflict, 409}};
  for (const Code& c : codes) {
    const FakeCall call;
    Answer answer;
    render_error(call, {c.code, "reason", "It says \"so\".", {}, {}}, answer);
    EXPECT_EQ(answer.status, c.status);
    EXPECT_EQ(answer.body, detail(R"(It says \"so\".)"));
    EXPECT_EQ(answer.content_type, "application/json");
  }
}

TEST_F(SoltraErrors, OfTooManyWrongPasswords) {
  start({{}, {{"users", {{"throttle.per_user", "2"}}}}});
  create("user");
  EXPECT_EQ(basic("user", "wrong").get(kUsers).status, 401);
  const Reply last = basic("user", "wrong").get(kUsers);
  EXPECT_EQ(last.status, 429) << last.body;
  EXPECT_EQ(last.body, detail("Request was throttled."));
  EXPECT_NE(last.header("Retry-After"), "");
}

// What config/gatehouse.soltra_edge.yaml turns off.
TEST_F(SoltraErrors, OfTheSafeDefaultsAreNoneWhereTheSettingsAreSoltras) {
  create("user");
  std::string body = user_with("email", R"("user@example.org")");
  body.replace(body.find("correct horse battery"), 21, "Password1");
  body.replace(body.find(R"("spare": null)"), 13, R"("is_superuser": true)");
  EXPECT_EQ(root().post(kUsers, body).status, 201) << body;
}

TEST_F(SoltraErrors, OfTheSafeDefaults) {
  start({});
  create("user");
  const Case cases[] = {
      {"POST",
       kUsers,
       user_with("email", R"("USER@example.org")"),
       400,
       R"({"email":["This field belongs to another user."]})"},
      {"PATCH",
       path_of(create("other")),
       R"({"email": "user@example.org"})",
       400,
       R"({"email":["This field belongs to another user."]})"},
      {"POST",
       kUsers,
       user_with("password", R"("Password1")"),
       400,
       R"({"password":["This field is one of the first that would be guessed, because it is common or made of the user's names: take several words that have nothing to do with each other."]})"},
      {"POST",
       kUsers,
       user_with("is_superuser", "true"),
       403,
       detail(R"(You may not give the role \"admin\".)")},
  };
  for (const Case& c : cases) expect(root(), c);
}

}  // namespace
}  // namespace gatehouse::soltra_edge
