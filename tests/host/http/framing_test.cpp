// The tables of what a strict server reads and refuses, row by row: whole, byte by byte, and cut in
// two everywhere. SPDX-License-Identifier: Apache-2.0
#include "host/http/framing.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/host/http/framing_cases.hpp"

namespace gatehouse::host {
namespace {

// What the parser makes of bytes: "200 GET /path|body" for each request, "error 400 reason" at the
// end.
class Reader {
 public:
  void feed(std::string_view bytes) {
    pending_ += bytes;
    for (;;) {
      if (parser_.stage() == RequestParser::Stage::Failed) return;
      const auto used = parser_.feed(pending_);
      pending_.erase(0, used);
      switch (parser_.stage()) {
        case RequestParser::Stage::HeadRead:
          seen_ += parser_.head().method + " " + parser_.head().target;
          if (parser_.expects_continue()) seen_ += " continue";
          head_ = parser_.head();
          parser_.expect_body(testing::kFramingBodyLimit, RequestParser::BodyUse::Keep);
          if (parser_.stage() == RequestParser::Stage::Complete) complete();
          if (parser_.stage() == RequestParser::Stage::Failed) fail();
          break;
        case RequestParser::Stage::Complete:
          complete();
          break;
        case RequestParser::Stage::Failed:
          fail();
          break;
        case RequestParser::Stage::Head:
        case RequestParser::Stage::Body:
          if (used == 0) return;
          break;
      }
    }
  }
  const std::string& seen() const { return seen_; }
  const RequestHead& head() const { return head_; }

 private:
  void complete() {
    seen_ += '|';
    seen_ += parser_.take_body();
    seen_ += parser_.keep_alive() ? ";" : "|close;";
    parser_.next();
  }
  void fail() {
    seen_ += "error " + std::to_string(parser_.error().status) + " " +
             std::string(parser_.error().reason);
  }

  RequestParser parser_{FramingLimits{}};
  std::string pending_;
  std::string seen_;
  RequestHead head_;
};

TEST(Framing, reads_or_refuses_each_input_when_it_comes_whole) {
  for (const auto& test : testing::framing_cases()) {
    Reader reader;
    reader.feed(test.input);
    EXPECT_EQ(reader.seen(), test.expected) << test.name;
  }
}

TEST(Framing, makes_the_same_of_each_input_when_it_comes_byte_by_byte) {
  for (const auto& test : testing::framing_cases()) {
    Reader reader;
    for (const char byte : test.input) reader.feed({&byte, 1});
    EXPECT_EQ(reader.seen(), test.expected) << test.name;
  }
}

TEST(Framing, makes_the_same_of_each_input_wherever_it_is_cut_in_two) {
  for (const auto& test : testing::framing_cases()) {
    if (test.input.size() > 1'000) continue;
    for (std::size_t cut = 1; cut < test.input.size(); ++cut) {
      Reader reader;
      reader.feed(std::string_view(test.input).substr(0, cut));
      reader.feed(std::string_view(test.input).substr(cut));
      ASSERT_EQ(reader.seen(), test.expected) << test.name << ", cut at " << cut;
    }
  }
}

TEST(Framing, hands_on_fields_in_order_with_their_doubles) {
  Reader reader;
  reader.feed("GET / HTTP/1.1\r\nHost: a\r\nX-B:  two words \r\nx-b: \xc3\xa9\r\nX-Empty:\r\n\r\n");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"Host", "a"}, {"X-B", "two words"}, {"x-b", "\xc3\xa9"}, {"X-Empty", ""}};
  EXPECT_EQ(reader.head().headers, expected);
}

TEST(Framing, takes_the_host_of_an_absolute_target_for_the_field) {
  Reader reader;
  reader.feed("GET http://real.example/ HTTP/1.1\r\nHost: other.example\r\n\r\n");
  ASSERT_EQ(reader.head().headers.size(), 1U);
  EXPECT_EQ(reader.head().headers[0].second, "real.example");
}

TEST(Framing, reads_a_head_of_16000_bytes_that_comes_byte_by_byte) {
  // 16 KiB byte by byte: quadratic work over 128 MiB would be felt, and the time-out of ctest is
  // not what finds it: the number of bytes is bounded by the head's limit, so this is the worst
  // there is.
  Reader reader;
  const std::string head =
      "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(16'000, 'a') + "\r\n\r\n";
  for (const char byte : head) reader.feed({&byte, 1});
  EXPECT_EQ(reader.seen(), "GET /|;");
}

TEST(ReasonPhrase, is_registered_or_empty) {
  EXPECT_EQ(reason_phrase(404), "Not Found");
  EXPECT_EQ(reason_phrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(reason_phrase(299), "");
}

}  // namespace
}  // namespace gatehouse::host
