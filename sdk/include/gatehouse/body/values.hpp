// The values that bodies have and C++ has not. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gatehouse/result.hpp>

namespace gatehouse {

// Any JSON value as its compact text ("null" included). Valid JSON when it comes from a body;
// whoever fills it otherwise answers for that.
struct RawJson {
  std::string text = "null";
};

// What a client writes to name another object: its id (a string) or its number.
struct IdOrNumber {
  std::string id;           // set when a string was sent
  std::int64_t number = 0;  // set (> 0) when a number was sent
};

// A member of a merge-patch (RFC 7396): absent (leave it), null (clear it) or a value (set it).
template <class T>
class Patch {
 public:
  Patch() = default;
  Patch(T value) : present_(true), value_(std::move(value)) {}

  bool present() const { return present_; }
  bool is_null() const { return present_ && !value_; }
  const std::optional<T>& value() const { return value_; }

  void make_null() {
    present_ = true;
    value_.reset();
  }
  T& emplace() {
    present_ = true;
    return value_.emplace();
  }
  // Null and a value go into an optional target, absent leaves it.
  void apply_to(std::optional<T>& target) const {
    if (present_) target = value_;
  }
  // A value goes into the target, absent leaves it. Null must have been refused before.
  void apply_to(T& target) const {
    if (value_) target = *value_;
  }

 private:
  bool present_ = false;
  std::optional<T> value_;
};

// 201 with the new object. Location is `location`, or where it is empty the request's path + "/" +
// the member `id` of the object.
template <class T>
struct Created {
  Created(T created, std::string where = {})
      : value(std::move(created)), location(std::move(where)) {}
  T value;
  std::string location;
};

// 202: accepted, the work goes on.
template <class T>
struct Accepted {
  Accepted(T accepted) : value(std::move(accepted)) {}
  T value;
};

// One page of a list: {"items": [...], "next": cursor or null}, with `Link: <...>; rel="next"`.
template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;
};

// The struct that a route reads from the query string; `query->limit`.
template <class T>
struct Query {
  T value;
  const T* operator->() const { return &value; }
  const T& operator*() const { return value; }
};

// Finds `rules(Of<T>)` and `names(Of<E>)` beside T by argument-dependent lookup.
template <class T>
struct Of {};

}  // namespace gatehouse
