// Claim: the document says of every route what its types say. Its validity as a whole, and that its
// schemas agree with the decoder, is checked by schema_check.py.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
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
      {"get_v1_notes", {"400", "401", "403", "422", "default"}},
      {"get_v1_notes_2", {"default"}},
      {"get_v1_notes_note", {"401", "403", "404", "default"}},
      {"post_v1_notes", {"400", "401", "403", "413", "415", "422", "default"}},
      {"patch_v1_notes_note", {"400", "401", "403", "404", "413", "415", "422", "default"}},
  };
  for (const Case& c : cases) {
    const std::string text = operation(document, c.id);
    for (const std::string status : {"400", "401", "403", "404", "413", "415", "422", "default"}) {
      const bool listed = std::find(c.errors.begin(), c.errors.end(), status) != c.errors.end();
      EXPECT_EQ(contains(text, "\"" + status + "\":{\"$ref\""), listed) << c.id << " " << status;
    }
  }
}

TEST(OpenApi, OnlyPatchTakesAMergePatch) {
  const std::string document = sample_document();
  EXPECT_TRUE(contains(operation(document, "patch_v1_notes_note"), "merge-patch"));
  EXPECT_FALSE(contains(operation(document, "post_v1_notes"), "merge-patch"));
}

TEST(OpenApi, TheSecuritySchemesAreThoseOfTheAuthenticators) {
  const auto document = [](std::vector<std::string> challenges) {
    return write_openapi({"T", "1", "", std::move(challenges)}, {});
  };
  const std::string none = document({});
  EXPECT_TRUE(contains(none, R"("securitySchemes":{})"));
  EXPECT_FALSE(contains(none, R"("security":)"));
  const std::string two = document({"Bearer", "Basic realm=\"gatehouse\", charset=\"UTF-8\""});
  EXPECT_TRUE(contains(two, R"("security":[{"basic":[]},{"bearer":[]}])"));
  EXPECT_TRUE(contains(two, R"("basic":{"type":"http","scheme":"basic"})"));
  EXPECT_TRUE(contains(two, R"("bearer":{"type":"http","scheme":"bearer"})"));
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
