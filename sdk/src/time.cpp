// Reading and writing times. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include <gatehouse/time.hpp>

#include "body/time_form.hpp"

namespace gatehouse {

namespace {

using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// The years that four digits can write.
constexpr Time kFirst{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}};
constexpr Time kLast{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1} - microseconds{1}};

struct Civil {
  std::chrono::year_month_day date;
  unsigned weekday;
  unsigned hour;
  unsigned minute;
  unsigned second;
  unsigned microsecond;
};

Civil civil(Time time) {
  time = std::clamp(time, kFirst, kLast);
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::hh_mm_ss clock(time - day);
  return {day,
          std::chrono::weekday(day).c_encoding(),
          static_cast<unsigned>(clock.hours().count()),
          static_cast<unsigned>(clock.minutes().count()),
          static_cast<unsigned>(clock.seconds().count()),
          static_cast<unsigned>(clock.subseconds().count())};
}

void append_digits(std::string& out, unsigned value, std::size_t width) {
  const std::size_t begin = out.size();
  out.append(width, '0');
  for (std::size_t i = begin + width; i > begin && value > 0; value /= 10) {
    out[--i] = static_cast<char>('0' + value % 10);
  }
}

void append_date_time(std::string& out, const Civil& parts) {
  append_digits(out, static_cast<unsigned>(static_cast<int>(parts.date.year())), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(parts.date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(parts.date.day()), 2);
  out += 'T';
  append_digits(out, parts.hour, 2);
  out += ':';
  append_digits(out, parts.minute, 2);
  out += ':';
  append_digits(out, parts.second, 2);
}

// Reads from the front of a text; once something did not fit, nothing does.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  unsigned digits(std::size_t width) {
    unsigned value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (!at_digit()) return fail();
      value = value * 10 + static_cast<unsigned>(rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  void expect(std::string_view text) {
    if (!rest_.starts_with(text)) {
      fail();
      return;
    }
    rest_.remove_prefix(text.size());
  }
  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  template <std::size_t N>
  unsigned word(const std::array<std::string_view, N>& words) {
    for (unsigned i = 0; i < N; ++i) {
      if (rest_.starts_with(words[i])) {
        rest_.remove_prefix(words[i].size());
        return i;
      }
    }
    return fail();
  }
  bool at_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  bool at_end() const { return !failed_ && rest_.empty(); }
  unsigned fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

std::optional<Time> assemble(
    unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute, unsigned second) {
  const std::chrono::year_month_day date{
      std::chrono::year{static_cast<int>(year)}, std::chrono::month{month}, std::chrono::day{day}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return Time{std::chrono::sys_days{date}} +
         seconds{static_cast<std::int64_t>(hour) * 3600 + minute * 60 + second};
}

enum class Zone { Required, Optional };

std::optional<Time> parse_iso(std::string_view text, Zone zone) {
  Reader reader(text);
  const unsigned year = reader.digits(4);
  reader.expect("-");
  const unsigned month = reader.digits(2);
  reader.expect("-");
  const unsigned day = reader.digits(2);
  if (!reader.take("Tt")) return std::nullopt;
  const unsigned hour = reader.digits(2);
  reader.expect(":");
  const unsigned minute = reader.digits(2);
  reader.expect(":");
  const unsigned second = reader.digits(2);
  std::int64_t fraction = 0;
  if (reader.take(".")) {
    std::size_t count = 0;
    for (std::int64_t unit = 100'000; reader.at_digit(); unit /= 10, ++count) {
      fraction += unit * reader.digits(1);
    }
    if (count == 0 || count > 9) return std::nullopt;
  }
  std::int64_t offset_minutes = 0;
  if (!reader.take("Zz") && !(zone == Zone::Optional && reader.at_end())) {
    const bool west = reader.take("-");
    if (!west) reader.expect("+");
    const unsigned hours = reader.digits(2);
    reader.expect(":");
    const unsigned minutes = reader.digits(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset_minutes = (west ? -1 : 1) * static_cast<std::int64_t>(hours * 60 + minutes);
  }
  if (!reader.at_end()) return std::nullopt;
  auto time = assemble(year, month, day, hour, minute, second);
  if (!time) return std::nullopt;
  *time += microseconds{fraction} - std::chrono::minutes{offset_minutes};
  if (*time < kFirst || *time > kLast) return std::nullopt;
  return time;
}

// IMF-fixdate (RFC 9110 section 5.6.7). The day of the week must be a word, not the right one.
std::optional<Time> parse_http_date(std::string_view text) {
  Reader reader(text);
  reader.word(kDays);
  reader.expect(", ");
  const unsigned day = reader.digits(2);
  reader.expect(" ");
  const unsigned month = reader.word(kMonths) + 1;
  reader.expect(" ");
  const unsigned year = reader.digits(4);
  reader.expect(" ");
  const unsigned hour = reader.digits(2);
  reader.expect(":");
  const unsigned minute = reader.digits(2);
  reader.expect(":");
  const unsigned second = reader.digits(2);
  reader.expect(" GMT");
  if (!reader.at_end()) return std::nullopt;
  return assemble(year, month, day, hour, minute, second);
}

}  // namespace

std::string to_rfc3339(Time time) {
  const Civil parts = civil(time);
  std::string out;
  append_date_time(out, parts);
  out += '.';
  append_digits(out, parts.microsecond / 1000, 3);
  out += 'Z';
  return out;
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  return parse_iso(text, Zone::Required);
}

namespace body {

void append_time(Time time, TimeForm form, std::string& out) {
  const Civil parts = civil(time);
  switch (form) {
    case TimeForm::EpochSeconds:
      out += std::to_string(std::chrono::floor<seconds>(time).time_since_epoch().count());
      return;
    case TimeForm::Rfc3339Milliseconds:
      out += '"';
      append_date_time(out, parts);
      out += '.';
      append_digits(out, parts.microsecond / 1000, 3);
      out += "Z\"";
      return;
    case TimeForm::IsoMicroseconds:
      out += '"';
      append_date_time(out, parts);
      out += '.';
      append_digits(out, parts.microsecond, 6);
      out += '"';
      return;
    case TimeForm::HttpDate:
      out += '"';
      out += kDays[parts.weekday];
      out += ", ";
      append_digits(out, static_cast<unsigned>(parts.date.day()), 2);
      out += ' ';
      out += kMonths[static_cast<unsigned>(parts.date.month()) - 1];
      out += ' ';
      append_digits(out, static_cast<unsigned>(static_cast<int>(parts.date.year())), 4);
      out += ' ';
      append_digits(out, parts.hour, 2);
      out += ':';
      append_digits(out, parts.minute, 2);
      out += ':';
      append_digits(out, parts.second, 2);
      out += " GMT\"";
      return;
  }
}

std::optional<Time> parse_time(std::string_view text, TimeForm form) {
  switch (form) {
    case TimeForm::Rfc3339Milliseconds:
      return parse_rfc3339(text);
    case TimeForm::IsoMicroseconds:
      return parse_iso(text, Zone::Optional);
    case TimeForm::HttpDate:
      return parse_http_date(text);
    case TimeForm::EpochSeconds:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Time> time_from_epoch(std::int64_t count) {
  constexpr auto kFirstSecond = std::chrono::floor<seconds>(kFirst).time_since_epoch().count();
  constexpr auto kLastSecond = std::chrono::floor<seconds>(kLast).time_since_epoch().count();
  if (count < kFirstSecond || count > kLastSecond) return std::nullopt;
  return Time{seconds{count}};
}

const char* describe_time(TimeForm form) {
  switch (form) {
    case TimeForm::Rfc3339Milliseconds:
      return "must be a time like 2026-11-21T17:10:47.169Z (RFC 3339)";
    case TimeForm::IsoMicroseconds:
      return "must be a time like 2026-11-21T17:10:47.169000 (ISO 8601)";
    case TimeForm::HttpDate:
      return "must be a time like Sat, 21 Nov 2026 17:10:47 GMT";
    case TimeForm::EpochSeconds:
      return "must be a time in seconds since 1970 (UTC)";
  }
  return "must be a time";
}

}  // namespace body

}  // namespace gatehouse
