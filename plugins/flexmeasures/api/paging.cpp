// SPDX-License-Identifier: Apache-2.0
#include "paging.hpp"

#include <limits>
#include <string_view>
#include <utility>

#include <gatehouse/stream.hpp>
#include <gatehouse/text.hpp>

#include "answers.hpp"

namespace gatehouse::flexmeasures {
namespace {

constexpr std::int64_t kMaxPage = 1'000;
// What is put together in memory; anything beyond is sent as it is made.
constexpr std::int64_t kShort = 1'000;

Result<None> check_number(std::string_view pointer,
                          const std::optional<std::int64_t>& number,
                          std::int64_t maximum) {
  if (number && *number < 1) return wrong_field(pointer, "Must be greater than or equal to 1.");
  if (number && *number > maximum) {
    return wrong_field(pointer, format("Must be less than or equal to {}.", maximum));
  }
  return None{};
}

// An array in pieces that a slow reader does not fill the memory with, however long its rows are.
class Pieces {
 public:
  explicit Pieces(WholeLists::Next next) : next_(std::move(next)) {}

  Result<Streaming> append_to(std::string& out) {
    const std::size_t begin = out.size();
    while (out.size() - begin < kPiece) {
      if (at_ == rows_.size()) {
        GATEHOUSE_TRY(rows_, next_());
        at_ = 0;
      }
      if (is_first_) out += '[';
      if (rows_.empty()) {
        out += ']';
        return Streaming::End;
      }
      if (!is_first_) out += ',';
      is_first_ = false;
      out += rows_[at_++];
    }
    return Streaming::More;
  }

 private:
  static constexpr std::size_t kPiece = 64 * 1024;
  WholeLists::Next next_;
  std::vector<std::string> rows_;
  std::size_t at_ = 0;
  bool is_first_ = true;
};

}  // namespace

Result<PageAsked> page_asked(const std::optional<std::int64_t>& page,
                             const std::optional<std::int64_t>& per_page,
                             const std::optional<std::int64_t>& per_page_with_hyphen) {
  constexpr std::int64_t kLastPage = std::numeric_limits<std::int64_t>::max() / kMaxPage / 2;
  GATEHOUSE_CHECK(check_number("?page", page, kLastPage));
  GATEHOUSE_CHECK(check_number("?per_page", per_page, kMaxPage));
  GATEHOUSE_CHECK(check_number("?per-page", per_page_with_hyphen, kMaxPage));
  PageAsked asked;
  asked.number = page.value_or(0);
  asked.size = per_page.value_or(per_page_with_hyphen.value_or(asked.size));
  return asked;
}

Result<None> check_page(const PageAsked& page, std::int64_t rows) {
  if (page.number > 1 && page.offset() >= rows) return not_found();
  return None{};
}

Result<WholeLists::Held> WholeLists::take_turn(std::int64_t user,
                                               std::int64_t rows,
                                               std::string_view advice) {
  if (rows > max_rows_) {
    return unavailable(format(
        "The list has {} rows, and at most {} are read at once: {}", rows, max_rows_, advice));
  }
  if (rows <= kShort) return Held();
  auto turn = turns_.take(user);
  if (turn == nullptr) {
    return unavailable("Another list is being read for you: ask again when it has arrived.");
  }
  return turn;
}

Result<Answer> WholeLists::answer(Call& call, Held turn, Next next) {
  Answer answer;
  answer.content_type = "application/json";
  if (turn == nullptr) {
    Pieces pieces(std::move(next));
    auto more = Streaming::More;
    while (more == Streaming::More) {
      GATEHOUSE_TRY(more, pieces.append_to(answer.body));
    }
    return answer;
  }
  call.set_stream({answer.content_type,
                   [turn = std::move(turn), pieces = Pieces(std::move(next))](
                       std::string& out) mutable { return pieces.append_to(out); }});
  return answer;
}

Result<Answer> WholeLists::answer(Call& call, std::int64_t rows, Next next) {
  constexpr std::string_view kAdvice = "ask for pages with \"page\" and \"per_page\".";
  GATEHOUSE_TRY(Held turn, take_turn(call.user(), rows, kAdvice));
  return answer(call, std::move(turn), std::move(next));
}

}  // namespace gatehouse::flexmeasures
