// The tables of what a strict server reads and refuses, row by row. The parser's tests take them
// apart in every way, the socket's ask the server. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace gatehouse::host::testing {

// The body limit that the rows count on.
inline constexpr std::size_t kFramingBodyLimit = 100;

// `expected`: "GET /path|body;" for each request ("|close;" when it ends the connection), "error
// 400 reason" at the end.
struct FramingCase {
  const char* name;
  std::string input;
  std::string expected;
};

std::vector<FramingCase> framing_cases();

}  // namespace gatehouse::host::testing
