// A value on its way into a statement. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include <gatehouse/time.hpp>

namespace gatehouse {

// Borrows text: valid for the call it is made for. Unsigned integers beyond int64 do not exist
// here.
class Parameter {
 public:
  enum class Kind : std::uint8_t { Boolean, Integer, Number, Text };

  Parameter(bool value) : kind_(Kind::Boolean), integer_(value ? 1 : 0) {}
  template <std::integral T>
  requires(std::signed_integral<T> || sizeof(T) < sizeof(std::int64_t)) Parameter(T value)
      : kind_(Kind::Integer), integer_(value) {}
  template <class T>
  requires std::is_enum_v<T> Parameter(T value)
      : kind_(Kind::Integer), integer_(static_cast<std::int64_t>(value)) {}
  Parameter(double value) : kind_(Kind::Number), number_(value) {}
  template <std::convertible_to<std::string_view> T>
  Parameter(const T& value) : kind_(Kind::Text), text_(value) {}
  Parameter(Time value) : kind_(Kind::Integer), integer_(value.time_since_epoch().count()) {}
  template <class T>
  Parameter(const std::optional<T>& value)
      : Parameter(value ? Parameter(*value) : null_of(Parameter(T{}))) {}

  Kind kind() const { return kind_; }
  bool is_null() const { return null_; }
  std::int64_t integer() const { return integer_; }
  double number() const { return number_; }
  std::string_view text() const { return text_; }

 private:
  static Parameter null_of(Parameter parameter) {
    parameter.null_ = true;
    parameter.text_ = {};
    return parameter;
  }
  Kind kind_;
  bool null_ = false;
  std::int64_t integer_ = 0;
  double number_ = 0;
  std::string_view text_;
};

}  // namespace gatehouse
