// SPDX-License-Identifier: Apache-2.0
#include "runtime/headers.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <gatehouse/text.hpp>

namespace gatehouse::runtime {
namespace {

bool is_framing_header(std::string_view name) {
  constexpr std::array<std::string_view, 4> kFraming{
      "connection", "content-length", "date", "transfer-encoding"};
  return std::any_of(kFraming.begin(), kFraming.end(), [name](std::string_view framing) {
    return same_header(name, framing);
  });
}

}  // namespace

bool same_header(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool is_header_name(std::string_view name) {  // RFC 9110 5.6.2: a token
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != kMarks.npos;
  });
}

bool is_header_value(std::string_view value) {  // RFC 9110 5.5, without obs-text
  return std::all_of(
      value.begin(), value.end(), [](char c) { return c == '\t' || (c >= 0x20 && c < 0x7f); });
}

void check_sendable(const Answer& answer) {
  if (answer.status < 200 || answer.status > 599) {
    throw std::logic_error(format("the answer's status {} cannot be sent", answer.status));
  }
  if ((answer.status == 204 || answer.status == 304) && !answer.body.empty()) {
    throw std::logic_error(format("the status {} has no body, but the answer has", answer.status));
  }
  if (!is_header_value(answer.content_type)) {
    throw std::logic_error("the answer's content type cannot be sent");
  }
  for (const auto& [name, value] : answer.headers) {
    if (!is_header_name(name) || !is_header_value(value)) {
      throw std::logic_error(format("the answer's header '{}' cannot be sent", name));
    }
    if (is_framing_header(name)) {
      throw std::logic_error(format("the answer's header '{}' is the HTTP engine's to set", name));
    }
  }
}

}  // namespace gatehouse::runtime
