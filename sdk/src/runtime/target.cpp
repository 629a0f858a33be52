// SPDX-License-Identifier: Apache-2.0
#include "runtime/target.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>

#include <gatehouse/text.hpp>

namespace gatehouse::runtime {
namespace {

constexpr std::size_t kMaxSegments = 64;
constexpr std::size_t kMaxParameters = 256;

enum class Plus : std::uint8_t { IsPlus, IsBlank };

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Nothing for a broken "%", control characters and text that is not UTF-8.
std::optional<std::string> decode(std::string_view text, Plus plus) {
  // Nearly all texts are plain.
  const bool plain = std::all_of(text.begin(), text.end(), [plus](char c) {
    return c >= 0x20 && c < 0x7f && c != '%' && (c != '+' || plus == Plus::IsPlus);
  });
  if (plain) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus == Plus::IsBlank) {
      c = ' ';
    } else if (c == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    out += c;
  }
  const bool controls = std::any_of(out.begin(), out.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0 || byte == 0x7f ||
           (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r');
  });
  if (controls || !is_utf8(out)) return std::nullopt;
  return out;
}

bool has_line_break(std::string_view text) {
  return text.find_first_of("\t\r\n") != text.npos;
}

Error bad_path(std::string_view why) {
  return malformed("bad_target", "The path of the request {}.", why);
}

// What could be read before an Error is in `segments` all the same.
Result<None> split_path(std::string_view path, std::vector<std::string>& segments) {
  if (path.empty() || path.front() != '/') return bad_path("does not begin with a slash");
  path.remove_prefix(1);
  segments.reserve(4);
  for (;;) {
    const std::size_t slash = path.find('/');
    const std::string_view raw = path.substr(0, slash);
    auto segment = decode(raw, Plus::IsPlus);
    if (!segment || has_line_break(*segment)) return bad_path("is not percent-encoded UTF-8 text");
    if (segment->find('/') != segment->npos) return bad_path("has an encoded slash in a segment");
    if (*segment == "." || *segment == "..") return bad_path("has a dot segment");
    if (segment->empty() && slash != path.npos) return bad_path("has an empty segment");
    if (segments.size() == kMaxSegments) return bad_path("has too many segments");
    segments.push_back(*std::move(segment));
    if (slash == path.npos) return None{};
    path.remove_prefix(slash + 1);
  }
}

Result<std::vector<std::pair<std::string, std::string>>> split_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == query.npos ? query.size() : end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    auto name = decode(pair.substr(0, equals), Plus::IsBlank);
    auto value =
        decode(equals == pair.npos ? std::string_view() : pair.substr(equals + 1), Plus::IsBlank);
    if (!name || !value) {
      return malformed("bad_target", "The query of the request is not percent-encoded UTF-8 text.");
    }
    if (parameters.size() == kMaxParameters) {
      return malformed("bad_target", "The query has more than {} parameters.", kMaxParameters);
    }
    parameters.emplace_back(*std::move(name), *std::move(value));
  }
  return parameters;
}

}  // namespace

std::vector<std::string> path_segments(std::string_view target) {
  std::vector<std::string> segments;
  std::ignore = split_path(target.substr(0, target.find('?')), segments);
  return segments;
}

Result<Target> parse_target(std::string_view target) {
  const std::size_t mark = target.find('?');
  Target parsed;
  parsed.path = target.substr(0, mark);
  if (mark != target.npos) parsed.query = target.substr(mark + 1);
  GATEHOUSE_CHECK(split_path(parsed.path, parsed.segments));
  GATEHOUSE_TRY(parsed.parameters, split_query(parsed.query));
  return parsed;
}

}  // namespace gatehouse::runtime
