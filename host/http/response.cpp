// The serialiser: the last place that can keep a plugin's text from becoming framing.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/response.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include <gatehouse/text.hpp>

#include "host/http/framing.hpp"

namespace gatehouse::host {

namespace {

// RFC 9110 section 5.6.2, as a table because every answer's every header name is looked up in it.
constexpr auto kIsTokenCharacter = [] {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return kIsTokenCharacter[static_cast<unsigned char>(c)];
  });
}

bool is_field_value(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool is_framing_field(std::string_view name) {
  constexpr std::array<std::string_view, 4> kFraming = {
      "connection", "content-length", "date", "transfer-encoding"};
  return std::any_of(kFraming.begin(), kFraming.end(), [name](std::string_view framing) {
    return std::equal(name.begin(), name.end(), framing.begin(), framing.end(), [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
  });
}

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end.ptr);
}

bool is_sendable_field(std::string_view name, std::string_view value) {
  return is_token(name) && is_field_value(value) && !is_framing_field(name);
}

}  // namespace

bool is_sendable(const Answer& answer) {
  if (answer.status < 200 || answer.status > 599) return false;
  if (is_bodiless(answer.status) && !answer.body.empty()) return false;
  if (!is_field_value(answer.content_type)) return false;
  return std::all_of(answer.headers.begin(), answer.headers.end(), [](const auto& header) {
    return is_sendable_field(header.first, header.second);
  });
}

std::string unsendable_part(const Answer& answer) {
  if (answer.status < 200 || answer.status > 599) return format("status {}", answer.status);
  if (is_bodiless(answer.status) && !answer.body.empty()) {
    return format("body under status {}", answer.status);
  }
  if (!is_field_value(answer.content_type)) return "content type";
  for (const auto& [name, value] : answer.headers) {
    if (!is_sendable_field(name, value)) return format("header '{}'", name);
  }
  return {};
}

bool is_bodiless(int status) {
  return status == 204 || status == 304;
}

void append_head(std::string& out,
                 const Answer& answer,
                 Persistence persistence,
                 std::string_view date,
                 BodyLength length) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(answer.status));
  out += ' ';
  out += reason_phrase(answer.status);
  out += "\r\nDate: ";
  out += date;
  if (!is_bodiless(answer.status)) {
    if (!answer.content_type.empty()) {
      out += "\r\nContent-Type: ";
      out += answer.content_type;
    }
    if (length == BodyLength::Known) {
      out += "\r\nContent-Length: ";
      append_number(out, answer.body.size());
    }
    if (length == BodyLength::Chunked) out += "\r\nTransfer-Encoding: chunked";
  }
  if (persistence == Persistence::Close) out += "\r\nConnection: close";
  if (persistence == Persistence::KeepAsked) out += "\r\nConnection: keep-alive";
  for (const auto& [name, value] : answer.headers) {
    out += "\r\n";
    out += name;
    out += ": ";
    out += value;
  }
  out += "\r\n\r\n";
}

void append_chunk(std::string& out, std::string_view bytes) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes.size(), 16);
  out.append(digits.data(), end.ptr);
  out += "\r\n";
  out += bytes;
  out += "\r\n";
}

std::string imf_fixdate(long long seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  constexpr std::array<std::string_view, 7> kDays = {
      "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  // Not %a and %b, whose words depend on the locale.
  std::array<char, 32> numbers{};
  const auto length = std::strftime(numbers.data(), numbers.size(), "%d %Y %H:%M:%S GMT", &utc);
  const std::string_view text(numbers.data(), length);
  std::string date(kDays[static_cast<std::size_t>(utc.tm_wday)]);
  date += ", ";
  date += text.substr(0, 3);
  date += kMonths[static_cast<std::size_t>(utc.tm_mon)];
  date += text.substr(2);
  return date;
}

}  // namespace gatehouse::host
