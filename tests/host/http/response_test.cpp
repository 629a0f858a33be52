// What may go out, and what it looks like. SPDX-License-Identifier: Apache-2.0
#include "host/http/response.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::host {
namespace {

Answer with_header(const std::string& name, const std::string& value) {
  return {200, "text/plain", "x", {{name, value}}};
}

TEST(Response, names_what_would_break_the_framing) {
  EXPECT_EQ(unsendable_part(with_header("X-Name", "a")), "");
  EXPECT_EQ(unsendable_part(with_header("X-Name", "a\nb")), "header 'X-Name'");
  EXPECT_EQ(unsendable_part(with_header("Date", "today")), "header 'Date'");
  EXPECT_EQ(unsendable_part({99, "", "", {}}), "status 99");
  EXPECT_EQ(unsendable_part({200, "a\r\nb", "", {}}), "content type");
}

TEST(Response, refuses_what_would_break_the_framing) {
  struct Case {
    Answer answer;
    bool sendable;
  };
  const std::vector<Case> cases = {
      {with_header("X-Name", "value with blanks, \"quotes\" and \xc3\xa9"), true},
      {with_header("X-Name", ""), true},
      {with_header("X-Name", "a\rb"), false},
      {with_header("X-Name", "a\nb"), false},
      {with_header("X-Name", std::string("a\0b", 3)), false},
      {with_header("", "a"), false},
      {with_header("X Name", "a"), false},
      {with_header("X-Name:", "a"), false},
      {with_header("X\r\nY", "a"), false},
      {with_header("Content-Length", "1"), false},
      {with_header("TRANSFER-ENCODING", "chunked"), false},
      {with_header("connection", "close"), false},
      {with_header("Date", "today"), false},
      {{200, "text/plain\r\nX: y", "", {}}, false},
      {{100, "", "", {}}, false},
      {{199, "", "", {}}, false},
      {{599, "", "", {}}, true},
      {{600, "", "", {}}, false},
      {{0, "", "", {}}, false},
      {{204, "", "", {}}, true},
      {{204, "", "x", {}}, false},
      {{304, "", "x", {}}, false},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(is_sendable(test.answer), test.sendable)
        << test.answer.status << " " << test.answer.content_type << " "
        << (test.answer.headers.empty() ? "" : test.answer.headers[0].first);
  }
}

TEST(Response, writes_the_status_line_and_the_fields) {
  std::string out;
  append_head(out, with_header("X-Name", "a"), Persistence::Keep, "DATE");
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\nDate: DATE\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n"
            "X-Name: a\r\n\r\n");
}

TEST(Response, gives_204_and_304_no_length_and_the_end_a_word) {
  std::string out;
  append_head(out, {204, "", "", {}}, Persistence::Close, "DATE");
  append_head(out, {304, "text/plain", "x", {}}, Persistence::KeepAsked, "DATE");
  EXPECT_EQ(out,
            "HTTP/1.1 204 No Content\r\nDate: DATE\r\nConnection: close\r\n\r\n"
            "HTTP/1.1 304 Not Modified\r\nDate: DATE\r\nConnection: keep-alive\r\n\r\n");
}

TEST(Response, writes_dates_as_rfc_9110_wants_them) {
  EXPECT_EQ(imf_fixdate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(imf_fixdate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
}  // namespace gatehouse::host
