// Pages by number, and lists without an end. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/call.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/turns.hpp>

namespace gatehouse::flexmeasures {

// Which page a client asks for; nothing of it: the whole list.
struct PageAsked {
  std::int64_t number = 0;  // from 1; 0: the whole list
  std::int64_t size = 10;

  bool is_asked() const { return number > 0; }
  std::int64_t offset() const { return (number - 1) * size; }
};
// Errors: InvalidArgument ?page, ?per_page below 1 or beyond 1,000 rows in a page.
Result<PageAsked> page_asked(const std::optional<std::int64_t>& page,
                             const std::optional<std::int64_t>& per_page,
                             const std::optional<std::int64_t>& per_page_with_hyphen);
// NotFound where the page begins behind the last of `rows`; the first is always there.
Result<None> check_page(const PageAsked& page, std::int64_t rows);

// Lists that are read whole: short ones at once, longer ones one at a time for each user. Those
// that clients get whole, as a JSON array, are then sent as they are made. Threads: any. Blocking:
// as `next`.
class WholeLists {
 public:
  explicit WholeLists(std::int64_t max_rows) : max_rows_(max_rows) {}

  // Held as long as a long list is read and sent; none for a short one.
  using Held = Turns::Held;
  // To be taken before the list is read. `advice`: what to do about a list that is too long.
  // Errors: Unavailable for more than max_rows (security.md: never silent truncation), and while
  // the same user has another turn.
  Result<Held> take_turn(std::int64_t user, std::int64_t rows, std::string_view advice);

  // The next rows as JSON texts, at most 1,000; none: the end. Called on any thread after the
  // handler has returned.
  using Next = std::function<Result<std::vector<std::string>>()>;
  // Takes the turn, too. Errors: as take_turn().
  Result<Answer> answer(Call& call, std::int64_t rows, Next next);
  static Result<Answer> answer(Call& call, Held turn, Next next);

 private:
  const std::int64_t max_rows_;
  Turns turns_;
};

}  // namespace gatehouse::flexmeasures
