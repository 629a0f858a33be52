// Cursors: where a walk through a list stands, and through which list. Opaque to clients.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/call.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// A position is a described struct with the values by which the list is ordered, of the last row
// that was shown; the next page begins behind it, so that a row that does not change is shown once.
//   Position after = start;
//   if (query->cursor) {
//     GATEHOUSE_TRY(after, read_cursor<Position>(call, *query->cursor));
//   }
//   ... select one row more than the limit ...
//   page.next = cut_to_limit(call, page.items, query->limit, [](const Row& last) { ... });
//
// The list is the request's path with all its parameters but `cursor`, in whatever order. A cursor
// holds no secret and proves nothing: a forged one shows what its sender may list anyway. Threads:
// any. Never blocks.

// Malformed: bad_cursor, or cursor_mismatch for a cursor of a list with other parameters.
GATEHOUSE_API Result<None> read_cursor_of(const Call& call,
                                          std::string_view cursor,
                                          const Type& type,
                                          void* position);
GATEHOUSE_API std::string write_cursor_of(const Call& call, const Type& type, const void* position);

template <class P>
Result<P> read_cursor(const Call& call, std::string_view cursor) {
  P position{};
  GATEHOUSE_CHECK(read_cursor_of(call, cursor, type_of<P>(), &position));
  return position;
}
template <class P>
std::string write_cursor(const Call& call, const P& position) {
  return write_cursor_of(call, type_of<P>(), &position);
}

// Drops what `rows` has beyond the limit, and returns the cursor of what follows: nothing when
// there was no more. `position_of(row)` is asked for the last row that stays. `limit` >= 1.
template <class T, class F>
std::optional<std::string> cut_to_limit(const Call& call,
                                        std::vector<T>& rows,
                                        std::int64_t limit,
                                        F&& position_of) {
  if (rows.size() <= static_cast<std::size_t>(limit)) return std::nullopt;
  rows.erase(rows.begin() + limit, rows.end());
  return write_cursor(call, position_of(rows.back()));
}

}  // namespace gatehouse
