// Bodies of answers, byte for byte but for blanks, against files of tests/golden. Ids, cursors and
// request ids are masked; times are those of a clock that stands still. With
// GATEHOUSE_UPDATE_GOLDEN=1 the files are written anew. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <gatehouse/testing/harness.hpp>

namespace gatehouse::testing {

// One member a line, so that a difference shows where it is.
inline std::string laid_out(std::string_view json) {
  std::string out;
  std::string indent = "\n";
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"' && json[i - 1] != '\\') quoted = !quoted;
    const bool opens = !quoted && (c == '{' || c == '[');
    const bool closes = !quoted && (c == '}' || c == ']');
    const bool empty = closes && (json[i - 1] == '{' || json[i - 1] == '[');
    if (closes) indent.resize(indent.size() - 2);
    if (closes && !empty) out += indent;
    out += c;
    if (opens) indent += "  ";
    const bool stays = opens && i + 1 < json.size() && (json[i + 1] == '}' || json[i + 1] == ']');
    if ((opens && !stays) || (!quoted && c == ',')) out += indent;
    if (!quoted && c == ':') out += ' ';
  }
  return out + "\n";
}

inline std::string masked(std::string json) {
  json = std::regex_replace(json, std::regex(R"("[0-9a-f]{24}")"), "\"<id>\"");
  json = std::regex_replace(
      json, std::regex(R"("request_id":"[^"]*")"), R"("request_id":"<request id>")");
  return std::regex_replace(json, std::regex(R"("next":"[^"]*")"), R"("next":"<cursor>")");
}

// `path`: below tests/golden, "users/read.json".
inline void expect_golden(const std::string& path, int status, const Reply& reply) {
  EXPECT_EQ(reply.status, status) << path;
  const std::string body = laid_out(masked(reply.body));
  const std::string whole_path = std::string(GATEHOUSE_GOLDEN_FOLDER "/") + path;
  if (std::getenv("GATEHOUSE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(whole_path, std::ios::binary) << body;
  }
  std::ifstream file(whole_path, std::ios::binary);
  const std::string golden(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(body, golden) << path << ": GATEHOUSE_UPDATE_GOLDEN=1 rewrites it";
}

}  // namespace gatehouse::testing
