// The plugin's promises, without a host or a socket: an in-memory database, a clock that stands.
#include "jotter.hpp"

#include <gtest/gtest.h>

#include <gatehouse/testing/harness.hpp>

using gatehouse::testing::Harness;
using jotter::Jotter;

TEST(Jotter, WritesANoteAndReadsItBack) {
  Harness<Jotter> app("jotter");
  const auto written = app.as("ada").post("/jotter", R"({"text": "buy milk"})");
  EXPECT_EQ(written.status, 201);
  const auto read = app.as("ada").get("/jotter/1");
  EXPECT_EQ(read.status, 200);
  EXPECT_NE(read.body.find("buy milk"), std::string::npos) << read.body;
}

TEST(Jotter, KeepsNotesFromOthers) {
  Harness<Jotter> app("jotter");
  EXPECT_EQ(app.as("ada").post("/jotter", R"({"text": "secret"})").status, 201);
  EXPECT_EQ(app.as("bob").get("/jotter/1").status, 404);
}

TEST(Jotter, RefusesANoteThatIsTooLong) {
  Harness<Jotter> app("jotter", {{"max_length", "10"}});
  const auto answer = app.as("ada").post("/jotter", R"({"text": "eleven bytes"})");
  EXPECT_EQ(answer.status, 422);
  EXPECT_NE(answer.body.find("is longer than 10 bytes"), std::string::npos) << answer.body;
}

TEST(Jotter, ShowsNotesPageByPage) {
  Harness<Jotter> app("jotter");
  const auto ada = app.as("ada");
  for (const char* note : {R"({"text": "first"})", R"({"text": "second"})"}) {
    EXPECT_EQ(ada.post("/jotter", note).status, 201);
  }
  const auto newest = ada.get("/jotter?limit=1");
  EXPECT_NE(newest.body.find("second"), std::string::npos) << newest.body;
  const std::string link = newest.header("Link");  // </jotter?limit=1&cursor=...>; rel="next"
  ASSERT_NE(link.find('>'), std::string::npos) << link;
  const auto oldest = ada.get(link.substr(1, link.find('>') - 1));
  EXPECT_NE(oldest.body.find("first"), std::string::npos) << oldest.body;
  EXPECT_EQ(oldest.body.find("second"), std::string::npos) << oldest.body;
  EXPECT_EQ(ada.get("/jotter?cursor=mine").status, 400);
}

TEST(Jotter, DeletesANoteInTheStateThatWasSeen) {
  Harness<Jotter> app("jotter");
  const auto ada = app.as("ada");
  EXPECT_EQ(ada.post("/jotter", R"({"text": "x"})").status, 201);
  const std::string seen = ada.get("/jotter/1").header("ETag");
  EXPECT_EQ(ada.with("If-Match", "\"another\"").remove("/jotter/1").status, 412);
  EXPECT_EQ(ada.with("If-Match", seen).remove("/jotter/1").status, 204);
  EXPECT_EQ(ada.get("/jotter/1").status, 404);
}
