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
