// Where a decoder is in a body, and what it found wrong so far. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/result.hpp>

namespace gatehouse::body {

// A place as a chain of frames on the stack; text is made of it only when something is wrong there.
struct Place {
  enum class Kind : std::uint8_t { Body, Query, Member, Item };
  Kind kind = Kind::Body;
  const Place* parent = nullptr;
  std::string_view name{};
  std::size_t index = 0;

  Place member(std::string_view member_name) const { return {Kind::Member, this, member_name, 0}; }
  Place item(std::size_t item_index) const { return {Kind::Item, this, {}, item_index}; }
  // A JSON pointer (RFC 6901), or "?name" in a query.
  std::string pointer() const;
};

// All that is wrong, up to a limit: a hostile body must not make an answer longer than itself.
class FieldErrors {
 public:
  static constexpr std::size_t kLimit = 64;

  void add(const Place& place, const char* code, std::string detail) {
    if (list_.size() < kLimit) list_.push_back({place.pointer(), code, std::move(detail)});
  }
  bool empty() const { return list_.empty(); }
  // None, or InvalidArgument with the list.
  Result<None> result() &&;

 private:
  std::vector<FieldError> list_;
};

}  // namespace gatehouse::body
