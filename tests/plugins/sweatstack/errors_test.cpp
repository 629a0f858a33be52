// Every error of the contract, byte for byte, as FastAPI writes them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/plugins/sweatstack/sweatstack_fixture.hpp"

namespace gatehouse::sweatstack {
namespace {

constexpr std::string_view kJson = "application/json";

struct Sent {
  std::string_view method;
  std::string_view target;
  std::string_view content_type;
  std::string body;
};
struct Case {
  Sent sent;
  int status;
  std::string_view body;
};

// All that is wrong with what is sent is 422; the settings change none of it.
class Errors : public SweatStackTest, public ::testing::WithParamInterface<testing::Settings> {
 protected:
  void SetUp() override { begin(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Settings, Errors, ::testing::Values(kDefaults, kFaithful));

TEST_P(Errors, OfWhatIsSentNameAllFieldsAtOnce) {
  const std::string long_name(256, 'x');
  const std::string_view kUser = "/api/v1/users/65f1c0ffee00000000000001";
  const std::string_view kToken = "/api/v1/oauth/token";
  const std::vector<Case> cases = {
      {{"POST", kUsers, kJson, "{}"},
       422,
       R"({"detail":[{"loc":["body","first_name"],"msg":"Field required","type":"missing"},)"
       R"({"loc":["body","last_name"],"msg":"Field required","type":"missing"}]})"},
      {{"POST", kUsers, kJson, R"({"first_name": "Bob"})"},
       422,
       R"({"detail":[{"loc":["body","last_name"],"msg":"Field required","type":"missing"}]})"},
      {{"POST", kUsers, kJson, R"({"first_name": null, "last_name": 5})"},
       422,
       R"({"detail":[{"loc":["body","first_name"],"msg":"Input should be a valid string",)"
       R"("type":"string_type"},{"loc":["body","last_name"],"msg":"Input should be a valid )"
       R"(string","type":"string_type"}]})"},
      {{"POST",
        kUsers,
        kJson,
        R"({"first_name": ")" + long_name + R"(", "last_name": ")" + long_name + R"("})"},
       422,
       R"({"detail":[{"loc":["body","first_name"],"msg":"String should have at most 255 )"
       R"(characters","type":"string_too_long"},{"loc":["body","last_name"],"msg":"String should )"
       R"(have at most 255 characters","type":"string_too_long"}]})"},
      {{"POST", kUsers, kJson, R"({"first_name": "", "last_name": null})"},
       422,
       R"({"detail":[{"loc":["body","first_name"],"msg":"String should have at least 1 )"
       R"(character","type":"string_too_short"}]})"},
      {{"POST", kUsers, kJson, R"({"first_name": "", "last_name": ""})"},
       422,
       R"({"detail":[{"loc":["body","first_name"],"msg":"String should have at least 1 )"
       R"(character","type":"string_too_short"}]})"},
      {{"POST", kUsers, kJson, R"({"first_name": "a\u0000", "last_name": null})"},
       422,
       R"({"detail":[{"loc":["body","first_name"],"msg":"Value error, must not contain the )"
       R"(character U+0000","type":"value_error"}]})"},
      {{"POST", kUsers, kJson, R"({"first_name": )"},
       422,
       R"({"detail":[{"loc":["body"],"msg":"JSON decode error","type":"json_invalid"}]})"},
      {{"POST", kUsers, kJson, ""},
       422,
       R"({"detail":[{"loc":["body"],"msg":"Field required","type":"missing"}]})"},
      {{"POST", kUsers, kJson, "[]"},
       422,
       R"({"detail":[{"loc":["body"],"msg":"Input should be a valid dictionary or object to )"
       R"(extract fields from","type":"model_attributes_type"}]})"},
      {{"POST", kUsers, "text/plain", R"({"first_name": "Bob", "last_name": null})"},
       422,
       R"({"detail":[{"loc":["body"],"msg":"Input should be a valid dictionary or object to )"
       R"(extract fields from","type":"model_attributes_type"}]})"},
      {{"POST", kUsers, kForm, "first_name=Bob&last_name=Smit"},
       422,
       R"({"detail":[{"loc":["body"],"msg":"Input should be a valid dictionary or object to )"
       R"(extract fields from","type":"model_attributes_type"}]})"},
      {{"PUT", kUser, kForm, "first_name=" + long_name},
       422,
       R"({"detail":[{"loc":["body","first_name"],"msg":"String should have at most 255 )"
       R"(characters","type":"string_too_long"}]})"},
      {{"PUT", kUser, kForm, "first_name=%ZZ"},
       422,
       R"({"detail":[{"loc":["body"],"msg":"There was an error parsing the body",)"
       R"("type":"form_invalid"}]})"},
      {{"PUT", kUser, kJson, R"({"first_name": 1, "last_name": true})"},
       422,
       R"({"detail":[{"loc":["body","first_name"],"msg":"Input should be a valid string",)"
       R"("type":"string_type"},{"loc":["body","last_name"],"msg":"Input should be a valid )"
       R"(string","type":"string_type"}]})"},
      {{"PUT", kUser, kJson, "null"},
       422,
       R"({"detail":[{"loc":["body"],"msg":"Input should be a valid dictionary or object to )"
       R"(extract fields from","type":"model_attributes_type"}]})"},
      {{"POST", kUsers, kJson, R"({"first_name": "A", "last_name": {"a": [1]}})"},
       422,
       R"({"detail":[{"loc":["body","last_name"],"msg":"Input should be a valid string",)"
       R"("type":"string_type"}]})"},
      {{"PUT", kUser, "application/xml", "<a/>"},
       422,
       R"({"detail":[{"loc":["body"],"msg":"Input should be a valid dictionary or object to )"
       R"(extract fields from","type":"model_attributes_type"}]})"},
      {{"GET", "/api/v1/users/?include_managed=&include_shared=2", "", ""},
       422,
       R"({"detail":[{"loc":["query","include_managed"],"msg":"Input should be a valid boolean, )"
       R"(unable to interpret input","type":"bool_parsing"},{"loc":["query","include_shared"],)"
       R"("msg":"Input should be a valid boolean, unable to interpret input",)"
       R"("type":"bool_parsing"}]})"},
      {{"GET", "/api/v1/users/?include_managed=1&include_managed=0", "", ""},
       422,
       R"({"detail":[{"loc":["query","include_managed"],"msg":"Value error, occurs more than )"
       R"(once","type":"value_error"}]})"},
      {{"POST", "/api/v1/oauth/delegated-token", kJson, R"({"team_id": 1})"},
       422,
       R"({"detail":[{"loc":["body","team_id"],"msg":"Input should be a valid string",)"
       R"("type":"string_type"},{"loc":["body","sub"],"msg":"Field required","type":"missing"}]})"},
      {{"POST", kToken, kForm, ""},
       422,
       R"({"detail":[{"loc":["body","grant_type"],"msg":"Field required","type":"missing"}]})"},
      {{"POST", kToken, kForm, "grant_type=refresh_token"},
       422,
       R"({"detail":[{"loc":["body","refresh_token"],"msg":"Field required","type":"missing"}]})"},
      {{"POST", kToken, kForm, "grant_type=password"},
       422,
       R"({"detail":[{"loc":["body","username"],"msg":"Field required","type":"missing"},)"
       R"({"loc":["body","password"],"msg":"Field required","type":"missing"}]})"},
      {{"POST", kToken, kForm, "grant_type=authorization_code&code=x&client_id=y"},
       400,
       R"({"detail":"Unsupported grant type"})"},
      {{"POST", kToken, kForm, "grant_type=refresh_token&refresh_token=x"},
       401,
       R"({"detail":"Not authenticated"})"},
      {{"GET", "/api/v1/nothing", "", ""}, 404, R"({"detail":"Not Found"})"},
      {{"GET", "/api/v1/users", "", ""}, 404, R"({"detail":"Not Found"})"},
      {{"PATCH", kUsers, kJson, "{}"}, 405, R"({"detail":"Method Not Allowed"})"},
      {{"GET", "/api/v1/users/?name=%ZZ", "", ""},
       400,
       R"({"detail":"The query of the request is not percent-encoded UTF-8 text."})"},
  };
  const auto me = client(manager());
  for (const Case& one : cases) {
    SCOPED_TRACE(std::string(one.sent.method) + " " + std::string(one.sent.target) + " " +
                 one.sent.body.substr(0, 60));
    const auto with_type =
        one.sent.content_type.empty() ? me : me.with("Content-Type", one.sent.content_type);
    const auto reply = with_type.send(one.sent.method, one.sent.target, one.sent.body);
    EXPECT_EQ(reply.status, one.status);
    EXPECT_EQ(reply.body, one.body);
    EXPECT_EQ(reply.content_type, kJson);
  }
}

TEST_P(Errors, WithoutACredentialAreTheSameEverywhere) {
  for (const auto& [method, path] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"GET", "/api/v1/users/"},
           {"POST", "/api/v1/users/"},
           {"GET", "/api/v1/users/x"},
           {"PUT", "/api/v1/users/x"},
           {"DELETE", "/api/v1/users/x"},
           {"GET", "/api/v1/oauth/principal-token"},
           {"POST", "/api/v1/oauth/delegated-token"},
           {"GET", "/api/v1/oauth/userinfo"}}) {
    const auto reply = anonymous().send(method, path, "");
    EXPECT_EQ(reply.status, 401) << method << ' ' << path;
    EXPECT_EQ(reply.body, R"({"detail":"Not authenticated"})");
    EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer");
  }
}

}  // namespace
}  // namespace gatehouse::sweatstack
