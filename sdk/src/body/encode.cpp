// Described objects into JSON. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <vector>

#include <gatehouse/body.hpp>
#include <gatehouse/digest.hpp>
#include <gatehouse/text.hpp>

#include "body/fields.hpp"
#include "body/time_form.hpp"
#include "body/write.hpp"

namespace gatehouse {

namespace body {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// How many bytes from `at` are one well-formed character; 0: none.
std::size_t character_at(std::string_view text, std::size_t at) {
  for (std::size_t length = 1; length <= 4 && at + length <= text.size(); ++length) {
    if (is_utf8(text.substr(at, length))) return length;
  }
  return 0;
}

void append_escaped(std::string_view text, bool well_formed, std::string& out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::size_t plain = 0;  // where the bytes begin that have not been written
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') continue;
    if (c >= 0x80) {
      if (well_formed) continue;
      const std::size_t length = character_at(text, i);
      if (length > 0) {
        i += length - 1;
        continue;
      }
    }
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (c >= 0x80) {
          out += kReplacement;
        } else {
          out += "\\u00";
          out += kHex[c >> 4];
          out += kHex[c & 15];
        }
    }
  }
  out.append(text, plain, text.size() - plain);
}

// What is composed by a plugin is its word, but a document that is no UTF-8 is no JSON for anybody.
void append_raw(std::string_view json, std::string& out) {
  if (is_utf8(json)) {
    out += json;
    return;
  }
  for (std::size_t i = 0; i < json.size();) {
    const std::size_t length = character_at(json, i);
    out += length > 0 ? json.substr(i, length) : kReplacement;
    i += length > 0 ? length : 1;
  }
}

// Where in the text those fields stand that are outside the ETag; null: nobody asks.
struct Range {
  std::size_t begin;
  std::size_t end;
};
using Outside = std::vector<Range>;

void write(const Type& type, const Rule& rule, void* object, Outside* outside, std::string& out);

// Absent members of a merge-patch are not written, nor are nulls that the rule leaves out.
bool is_left_out(const Field& field, void* member) {
  const Type& type = *field.type;
  if (type.kind == Kind::Patch && !type.present(member)) return true;
  if (!field.rule->omit_null) return false;
  if (type.kind == Kind::Patch || type.kind == Kind::Optional)
    return type.inside(member) == nullptr;
  return type.kind == Kind::Json && static_cast<const RawJson*>(member)->text == "null";
}

// A member that is outside takes a comma with it, so that it does not matter whether it is there.
void write_struct(const Type& type, void* object, Outside* outside, std::string& out) {
  char separator = '{';
  bool all_outside = true;  // so far
  for (std::uint32_t i = 0; i < type.field_count; ++i) {
    const Field& field = field_at(type, i);
    void* const member = field.member(object);
    if (is_left_out(field, member)) continue;
    const bool is_outside = outside != nullptr && is_outside_etag(field);
    const std::size_t begin = out.size() + (separator == '{' ? 1 : 0);
    out += separator;
    if (outside != nullptr && !is_outside && all_outside && separator == ',') {
      outside->push_back({begin, out.size()});
    }
    all_outside = all_outside && is_outside;
    separator = ',';
    out += '"';
    out += wire_name(field);
    out += "\":";
    write(*field.type, *field.rule, member, is_outside ? nullptr : outside, out);
    if (is_outside) outside->push_back({begin, out.size()});
  }
  if (separator == '{') out += '{';
  out += '}';
}

void write_enum(const Type& type, const void* object, std::string& out) {
  const std::int64_t value = type.enum_load(object);
  for (std::uint32_t i = 0; i < type.name_count; ++i) {
    if (type.names[i].value == value) return append_string(type.names[i].name, out);
  }
  throw std::logic_error(format("{} is no enumerator of {}", value, type.name));
}

void append_integer(std::int64_t value, std::string& out) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), end.ptr);
}

void write(const Type& type, const Rule& rule, void* object, Outside* outside, std::string& out) {
  switch (type.kind) {
    case Kind::Boolean:
      out += *static_cast<const bool*>(object) ? "true" : "false";
      return;
    case Kind::Integer:
      return append_integer(*static_cast<const std::int64_t*>(object), out);
    case Kind::Number:
      return append_number(*static_cast<const double*>(object), out);
    case Kind::String:
      return append_string(*static_cast<const std::string*>(object), out);
    case Kind::Time:
      return append_time(*static_cast<const Time*>(object), rule.time, out);
    case Kind::Json:
      return append_raw(static_cast<const RawJson*>(object)->text, out);
    case Kind::IdOrNumber: {
      const auto& name = *static_cast<const IdOrNumber*>(object);
      if (name.id.empty()) return append_integer(name.number, out);
      return append_string(name.id, out);
    }
    case Kind::Enum:
      return write_enum(type, object, out);
    case Kind::Struct:
      return write_struct(type, object, outside, out);
    case Kind::Array: {
      out += '[';
      const std::size_t count = type.count(object);
      for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += ',';
        write(*type.element, rule, type.at(object, i), outside, out);
      }
      out += ']';
      return;
    }
    case Kind::Optional:
    case Kind::Patch:
      if (void* const inside = type.inside(object)) {
        return write(*type.element, rule, inside, outside, out);
      }
      out += "null";
      return;
  }
}

}  // namespace

void append_string(std::string_view text, std::string& out) {
  out += '"';
  append_escaped(text, is_utf8(text), out);
  out += '"';
}

void append_number(double number, std::string& out) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end.ptr);
}

}  // namespace body

void encode(const Type& type, const void* object, std::string& out) {
  static constexpr Rule kNoRule;
  // The table's functions give access for reading and writing alike; this only reads.
  body::write(type, kNoRule, const_cast<void*>(object), nullptr, out);
}

std::string encode_tagged(const Type& type, const void* object, std::string& out) {
  static constexpr Rule kNoRule;
  const std::size_t begin = out.size();
  body::Outside outside;
  body::write(type, kNoRule, const_cast<void*>(object), &outside, out);
  Blake2b128 digest{};
  if (outside.empty()) {
    digest = blake2b_128(std::string_view(out).substr(begin));
  } else {
    std::string inside;
    inside.reserve(out.size() - begin);
    std::size_t at = begin;
    for (const body::Range& range : outside) {
      inside.append(out, at, range.begin - at);
      at = range.end;
    }
    inside.append(out, at);
    digest = blake2b_128(inside);
  }
  // 128 bits: two states of one object never meet by chance, and a tag guards nothing else.
  return '"' + base64url_encode({reinterpret_cast<const char*>(digest.data()), digest.size()}) +
         '"';
}

std::string entity_tag(const Type& type, const void* object) {
  std::string text;
  return encode_tagged(type, object, text);
}

}  // namespace gatehouse
