// Claim: the document says of every route what its types say. Its validity as a whole, and that its
// schemas agree with the decoder, is checked by schema_check.py.
// SPDX-License-Identifier: Apache-2.0
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
