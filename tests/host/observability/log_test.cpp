// Log records: their two shapes, and that nothing a client sends breaks them.
// SPDX-License-Identifier: Apache-2.0
#include "host/observability/log.hpp"

#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::host {
namespace {

class FixedClock final : public Clock {
 public:
  Time now() const override { return Time(std::chrono::microseconds(1'764'000'000'169'000)); }
};

class LogLines : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(stream_, nullptr); }
  void TearDown() override { std::fclose(stream_); }

  Log& open(LogShape shape, LogLevel level = LogLevel::Debug) {
    logs_ = std::make_unique<Logs>(
        LogOptions{shape, level, [this] { return std::string_view(request_id_); }},
        clock_,
        stream_);
    return logs_->of("users");
  }

  std::vector<std::string> lines() {
    std::fflush(stream_);
    std::rewind(stream_);
    std::vector<std::string> found(1);
    for (int c = std::fgetc(stream_); c != EOF; c = std::fgetc(stream_)) {
      if (c == '\n') {
        found.emplace_back();
      } else {
        found.back() += static_cast<char>(c);
      }
    }
    EXPECT_EQ(found.back(), "") << "the last record has no end";
    found.pop_back();
    return found;
  }

  FixedClock clock_;
  std::string request_id_;
  std::FILE* stream_ = std::tmpfile();
  std::unique_ptr<Logs> logs_;
};

using Lines = std::vector<std::string>;

TEST_F(LogLines, HaveFieldsOfTheirOwnForProgramsAndATextForPeople) {
  const std::vector<LogField> fields = {{"method", "GET"}, {"route", "/\"x\n"}, {"status", 404}};
  request_id_ = "r-1";
  Log& json = open(LogShape::Json);
  json.write_fields(LogLevel::Info, "request", "GET /x 404", fields);
  EXPECT_EQ(
      lines().at(0),
      R"({"time":"2025-11-24T16:00:00.169Z","level":"info","source":"users",)"
      R"("event":"request","method":"GET","route":"/\"x\n","status":404,"request_id":"r-1"})");
}

TEST_F(LogLines, InTextFieldsAreLeftOut) {
  open(LogShape::Text).write_fields(LogLevel::Info, "request", "GET /x 404", {{{"status", 404}}});
  EXPECT_EQ(lines().at(0), "2025-11-24T16:00:00.169Z info users request: GET /x 404");
}

TEST_F(LogLines, ShowTimeLevelSourceEventAndTextToPeople) {
  open(LogShape::Text).warning("sign_in_refused", "{} of {}", 1, "two");
  EXPECT_EQ(lines(), Lines{"2025-11-24T16:00:00.169Z warning users sign_in_refused: 1 of two"});
}

TEST_F(LogLines, AreObjectsForMachines) {
  request_id_ = "4f1c";
  open(LogShape::Json).error("broken", "a \"quoted\" C:\\path");
  EXPECT_EQ(lines(),
            Lines{R"({"time":"2025-11-24T16:00:00.169Z","level":"error","source":"users",)"
                  R"("event":"broken","message":"a \"quoted\" C:\\path","request_id":"4f1c"})"});
}

TEST_F(LogLines, NameTheRequest) {
  request_id_ = "4f1c";
  open(LogShape::Text).info("done", "it");
  EXPECT_EQ(lines(), Lines{"2025-11-24T16:00:00.169Z info users done: it request_id=4f1c"});
}

TEST_F(LogLines, StayOneRecordWhateverTheTextHolds) {
  struct Case {
    const char* name;
    std::string text;
    std::string as_text;
    std::string as_json;
  };
  const std::vector<Case> cases = {
      {"line ends", "a\r\nb", "a\\x0d\\nb", "a\\u000d\\nb"},
      {"escape", "\x1b[2J", "\\x1b[2J", "\\u001b[2J"},
      {"NUL", std::string("a\0b", 3), "a\\x00b", "a\\u0000b"},
      {"DEL", "\x7f", "\\x7f", "\\u007f"},
      {"C1", "\u009b2J", "\\u009b2J", "\\u009b2J"},
      {"direction", "a\u202eb", "a\\u202eb", "a\\u202eb"},
      {"line separator", "a\u2028b", "a\\u2028b", "a\\u2028b"},
      {"no UTF-8", "a\xff\xc3", "a\ufffd\ufffd", "a\ufffd\ufffd"},
      {"other letters",
       "\u00e9\u4e2d\U0001f511",
       "\u00e9\u4e2d\U0001f511",
       "\u00e9\u4e2d\U0001f511"},
  };
  Log& text = open(LogShape::Text);
  for (const Case& each : cases) text.info("e", "{}", each.text);
  auto found = lines();
  ASSERT_EQ(found.size(), cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_TRUE(found[i].ends_with(" users e: " + cases[i].as_text)) << cases[i].name << found[i];
  }

  std::fclose(stream_);
  stream_ = std::tmpfile();
  Log& json = open(LogShape::Json);
  for (const Case& each : cases) json.info("e", "{}", each.text);
  found = lines();
  ASSERT_EQ(found.size(), cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_TRUE(found[i].ends_with("\"message\":\"" + cases[i].as_json + "\"}")) << found[i];
  }
}

TEST_F(LogLines, AreCutWhenTheyAreVeryLong) {
  open(LogShape::Text).info("e", "{}", std::string(100'000, 'x'));
  const auto found = lines();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_LT(found[0].size(), 8'400U);
  EXPECT_TRUE(found[0].ends_with("..."));
}

TEST_F(LogLines, BelowTheLevelAreNotWritten) {
  Log& log = open(LogShape::Text, LogLevel::Warning);
  log.debug("a", "x");
  log.info("b", "x");
  log.warning("c", "x");
  log.error("d", "x");
  EXPECT_EQ(lines().size(), 2U);
}

TEST_F(LogLines, FromManyThreadsAreNeverMixed) {
  Log& log = open(LogShape::Text);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&log] {
      for (int k = 0; k < 200; ++k) log.info("e", "{}", std::string(300, 'y'));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto found = lines();
  ASSERT_EQ(found.size(), 800U);
  for (const std::string& line : found) ASSERT_EQ(line, found[0]);
}

TEST_F(LogLines, HaveOneLogForEachSource) {
  Log& users = open(LogShape::Text);
  EXPECT_EQ(&users, &logs_->of("users"));
  EXPECT_NE(&users, &logs_->of("notes"));
  logs_->of("notes").info("e", "x");
  EXPECT_EQ(lines(), Lines{"2025-11-24T16:00:00.169Z info notes e: x"});
}

TEST_F(LogLines, AreJsonWhereNobodyReadsAlong) {
  EXPECT_EQ(shape_for(stream_), LogShape::Json);
}

TEST_F(LogLines, AllArriveInTheirOrderWhenTheyAreWrittenBehind) {
  Log& log = open(LogShape::Text);
  log.info("first", "x");
  std::size_t dropped = 0;
  logs_->write_behind([&](std::size_t count) { dropped += count; });
  for (int i = 0; i < 1'000; ++i) log.info("one", "{}", i);
  EXPECT_TRUE(logs_->finish());
  log.info("late", "x");
  const Lines found = lines();
  ASSERT_EQ(found.size(), 1'001u);
  EXPECT_NE(found[0].find("first"), std::string::npos);
  EXPECT_NE(found[1'000].find("one: 999"), std::string::npos);
  EXPECT_EQ(dropped, 0u);
}

}  // namespace
}  // namespace gatehouse::host
