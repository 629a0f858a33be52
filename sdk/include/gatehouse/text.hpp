// Text without surprises: a small "{}" formatter, UTF-8 checks and the case folding by which names
// are compared. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/export.hpp>

namespace gatehouse {

// One argument of format(): text, an integer, a number or a word for a truth. Borrows its text.
class FormatArgument {
 public:
  template <std::convertible_to<std::string_view> T>
  FormatArgument(const T& text) : kind_(Kind::Text), text_(text) {}
  FormatArgument(bool value) : kind_(Kind::Boolean), integer_(value ? 1 : 0) {}
  template <std::integral T>
  FormatArgument(T value) : kind_(Kind::Integer), integer_(static_cast<std::int64_t>(value)) {}
  template <std::floating_point T>
  FormatArgument(T value) : kind_(Kind::Number), number_(static_cast<double>(value)) {}

  GATEHOUSE_API void append_to(std::string& out) const;

 private:
  enum class Kind : std::uint8_t { Text, Boolean, Integer, Number };
  Kind kind_;
  std::string_view text_;
  std::int64_t integer_ = 0;
  double number_ = 0;
};

namespace detail {
GATEHOUSE_API std::string format_arguments(std::string_view pattern,
                                           std::span<const FormatArgument> arguments);
}

// Puts the arguments, in order, where `pattern` has "{}". Surplus arguments are left out, a surplus
// "{}" stays as it is: a message must never be the reason for a second failure.
template <class... A>
std::string format(std::string_view pattern, const A&... arguments) {
  const std::array<FormatArgument, sizeof...(A)> list{FormatArgument(arguments)...};
  return detail::format_arguments(pattern, list);
}

// Whether `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). NUL is allowed.
GATEHOUSE_API bool is_utf8(std::string_view text);

// NFKC with case folded (Unicode 3.13, as utf8proc implements it): "Straße" and "STRASSE" give the
// same key. Names are unique by it, and searches compare it. Empty for text that is not UTF-8.
GATEHOUSE_API std::string fold(std::string_view text);

// What a search for `word` looks for in keys that fold() has made: the folded word, or what no key
// holds where nothing is left of it.
GATEHOUSE_API std::string search_word(std::string_view word);

// The words of a search, each as search_word() makes it: separated by blanks (Unicode's
// White_Space), a pair of quotes makes one word of what is between. Only empty text has no words;
// what is all blanks, or not UTF-8, becomes one that occurs nowhere.
GATEHOUSE_API std::vector<std::string> split_search(std::string_view text);

// NFC, the form in which names are stored and shown. Empty for text that is not UTF-8.
GATEHOUSE_API std::string normalise(std::string_view text);

// Whether `text` is fit to be a name that people tell apart by sight: well-formed, not empty,
// without blanks around it, and without code points that are invisible, control, turn the writing
// direction, or stand for nothing (control, format, private use, unassigned, line ends,
// default-ignorable).
GATEHOUSE_API bool is_visible_text(std::string_view text);

// Makes text that a stranger chose fit to be stored and shown: UTF-8 without NUL, of at most
// `max_bytes`, cut between characters. What is neither has "?" for NUL and each byte above 0x7f.
GATEHOUSE_API void make_storable(std::string& text, std::size_t max_bytes);

// How many code points well-formed UTF-8 has.
GATEHOUSE_API std::size_t count_code_points(std::string_view text);

// The candidate nearest to `word` by edits, or "" when none is near enough to be meant.
GATEHOUSE_API std::string_view did_you_mean(std::string_view word,
                                            std::span<const std::string> candidates);

}  // namespace gatehouse
