// SPDX-License-Identifier: Apache-2.0
#include "runtime/request_line.hpp"

#include <string>
#include <vector>

#include <gatehouse/text.hpp>

namespace gatehouse::runtime {
namespace {

// For people a line has all its columns.
std::string_view or_dash(std::string_view text) {
  return text.empty() ? "-" : text;
}

}  // namespace

void log_request(Log& log, const RequestLine& line) {
  const std::int64_t micros = line.took.count();
  std::vector<LogField> fields;
  fields.reserve(7);
  if (!line.method.empty()) fields.push_back({"method", line.method});
  if (!line.route.empty()) fields.push_back({"route", line.route});
  fields.push_back({"status", std::int64_t{line.status}});
  fields.push_back({"micros", micros});
  if (!line.remote_address.empty()) fields.push_back({"remote_address", line.remote_address});
  if (line.user != 0) fields.push_back({"user", line.user});
  if (!line.trace_id.empty()) fields.push_back({"trace_id", line.trace_id});
  std::string text = format("{} {} {} {} us {} user {}",
                            or_dash(line.method),
                            or_dash(line.route),
                            line.status,
                            micros,
                            or_dash(line.remote_address),
                            line.user);
  if (!line.trace_id.empty()) text += format(" trace {}", line.trace_id);
  log.write_fields(LogLevel::Info, "request", text, fields);
}

}  // namespace gatehouse::runtime
