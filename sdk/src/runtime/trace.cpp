// SPDX-License-Identifier: Apache-2.0
#include "runtime/trace.hpp"

#include <algorithm>

#include "runtime/headers.hpp"

namespace gatehouse::runtime {
namespace {

// "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01": version, trace, parent, flags.
constexpr std::size_t kLength = 55;

bool is_hex(std::string_view text) {  // lower case only
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

bool is_zero(std::string_view text) {
  return text.find_first_not_of('0') == text.npos;
}

std::string_view read_trace_id(std::string_view value) {
  if (value.size() < kLength) return {};
  const std::string_view version = value.substr(0, 2);
  const std::string_view trace = value.substr(3, 32);
  const std::string_view parent = value.substr(36, 16);
  const std::string_view flags = value.substr(53, 2);
  if (value[2] != '-' || value[35] != '-' || value[52] != '-') return {};
  if (!is_hex(version) || !is_hex(trace) || !is_hex(parent) || !is_hex(flags)) return {};
  if (version == "ff" || is_zero(trace) || is_zero(parent)) return {};
  // Later versions may append, behind another dash.
  const bool is_whole = value.size() == kLength || (version != "00" && value[kLength] == '-');
  return is_whole ? trace : std::string_view();
}

}  // namespace

std::string_view find_trace_id(const std::vector<std::pair<std::string, std::string>>& headers) {
  const std::string* value = nullptr;
  for (const auto& [header, text] : headers) {
    if (!same_header(header, "traceparent")) continue;
    if (value != nullptr) return {};
    value = &text;
  }
  return value == nullptr ? std::string_view() : read_trace_id(*value);
}

}  // namespace gatehouse::runtime
