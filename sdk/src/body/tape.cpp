// The only file that knows Boost.JSON: of it, only the parser, which is compiled in here.
// SPDX-License-Identifier: Apache-2.0
#include "body/tape.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/detail/impl/default_resource.ipp>
#include <boost/json/detail/impl/except.ipp>
#include <boost/json/detail/impl/stack.ipp>
#include <boost/json/impl/error.ipp>

namespace gatehouse::body {

namespace {

// Whether a number that no double holds is below 1: by its first digit that is not zero and its
// exponent.
bool is_tiny(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::string_view mantissa = text.substr(0, text.find_first_of("eE"));
  std::string_view exponent_text = text.substr(std::min(text.size(), mantissa.size() + 1));
  if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
  std::int64_t exponent = 0;  // the parser has refused what exceeds an int
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return true;
  const auto magnitude = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  return magnitude + exponent < 0;
}

}  // namespace

// The document is parsed in one piece, so numbers arrive with their whole text. Their values are
// read from it again: the parser's doubles are inexact, and 1e400 would be infinity.
struct TapeHandler {
  static constexpr std::size_t max_object_size = 10'000;
  static constexpr std::size_t max_array_size = 100'000;
  static constexpr std::size_t max_key_size = 4'096;
  static constexpr std::size_t max_string_size = std::numeric_limits<std::uint32_t>::max();

  using ErrorCode = boost::json::error_code;
  using Text = boost::json::string_view;

  Tape& tape;
  std::vector<std::uint32_t> open{};     // indexes of the arrays and objects around
  std::size_t part = std::string::npos;  // where the parts of a string with escapes began

  explicit TapeHandler(Tape& target) : tape(target) {}

  Node& push(NodeKind kind) {
    Node& node = tape.nodes_.emplace_back();
    node.kind = kind;
    node.next = static_cast<std::uint32_t>(tape.nodes_.size());
    return node;
  }
  bool push_open(NodeKind kind) {
    open.push_back(static_cast<std::uint32_t>(tape.nodes_.size()));
    push(kind);
    return true;
  }
  bool close(std::size_t count) {
    Node& node = tape.nodes_[open.back()];
    node.count = static_cast<std::uint32_t>(count);
    node.next = static_cast<std::uint32_t>(tape.nodes_.size());
    open.pop_back();
    return true;
  }
  bool push_part(Text text) {
    if (part == std::string::npos) part = tape.buffer_.size();
    tape.buffer_.append(text.data(), text.size());
    return true;
  }
  bool push_string(Text text) {
    Node& node = push(NodeKind::String);
    const std::string_view document = tape.document_;
    const bool inside = text.data() >= document.data() &&
                        text.data() + text.size() <= document.data() + document.size();
    if (part == std::string::npos && inside) {
      node.begin = static_cast<std::uint32_t>(text.data() - document.data());
      node.length = static_cast<std::uint32_t>(text.size());
    } else {
      push_part(text);
      node.unescaped = true;
      node.begin = static_cast<std::uint32_t>(part);
      node.length = static_cast<std::uint32_t>(tape.buffer_.size() - part);
      part = std::string::npos;
    }
    return true;
  }
  Node& push_number(NodeKind kind, Text text) {
    Node& node = push(kind);
    node.begin = static_cast<std::uint32_t>(text.data() - tape.document_.data());
    node.length = static_cast<std::uint32_t>(text.size());
    return node;
  }

  bool on_document_begin(ErrorCode&) { return true; }
  bool on_document_end(ErrorCode&) { return true; }
  bool on_array_begin(ErrorCode&) { return push_open(NodeKind::Array); }
  bool on_array_end(std::size_t count, ErrorCode&) { return close(count); }
  bool on_object_begin(ErrorCode&) { return push_open(NodeKind::Object); }
  bool on_object_end(std::size_t count, ErrorCode&) { return close(count); }
  bool on_string_part(Text text, std::size_t, ErrorCode&) { return push_part(text); }
  bool on_string(Text text, std::size_t, ErrorCode&) { return push_string(text); }
  bool on_key_part(Text text, std::size_t, ErrorCode&) { return push_part(text); }
  bool on_key(Text text, std::size_t, ErrorCode&) { return push_string(text); }
  bool on_number_part(Text, ErrorCode&) { return true; }
  bool on_int64(std::int64_t value, Text text, ErrorCode&) {
    push_number(NodeKind::Integer, text).integer = value;
    return true;
  }
  bool on_uint64(std::uint64_t value, Text text, ErrorCode&) {
    push_number(NodeKind::Number, text).number = static_cast<double>(value);
    return true;
  }
  bool on_double(double, Text text, ErrorCode&) {
    Node& node = push_number(NodeKind::Number, text);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), node.number);
    if (read.ec == std::errc::result_out_of_range) {
      // Too small for a double is as good as zero; too large is not as good as anything.
      node.number = 0;
      if (!is_tiny({text.data(), text.size()})) node.kind = NodeKind::Huge;
    }
    return true;
  }
  bool on_bool(bool value, ErrorCode&) {
    push(value ? NodeKind::True : NodeKind::False);
    return true;
  }
  bool on_null(ErrorCode&) {
    push(NodeKind::Null);
    return true;
  }
  bool on_comment_part(Text, ErrorCode&) { return true; }
  bool on_comment(Text, ErrorCode&) { return true; }
};

namespace {

const char* reason(const boost::json::error_code& code) {
  using boost::json::error;
  if (code == error::too_deep) return "is nested more than 32 levels deep";
  if (code == error::array_too_large) return "has an array of more than 100000 elements";
  if (code == error::object_too_large) return "has an object of more than 10000 members";
  if (code == error::key_too_large) return "has a member name of more than 4096 bytes";
  if (code == error::incomplete) return "ends in the middle of a JSON value";
  if (code == error::exponent_overflow) return "has a number with an absurd exponent";
  if (code == error::illegal_leading_surrogate || code == error::illegal_trailing_surrogate ||
      code == error::expected_utf16_escape) {
    return "has half of a surrogate pair in a string";
  }
  return "is not valid JSON (RFC 8259) in UTF-8";
}

}  // namespace

std::optional<ParseError> Tape::parse(std::string_view document) {
  if (document.size() >= std::numeric_limits<std::uint32_t>::max()) {
    return ParseError{0, "is larger than 4 GiB"};
  }
  document_ = document;
  buffer_.clear();
  nodes_.clear();
  nodes_.reserve(document.size() / 16 + 8);
  boost::json::parse_options options;
  options.max_depth = 32;
  boost::json::basic_parser<TapeHandler> parser(options, *this);
  boost::json::error_code code;
  const std::size_t used = parser.write_some(false, document.data(), document.size(), code);
  if (code) return ParseError{used, reason(code)};
  if (used < document.size()) return ParseError{used, "goes on after its JSON value"};
  return std::nullopt;
}

}  // namespace gatehouse::body
