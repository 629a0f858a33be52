// Claim: the document says of every route what its types say. Its validity as a whole, and that its
// schemas agree with the decoder, is checked by schema_check.py.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/body.hpp>
#include <gatehouse/runtime/openapi.hpp>

#include "tests/sdk/routes/sample_routes.hpp"

namespace {

using namespace gatehouse;

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(OpenApi, IsTheSameForTheSameRoutes) {
  EXPECT_EQ(sample_document(), sample_document());
}

TEST(OpenApi, IsJson) {
  EXPECT_TRUE(decode_json<RawJson>(sample_document()));
}

TEST(OpenApi, HasOnePathForRoutesThatDifferInParameterNames) {
  const std::string document = sample_document();
  EXPECT_TRUE(contains(document, R"("/v1/notes/{note}":{"get":)"));
  EXPECT_FALSE(contains(document, "\"/v1/notes/{id}\":"));
}

TEST(OpenApi, NamesOperationsPluginsAndPermissions) {
  const std::string document = sample_document();
  EXPECT_TRUE(contains(document, R"("operationId":"get_v1_notes_note")"));
  EXPECT_TRUE(contains(document, R"("operationId":"get_v1_notes_2")"));  // "/v1/notes/"
  EXPECT_TRUE(contains(document, R"("tags":["notes"])"));
  EXPECT_TRUE(contains(document, R"("x-permission":"notes:write")"));
}

// The responses of one operation, from its id on.
std::string operation(const std::string& document, std::string_view id) {
  const std::size_t begin = document.find("\"operationId\":\"" + std::string(id) + "\"");
  return document.substr(begin, document.find("\"operationId\"", begin + 1) - begin);
}

TEST(OpenApi, EveryRouteListsTheErrorsThatCanOccur) {
  const std::string document = sample_document();
  struct Case {
    const char* id;
    std::vector<std::string> errors;
  };
  const std::vector<Case> cases = {
      {"get_v1_notes", {"400", "401", "403", "422", "500", "503"}},
      {"get_v1_notes_2", {"500", "503"}},
      {"get_v1_notes_note", {"401", "403", "404", "500", "503"}},
      {"post_v1_notes", {"400", "401", "403", "409", "413", "415", "422", "500", "503"}},
      {"patch_v1_notes_note", {"400", "401", "403", "404", "413", "415", "422", "500", "503"}},
  };
  for (const Case& c : cases) {
    const std::string text = operation(document, c.id);
    for (const std::string status :
         {"400", "401", "403", "404", "409", "413", "415", "422", "500", "503", "default"}) {
      const bool listed = std::find(c.errors.begin(), c.errors.end(), status) != c.errors.end();
      EXPECT_EQ(contains(text, "\"" + status + "\":{"), listed) << c.id << " " << status;
    }
  }
}

TEST(OpenApi, AHandlersOwnErrorsAndAnswersAreShown) {
  const std::string post = operation(sample_document(), "post_v1_notes");
  EXPECT_TRUE(contains(post, R"("x-codes":["text_taken","full"])")) << post;
  EXPECT_TRUE(contains(post, "Codes: text_taken, full (of notes).")) << post;
  const std::string page = operation(sample_document(), "get_v1_notes_2");
  EXPECT_TRUE(contains(page, R"("content":{"text/html":{"schema":{"type":"string"}}})")) << page;
  EXPECT_TRUE(contains(page, R"("302":{"description":"To the notes.")")) << page;
}

TEST(OpenApi, ParametersSayWhatTheyTakeAndTheirDefaults) {
  const std::string read = operation(sample_document(), "get_v1_notes_note");
  EXPECT_TRUE(contains(read, R"("description":"The note's number.")")) << read;
  const std::string list = operation(sample_document(), "get_v1_notes");
  EXPECT_TRUE(contains(list, R"("default":)")) << list;
}

TEST(OpenApi, TheHeadNamesTheServerAndItsPlugins) {
  ApiInfo info;
  info.version = "1.2.3";
  EXPECT_TRUE(contains(write_openapi(info, {}), R"("servers":[{"url":"/"}])"));
  info.server = "https://id.example.com/sso";
  info.tags = {{"notes", "Short texts."}, {"silent", "Has no routes."}};
  FakeRoutes routes;
  routes.get("/notes", "public", "List", [](Call&) -> Result<None> { return not_found(); });
  std::vector<ApiRoute> list(1);
  list[0].spec = routes.entries[0].spec;
  list[0].plugin = "notes";
  const std::string document = write_openapi(info, list);
  EXPECT_TRUE(contains(document, R"("version":"1.2.3")"));
  EXPECT_TRUE(contains(document, R"("identifier":"Apache-2.0")"));
  EXPECT_TRUE(contains(document, R"("servers":[{"url":"https://id.example.com/sso"}])"));
  EXPECT_TRUE(contains(document, R"("tags":[{"name":"notes","description":"Short texts."}])"));
}

TEST(OpenApi, OnlyPatchTakesAMergePatch) {
  const std::string document = sample_document();
  EXPECT_TRUE(contains(operation(document, "patch_v1_notes_note"), "merge-patch"));
  EXPECT_FALSE(contains(operation(document, "post_v1_notes"), "merge-patch"));
}

TEST(OpenApi, TheSecuritySchemesAreThoseOfTheAuthenticators) {
  const auto document = [](std::vector<ApiSignIn> sign_ins) {
    ApiInfo info;
    info.sign_ins = std::move(sign_ins);
    return write_openapi(info, {});
  };
  const std::string none = document({});
  EXPECT_TRUE(contains(none, R"("securitySchemes":{})"));
  EXPECT_FALSE(contains(none, R"("security":)"));
  const std::string two =
      document({{"Bearer", "A token."}, {"Basic realm=\"gatehouse\", charset=\"UTF-8\""}});
  EXPECT_TRUE(contains(two, R"("security":[{"basic":[]},{"bearer":[]}])"));
  EXPECT_TRUE(contains(two, R"("basic":{"type":"http","scheme":"basic"})"));
  EXPECT_TRUE(
      contains(two, R"("bearer":{"type":"http","scheme":"bearer","description":"A token."})"));
}

TEST(OpenApi, PublicRoutesNeedNoCredential) {
  EXPECT_TRUE(contains(sample_document(), R"("security":[],"x-permission":"public")"));
}

TEST(OpenApi, AStructThatIsReadAndWrittenDifferentlyHasTwoSchemas) {
  const std::string document = sample_document();
  EXPECT_TRUE(contains(document, R"("samples.Address":{)"));
  EXPECT_TRUE(contains(document, R"("samples.AddressInput":{)"));
  EXPECT_FALSE(contains(document, R"("samples.NewNoteInput")"));  // only read
}

TEST(OpenApi, AnAnonymousNamespaceLeavesNoTrace) {
  EXPECT_FALSE(contains(sample_document(), "anonymous"));
}

}  // namespace
