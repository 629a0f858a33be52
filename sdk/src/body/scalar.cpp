// Single values under their rules. SPDX-License-Identifier: Apache-2.0
#include "body/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>

#include <gatehouse/body/values.hpp>
#include <gatehouse/text.hpp>
#include <gatehouse/time.hpp>

#include "body/time_form.hpp"

namespace gatehouse::body {

namespace {

using Kind = Scalar::Kind;

// Doubles count integers one by one up to here.
constexpr double kExactIntegers = 9007199254740992.0;

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

bool looks_like_integer(std::string_view text) {
  return text.find_first_of(".eE") == std::string_view::npos;
}

bool is_number_text(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

// What an integer can be made of; `too_large` when it is one, but beyond int64.
std::optional<std::int64_t> as_integer(const Scalar& scalar, bool& too_large) {
  switch (scalar.kind) {
    case Kind::Integer:
      return scalar.integer;
    case Kind::Number:
      if (looks_like_integer(scalar.text)) {
        too_large = true;
      } else if (std::trunc(scalar.number) == scalar.number) {
        if (std::abs(scalar.number) <= kExactIntegers) {
          return static_cast<std::int64_t>(scalar.number);
        }
        too_large = true;
      }
      return std::nullopt;
    case Kind::Huge:
      too_large = true;
      return std::nullopt;
    case Kind::Word: {
      std::int64_t value = 0;
      const char* const end = scalar.text.data() + scalar.text.size();
      const auto read = std::from_chars(scalar.text.data(), end, value);
      if (read.ptr != end || scalar.text.empty()) return std::nullopt;
      too_large = read.ec == std::errc::result_out_of_range;
      if (read.ec != std::errc{}) return std::nullopt;
      return value;
    }
    case Kind::Boolean:
    case Kind::String:
    case Kind::Other:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<double> as_number(const Scalar& scalar, bool& too_large) {
  switch (scalar.kind) {
    case Kind::Integer:
      return static_cast<double>(scalar.integer);
    case Kind::Number:
      return scalar.number;
    case Kind::Huge:
      too_large = true;
      return std::nullopt;
    case Kind::Word: {
      double value = 0;
      const char* const end = scalar.text.data() + scalar.text.size();
      if (!is_number_text(scalar.text)) return std::nullopt;
      const auto read = std::from_chars(scalar.text.data(), end, value);
      if (read.ptr != end) return std::nullopt;
      too_large = read.ec == std::errc::result_out_of_range;
      if (read.ec != std::errc{}) return std::nullopt;
      return value;
    }
    case Kind::Boolean:
    case Kind::String:
    case Kind::Other:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<bool> as_boolean(const Scalar& scalar, Lenient lenient) {
  if (scalar.kind == Kind::Boolean) return scalar.integer != 0;
  const bool word = scalar.kind == Kind::Word;
  if (word && scalar.text == "true") return true;
  if (word && scalar.text == "false") return false;
  if (!has(lenient, Lenient::BooleanWords)) return std::nullopt;
  if (scalar.kind == Kind::Integer) {
    if (scalar.integer == 1) return true;
    if (scalar.integer == 0) return false;
    return std::nullopt;
  }
  if (!word && scalar.kind != Kind::String) return std::nullopt;
  static constexpr std::array<std::string_view, 14> kTrue{
      "1", "true", "True", "TRUE", "t", "T", "on", "On", "ON", "yes", "Yes", "YES", "y", "Y"};
  static constexpr std::array<std::string_view, 14> kFalse{
      "0", "false", "False", "FALSE", "f", "F", "off", "Off", "OFF", "no", "No", "NO", "n", "N"};
  if (std::find(kTrue.begin(), kTrue.end(), scalar.text) != kTrue.end()) return true;
  if (std::find(kFalse.begin(), kFalse.end(), scalar.text) != kFalse.end()) return false;
  return std::nullopt;
}

bool is_text(const Scalar& scalar) {
  return scalar.kind == Kind::String || scalar.kind == Kind::Word;
}

bool check_range(std::int64_t value, const Rule& rule, const Place& place, FieldErrors& errors) {
  if (!rule.has_minimum || (value >= rule.minimum && value <= rule.maximum)) return true;
  errors.add(place, "range", format("must lie in {}..{}", rule.minimum, rule.maximum));
  return false;
}

void read_integer(
    const Rule& rule, const Scalar& scalar, void* object, const Place& place, FieldErrors& errors) {
  bool too_large = false;
  const auto value = as_integer(scalar, too_large);
  if (value) {
    if (check_range(*value, rule, place, errors)) *static_cast<std::int64_t*>(object) = *value;
  } else if (too_large) {
    errors.add(place, "range", "must be an integer of 64 bits");
  } else {
    errors.add(place, "type", "must be an integer");
  }
}

void read_number(
    const Rule& rule, const Scalar& scalar, void* object, const Place& place, FieldErrors& errors) {
  bool too_large = false;
  const auto value = as_number(scalar, too_large);
  if (!value) {
    errors.add(place,
               too_large ? "range" : "type",
               too_large ? "must be a number of double precision" : "must be a number");
  } else if (rule.has_minimum && (*value < static_cast<double>(rule.minimum) ||
                                  *value > static_cast<double>(rule.maximum))) {
    errors.add(place, "range", format("must lie in {}..{}", rule.minimum, rule.maximum));
  } else {
    *static_cast<double*>(object) = *value;
  }
}

void read_time(
    const Rule& rule, const Scalar& scalar, void* object, const Place& place, FieldErrors& errors) {
  std::optional<Time> time;
  bool right_type = false;
  if (rule.time == TimeForm::EpochSeconds) {
    bool too_large = false;
    const auto seconds = as_integer(scalar, too_large);
    right_type = seconds.has_value() || too_large;
    if (seconds) time = time_from_epoch(*seconds);
  } else {
    right_type = is_text(scalar);
    if (right_type) time = parse_time(scalar.text, rule.time);
  }
  if (time) {
    *static_cast<Time*>(object) = *time;
  } else {
    errors.add(place, right_type ? "invalid" : "type", describe_time(rule.time));
  }
}

void read_enum(
    const Type& type, const Scalar& scalar, void* object, const Place& place, FieldErrors& errors) {
  if (is_text(scalar)) {
    for (std::uint32_t i = 0; i < type.name_count; ++i) {
      if (scalar.text == type.names[i].name) {
        type.enum_store(object, type.names[i].value);
        return;
      }
    }
  }
  std::string names;
  for (std::uint32_t i = 0; i < type.name_count; ++i) {
    if (i > 0) names += ", ";
    names += type.names[i].name;
  }
  errors.add(place, is_text(scalar) ? "enum" : "type", "must be one of: " + names);
}

void read_id_or_number(
    const Rule& rule, const Scalar& scalar, void* object, const Place& place, FieldErrors& errors) {
  auto& target = *static_cast<IdOrNumber*>(object);
  bool too_large = false;
  const auto number = as_integer(scalar, too_large);
  if (number && *number > 0) {
    target = {{}, *number};
  } else if (number || too_large) {
    errors.add(place, "range", "must be the number of an object, which is at least 1");
  } else if (!is_text(scalar)) {
    errors.add(place, "type", "must be an id (a string) or a number");
  } else if (scalar.text.empty()) {
    errors.add(place, "too_short", "must not be empty");
  } else if (check_text(scalar.text, rule, place, errors)) {
    target = {std::string(scalar.text), 0};
  }
}

}  // namespace

std::size_t most_items(const Rule& rule) {
  return rule.max_items == 0 ? 10'000 : rule.max_items;
}

bool check_text(std::string_view text, const Rule& rule, const Place& place, FieldErrors& errors) {
  if (text.find('\0') != std::string_view::npos) {
    errors.add(place, "invalid", "must not contain the character U+0000");
    return false;
  }
  if (rule.min_length > 0 || (rule.max_length > 0 && text.size() > rule.max_length)) {
    const std::size_t length = code_points(text);
    if (length < rule.min_length) {
      errors.add(place,
                 "too_short",
                 rule.min_length == 1
                     ? std::string("must not be empty")
                     : format("must have at least {} characters", rule.min_length));
      return false;
    }
    if (rule.max_length > 0 && length > rule.max_length) {
      errors.add(place, "too_long", format("must have at most {} characters", rule.max_length));
      return false;
    }
  }
  if (rule.max_bytes > 0 && text.size() > rule.max_bytes) {
    errors.add(place, "too_long", format("must have at most {} bytes", rule.max_bytes));
    return false;
  }
  if (rule.check != nullptr) {
    const char* const wrong = rule.check(text);
    if (wrong != nullptr && *wrong != '\0') {
      errors.add(place, "invalid", wrong);
      return false;
    }
  }
  return true;
}

void read_scalar(const Type& type,
                 const Rule& rule,
                 const Scalar& scalar,
                 Lenient lenient,
                 void* object,
                 const Place& place,
                 FieldErrors& errors) {
  switch (type.kind) {
    case gatehouse::Kind::Boolean:
      if (const auto value = as_boolean(scalar, lenient)) {
        *static_cast<bool*>(object) = *value;
      } else {
        errors.add(place, "type", "must be true or false");
      }
      return;
    case gatehouse::Kind::Integer:
      return read_integer(rule, scalar, object, place, errors);
    case gatehouse::Kind::Number:
      return read_number(rule, scalar, object, place, errors);
    case gatehouse::Kind::String:
      if (!is_text(scalar)) {
        errors.add(place, "type", "must be a string");
      } else if (check_text(scalar.text, rule, place, errors)) {
        static_cast<std::string*>(object)->assign(scalar.text);
      }
      return;
    case gatehouse::Kind::Time:
      return read_time(rule, scalar, object, place, errors);
    case gatehouse::Kind::IdOrNumber:
      return read_id_or_number(rule, scalar, object, place, errors);
    case gatehouse::Kind::Enum:
      return read_enum(type, scalar, object, place, errors);
    case gatehouse::Kind::Json:
    case gatehouse::Kind::Struct:
    case gatehouse::Kind::Array:
    case gatehouse::Kind::Optional:
    case gatehouse::Kind::Patch:
      errors.add(place, "type", "must not be nested here");
      return;
  }
}

}  // namespace gatehouse::body
