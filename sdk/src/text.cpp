// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include <utf8proc.h>

#include <gatehouse/text.hpp>

namespace gatehouse {

void FormatArgument::append_to(std::string& out) const {
  std::array<char, 32> digits{};
  switch (kind_) {
    case Kind::Text:
      out += text_;
      return;
    case Kind::Boolean:
      out += integer_ != 0 ? "true" : "false";
      return;
    case Kind::Integer: {
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), integer_);
      out.append(digits.data(), end.ptr);
      return;
    }
    case Kind::Number: {
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number_);
      out.append(digits.data(), end.ptr);
      return;
    }
  }
}

namespace detail {

std::string format_arguments(std::string_view pattern, std::span<const FormatArgument> arguments) {
  std::string out;
  out.reserve(pattern.size() + arguments.size() * 8);
  std::size_t next = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern.substr(i, 2) == "{}" && next < arguments.size()) {
      arguments[next++].append_to(out);
      ++i;
    } else {
      out += pattern[i];
    }
  }
  return out;
}

}  // namespace detail

bool is_utf8(std::string_view text) {
  constexpr std::uint64_t kBeyondAscii = 0x8080808080808080;
  for (std::size_t i = 0; i < text.size();) {
    // Most texts are ASCII: eight bytes at a time.
    std::uint64_t eight = kBeyondAscii;
    if (text.size() - i >= sizeof eight) std::memcpy(&eight, text.data() + i, sizeof eight);
    if ((eight & kBeyondAscii) == 0) {
      i += sizeof eight;
      continue;
    }
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    std::size_t tail = 0;
    unsigned char low = 0x80;  // bounds of the second byte (RFC 3629 section 4)
    unsigned char high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) {
      tail = 1;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      tail = 2;
      if (lead == 0xe0) low = 0xa0;
      if (lead == 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      tail = 3;
      if (lead == 0xf0) low = 0x90;
      if (lead == 0xf4) high = 0x8f;
    } else {
      return false;
    }
    if (text.size() - i <= tail) return false;
    for (std::size_t k = 1; k <= tail; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if (byte < low || byte > high) return false;
      low = 0x80;
      high = 0xbf;
    }
    i += tail + 1;
  }
  return true;
}

namespace {

std::string map_text(std::string_view text, utf8proc_option_t options) {
  if (text.empty()) return {};
  utf8proc_uint8_t* mapped = nullptr;
  const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()),
                                   &mapped,
                                   options);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(mapped, &std::free);
  if (length < 0) return {};
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)};
}

bool is_ascii(std::string_view text) {
  return std::all_of(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string fold(std::string_view text) {
  if (is_ascii(text)) {  // by far the most names; the same result without tables
    std::string folded(text);
    for (char& c : folded) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
  }
  // Folding can bring back what is not composed, so it is mapped until it stays.
  constexpr auto options = static_cast<utf8proc_option_t>(
      UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  return map_text(map_text(text, options), options);
}

std::string search_word(std::string_view word) {
  std::string key = fold(word);
  // Folding leaves U+200B out of every key.
  if (key.empty() || key.find('\0') != std::string::npos) key = "\u200b";
  return key;
}

namespace {

bool is_blank(utf8proc_int32_t c) {
  switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return (c >= 0x09 && c <= 0x0d) || c == 0x85;
  }
}

}  // namespace

std::vector<std::string> split_search(std::string_view text) {
  if (text.empty()) return {};
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(search_word(word));
    word.clear();
  };
  while (!text.empty()) {
    utf8proc_int32_t c = 0;
    const auto read = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()),
                                       &c);
    if (read <= 0) return {search_word("")};
    if (c == '"') {
      finish();
      quoted = !quoted;
    } else if (!quoted && is_blank(c)) {
      finish();
    } else {
      word += text.substr(0, static_cast<std::size_t>(read));
    }
    text.remove_prefix(static_cast<std::size_t>(read));
  }
  finish();
  if (words.empty()) words.push_back(search_word(""));
  return words;
}

std::string normalise(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  return map_text(text, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
}

bool is_visible_text(std::string_view text) {
  if (text.empty() || !is_utf8(text)) return false;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  bool first = true;
  bool blank = false;
  while (left > 0) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t read = utf8proc_iterate(bytes, left, &code_point);
    if (read <= 0) return false;
    const utf8proc_property_t* property = utf8proc_get_property(code_point);
    if (property->ignorable) return false;
    switch (property->category) {
      case UTF8PROC_CATEGORY_CN:
      case UTF8PROC_CATEGORY_CC:
      case UTF8PROC_CATEGORY_CF:
      case UTF8PROC_CATEGORY_CS:
      case UTF8PROC_CATEGORY_CO:
      case UTF8PROC_CATEGORY_ZL:
      case UTF8PROC_CATEGORY_ZP:
        return false;
      default:
        break;
    }
    blank = property->category == UTF8PROC_CATEGORY_ZS;
    if (blank && first) return false;
    first = false;
    bytes += read;
    left -= read;
  }
  return !blank;
}

void make_storable(std::string& text, std::size_t max_bytes) {
  if (!is_utf8(text) || text.find('\0') != std::string::npos) {
    for (char& c : text) {
      if (c == '\0' || static_cast<unsigned char>(c) >= 0x80) c = '?';
    }
  }
  if (text.size() <= max_bytes) return;
  // Not in the middle of a character.
  while (max_bytes > 0 && (static_cast<unsigned char>(text[max_bytes]) & 0xC0U) == 0x80U)
    --max_bytes;
  text.resize(max_bytes);
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80;
  }));
}

std::string_view did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  std::string_view best;
  // A long name may not be mended into another one altogether.
  std::size_t best_distance = std::min<std::size_t>(word.size() / 3 + 2, 4);
  for (const std::string& candidate : candidates) {
    std::vector<std::size_t> row(candidate.size() + 1);
    for (std::size_t k = 0; k < row.size(); ++k) row[k] = k;
    for (std::size_t i = 0; i < word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i + 1;
      for (std::size_t k = 0; k < candidate.size(); ++k) {
        const std::size_t substituted = diagonal + (word[i] == candidate[k] ? 0 : 1);
        diagonal = row[k + 1];
        row[k + 1] = std::min({row[k] + 1, row[k + 1] + 1, substituted});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace gatehouse
