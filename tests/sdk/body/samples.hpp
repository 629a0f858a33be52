// The structs that the tests of bodies read and write: every kind of field, every rule.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <gatehouse/body.hpp>

namespace samples {

using gatehouse::field;
using gatehouse::Of;

enum class Colour { Yellow, DarkGreen, Blue };
BOOST_DESCRIBE_ENUM(Colour, Yellow, DarkGreen, Blue)
constexpr auto names(Of<Colour>) {
  return std::array{gatehouse::named(Colour::Yellow, "yellow"),
                    gatehouse::named(Colour::DarkGreen, "dark-green"),
                    gatehouse::named(Colour::Blue, "blue")};
}

struct Address {
  std::string street;
  std::optional<std::string> country;
};
BOOST_DESCRIBE_STRUCT(Address, (), (street, country))
constexpr auto rules(Of<Address>) {
  return std::tuple{field(&Address::country, {.min_length = 2, .max_length = 2})};
}

constexpr const char* check_no_colon(std::string_view text) {
  return text.find(':') == std::string_view::npos ? "" : "must not contain a colon";
}

struct NewNote {
  std::string text;
  Colour colour = Colour::Yellow;
  bool pinned = false;
  std::vector<std::string> labels;
  std::optional<std::int64_t> rank;
  std::optional<Address> address;
  std::vector<Address> copies;
};
BOOST_DESCRIBE_STRUCT(NewNote, (), (text, colour, pinned, labels, rank, address, copies))
constexpr auto rules(Of<NewNote>) {
  return std::tuple{
      field(&NewNote::text,
            {.text = "What the note says.",
             .example = "\"Buy milk\"",
             .min_length = 1,
             .max_length = 4,
             .pattern = "^[^:]*$",
             .check = &check_no_colon}),
      field(&NewNote::colour, {.optional = true}),
      field(&NewNote::pinned, {.optional = true}),
      field(&NewNote::labels, {.optional = true, .min_length = 1, .max_length = 8, .max_items = 3}),
      field(&NewNote::rank, {.has_minimum = true, .minimum = 1, .maximum = 9}),
      field(&NewNote::copies, {.optional = true})};
}

struct NotePatch {
  gatehouse::Patch<std::string> text;
  gatehouse::Patch<Colour> colour;
  gatehouse::Patch<std::vector<std::string>> labels;
};
BOOST_DESCRIBE_STRUCT(NotePatch, (), (text, colour, labels))

struct Numbers {
  std::int64_t whole = 0;
  double real = 0;
};
BOOST_DESCRIBE_STRUCT(Numbers, (), (whole, real))

struct Flag {
  bool on = false;
};
BOOST_DESCRIBE_STRUCT(Flag, (), (on))

struct Text {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Text, (), (text))

struct Raw {
  gatehouse::RawJson value;
};
BOOST_DESCRIBE_STRUCT(Raw, (), (value))
constexpr auto rules(Of<Raw>) {
  return std::tuple{field(&Raw::value, {.max_bytes = 40})};
}

struct Reference {
  gatehouse::IdOrNumber account;
};
BOOST_DESCRIBE_STRUCT(Reference, (), (account))

struct Times {
  std::optional<gatehouse::Time> rfc;
  std::optional<gatehouse::Time> iso;
  std::optional<gatehouse::Time> http;
  std::optional<gatehouse::Time> epoch;
};
BOOST_DESCRIBE_STRUCT(Times, (), (rfc, iso, http, epoch))
constexpr auto rules(Of<Times>) {
  using gatehouse::TimeForm;
  return std::tuple{field(&Times::rfc, {.omit_null = true}),
                    field(&Times::iso, {.omit_null = true, .time = TimeForm::IsoMicroseconds}),
                    field(&Times::http, {.omit_null = true, .time = TimeForm::HttpDate}),
                    field(&Times::epoch, {.omit_null = true, .time = TimeForm::EpochSeconds})};
}

struct Tree {
  std::string name;
  std::vector<Tree> children;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (name, children))

struct Base {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(Base, (), (id))
constexpr auto rules(Of<Base>) {
  return std::tuple{field(&Base::id, {.has_minimum = true, .minimum = 1, .maximum = 1000})};
}
struct Derived : Base {
  std::string account_admin;
};
BOOST_DESCRIBE_STRUCT(Derived, (Base), (account_admin))
constexpr auto rules(Of<Derived>) {
  return std::tuple{field(&Derived::account_admin, {.name = "account-admin"})};
}

struct Words {
  std::vector<std::string> words;
};
BOOST_DESCRIBE_STRUCT(Words, (), (words))

struct Defaults {
  std::vector<std::string> clearances{"WHITE"};
};
BOOST_DESCRIBE_STRUCT(Defaults, (), (clearances))
constexpr auto rules(Of<Defaults>) {
  return std::tuple{field(&Defaults::clearances, {.optional = true})};
}

struct Filter {
  std::optional<std::int64_t> limit;
  std::vector<std::string> role;
  std::optional<Colour> colour;
  bool active = true;
};
BOOST_DESCRIBE_STRUCT(Filter, (), (limit, role, colour, active))
constexpr auto rules(Of<Filter>) {
  return std::tuple{field(&Filter::limit, {.has_minimum = true, .minimum = 1, .maximum = 1000}),
                    field(&Filter::role, {.optional = true, .max_items = 2}),
                    field(&Filter::active, {.optional = true})};
}

// "pointer code" of every field error, or "400 reason", or "ok".
template <class T>
std::string verdict(const gatehouse::Result<T>& result) {
  if (result) return "ok";
  if (result.error().code == gatehouse::ErrorCode::Malformed) return "400 " + result.error().reason;
  std::string text;
  for (const auto& one : result.error().fields) {
    if (!text.empty()) text += ", ";
    text += one.pointer + " " + one.code;
  }
  return text;
}

}  // namespace samples
