// Lists that are sent whole: one long one at a time for each user.
// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "plugins/flexmeasures/api/paging.hpp"

namespace gatehouse::flexmeasures {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

// A call of somebody that keeps the stream, and has nothing else.
class CallOf final : public Call {
 public:
  explicit CallOf(std::int64_t user) { who_.user = user; }

  Result<Answer> ask(WholeLists& lists, std::int64_t rows) {
    return lists.answer(*this, rows, [left = rows]() mutable -> Result<std::vector<std::string>> {
      const std::int64_t some = left < 700 ? left : 700;
      left -= some;
      return std::vector<std::string>(static_cast<std::size_t>(some), "1");
    });
  }
  std::optional<Stream>& stream() { return stream_; }

  const Principal* principal() const override { return &who_; }
  void set_stream(Stream made) override { stream_ = std::move(made); }
  std::string_view method() const override { return "GET"; }
  std::string_view path() const override { return "/"; }
  std::string_view query() const override { return ""; }
  std::string_view mount() const override { return "/"; }
  std::string_view body() const override { return ""; }
  std::optional<std::string_view> header(std::string_view) const override { return std::nullopt; }
  const Parameters& parameters() const override { return parameters_; }
  std::string_view path_parameter(std::size_t) const override { return ""; }
  std::string_view remote_address() const override { return ""; }
  std::string_view request_id() const override { return ""; }
  std::string_view trace_id() const override { return ""; }
  void set_header(std::string_view, std::string_view) override {}
  Result<None> check_preconditions(const Type&, const void*) override { return None{}; }
  bool has_etag() const override { return false; }
  void set_etag(std::string) override {}
  Result<None> allows(std::int64_t, std::string_view) const override { return not_found(); }

 private:
  Principal who_;
  Parameters parameters_;
  std::optional<Stream> stream_;
};

TEST(FlexMeasuresWholeLists, AShortOneIsAnsweredAtOnce) {
  WholeLists lists(5000);
  CallOf call(1);
  const auto answer = call.ask(lists, 3);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "[1,1,1]");
  EXPECT_EQ(call.ask(lists, 0)->body, "[]");
  EXPECT_FALSE(call.stream());
}

TEST(FlexMeasuresWholeLists, ALongOneIsSentAsItIsMade) {
  WholeLists lists(5000);
  CallOf call(1);
  ASSERT_TRUE(call.ask(lists, 1500));
  std::string body;
  while (*call.stream()->next(body) == Streaming::More) continue;
  std::string expected = "[1";
  for (int i = 1; i < 1500; ++i) expected += ",1";
  EXPECT_EQ(body, expected + "]");
}

TEST(FlexMeasuresWholeLists, ItsPiecesAreSmallHoweverLongItsRowsAre) {
  WholeLists lists(5000);
  CallOf call(1);
  const auto next = [left = 3]() mutable -> Result<std::vector<std::string>> {
    if (left-- == 0) return std::vector<std::string>();
    return std::vector<std::string>(500, std::string(4096, '1'));
  };
  ASSERT_TRUE(lists.answer(call, 1500, next));
  std::size_t bytes = 0;
  auto more = Streaming::More;
  while (more == Streaming::More) {
    std::string piece;
    more = *call.stream()->next(piece);
    EXPECT_LE(piece.size(), kMaxStreamPiece);
    bytes += piece.size();
  }
  EXPECT_EQ(bytes, 1500u * 4097u + 1u);
}

TEST(FlexMeasuresWholeLists, TheNextLongOneWaitsForTheFirst) {
  WholeLists lists(5000);
  CallOf first(1);
  CallOf second(1);
  CallOf other(2);
  ASSERT_TRUE(first.ask(lists, 1500));
  EXPECT_EQ(second.ask(lists, 1500).error().code, ErrorCode::Unavailable);
  EXPECT_TRUE(second.ask(lists, 10)) << "short ones need not wait";
  EXPECT_TRUE(other.ask(lists, 1500));
  first.stream().reset();  // has arrived, or the client has left
  EXPECT_TRUE(second.ask(lists, 1500));
}

TEST(FlexMeasuresWholeLists, WhatIsReadWholeForAPageTakesATurnToo) {
  WholeLists lists(5000);
  auto page = lists.take_turn(1, 1500, "");
  ASSERT_TRUE(page);
  CallOf call(1);
  EXPECT_EQ(call.ask(lists, 1500).error().code, ErrorCode::Unavailable);
  EXPECT_EQ(lists.take_turn(1, 1500, "").error().code, ErrorCode::Unavailable);
  EXPECT_TRUE(lists.take_turn(1, 10, "")) << "short ones need not wait";
  page->reset();
  EXPECT_TRUE(lists.take_turn(1, 1500, ""));
}

TEST(FlexMeasuresWholeLists, NoneIsCutOff) {
  WholeLists lists(10);
  CallOf call(1);
  EXPECT_TRUE(call.ask(lists, 10));
  EXPECT_EQ(call.ask(lists, 11).error().code, ErrorCode::Unavailable);
}

}  // namespace
}  // namespace gatehouse::flexmeasures
