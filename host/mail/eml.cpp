// SPDX-License-Identifier: Apache-2.0
#include "host/mail/eml.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <gatehouse/digest.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::host {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::string two_digits(unsigned value) {
  return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
}

// "Sat, 21 Nov 2026 22:04:05 +0000"
std::string date_of(Time time) {
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return format("{}, {} {} {} {}:{}:{} +0000",
                kDays[std::chrono::weekday(day).c_encoding()],
                two_digits(static_cast<unsigned>(date.day())),
                kMonths[static_cast<unsigned>(date.month()) - 1],
                static_cast<int>(date.year()),
                two_digits(static_cast<unsigned>(clock.hours().count())),
                two_digits(static_cast<unsigned>(clock.minutes().count())),
                two_digits(static_cast<unsigned>(clock.seconds().count())));
}

// As it is while it is short ASCII that reads as nothing else; otherwise encoded words (RFC 2047),
// each on a line of its own and none of them long.
std::string subject_of(std::string_view subject) {
  constexpr std::size_t kShort = 66;       // a line with its name stays below 76
  constexpr std::size_t kBytesAWord = 39;  // 52 characters of base64: the first line has 73
  const bool is_plain =
      subject.size() <= kShort && subject.find("=?") == subject.npos && !subject.starts_with(' ') &&
      !subject.ends_with(' ') &&
      std::all_of(subject.begin(), subject.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (is_plain) return std::string(subject);
  std::string encoded;
  while (!subject.empty()) {
    std::size_t length = std::min(kBytesAWord, subject.size());
    while (length < subject.size() && is_continuation(subject[length])) --length;
    if (!encoded.empty()) encoded += "\r\n ";
    encoded.append("=?UTF-8?B?").append(base64_encode(subject.substr(0, length))).append("?=");
    subject.remove_prefix(length);
  }
  return encoded;
}

// RFC 2045 section 6.7. Lines end as mail's do, whether the text has "\n" or "\r\n".
std::string quoted_printable(std::string_view text) {
  constexpr std::size_t kLongest = 75;  // and "=" at the end of a line that goes on
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n' ||
                           (text[i + 1] == '\r' && i + 2 < text.size() && text[i + 2] == '\n');
    if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    std::string shown(1, c);
    const bool is_blank = c == ' ' || c == '\t';
    if (c == '=' || (is_blank && ends_line) || (!is_blank && (c < 0x21 || c > 0x7e))) {
      const auto byte = static_cast<unsigned char>(c);
      shown = {'=', kHex[byte >> 4], kHex[byte & 15]};
    }
    if (column + shown.size() > kLongest) {
      out += "=\r\n";
      column = 0;
    }
    out += shown;
    column += shown.size();
  }
  if (column > 0) out += "\r\n";
  return out;
}

}  // namespace

std::string write_eml(const Letter& letter, std::string_view from) {
  std::string text;
  const auto header = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
  };
  header("Date", date_of(letter.written_at));
  header("From", from);
  header("To", letter.message.to);
  header("Subject", subject_of(letter.message.subject));
  header("Message-ID", format("<{}{}>", letter.id, from.substr(from.find('@'))));
  header("Auto-Submitted", "auto-generated");
  header("MIME-Version", "1.0");
  header("Content-Type", "text/plain; charset=utf-8");
  header("Content-Transfer-Encoding", "quoted-printable");
  return text + "\r\n" + quoted_printable(letter.message.text);
}

}  // namespace gatehouse::host
