// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include <gatehouse/text.hpp>

#include "audit_commands.hpp"

namespace gatehouse::audit {
namespace {

Error wrong(std::string_view name, std::string_view value, std::string_view takes) {
  Error error;
  error.reason = "wrong_option";
  error.message = format("--{} {}: it takes {}.", name, value, takes);
  return error;
}

}  // namespace

Result<std::optional<Time>> time_option(const CommandLine& line, std::string_view name) {
  const auto value = line.value(name);
  if (!value) return std::nullopt;
  const auto time = parse_rfc3339(*value);
  if (!time) return wrong(name, *value, "a time like 2026-11-21T17:10:47Z");
  return time;
}

Result<std::optional<std::int64_t>> chain_option(const CommandLine& line, std::string_view name) {
  const auto value = line.value(name);
  if (!value) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
  const bool is_number = error == std::errc() && end == value->data() + value->size();
  if (!is_number || number == 0 || number < -kSystemChains) {
    return wrong(
        name,
        *value,
        format("the number of an account, or -{} to -1 for a chain of the system", kSystemChains));
  }
  return number;
}

int refuse(CommandLine& line, const Error& error) {
  line.progress("");
  line.fail("error: " + error.message);
  return 1;
}

}  // namespace gatehouse::audit
