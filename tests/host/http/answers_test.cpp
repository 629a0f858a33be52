// What the server answers to each row of the tables, over a socket. With GATEHOUSE_SHOW_ANSWERS set
// it prints what was sent and what came back. SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "tests/host/http/test_server.hpp"

namespace gatehouse::host::testing {
namespace {

// The statuses that a row of the parser's table means: 200 for each request, then the error's.
std::string statuses_of(std::string_view story) {
  std::string statuses;
  for (const char c : story) {
    if (c == ';') statuses += "200 ";
  }
  // A request whose body is in error is one request, one answer.
  if (const auto error = story.find("error "); error != story.npos) {
    statuses += std::string(story.substr(error + 6, 3)) + " ";
  }
  return statuses;
}

std::string shown(std::string_view bytes) {
  std::string text;
  for (const char c : bytes.substr(0, 60)) {
    if (c == '\r') {
      text += "\\r";
    } else if (c == '\n') {
      text += "\\n";
    } else {
      text += c >= 0x20 && c < 0x7f ? c : '?';
    }
  }
  return bytes.size() > 60 ? text + "..." : text;
}

std::string reason_of(const std::string& body) {
  const auto begin = body.find("\"reason\":\"");
  if (begin == std::string::npos) return {};
  return body.substr(begin + 10, body.find('"', begin + 10) - begin - 10);
}

TEST(Answers, are_those_of_the_tables_row_by_row) {
  const bool show = std::getenv("GATEHOUSE_SHOW_ANSWERS") != nullptr;
  Server server;
  for (const auto& test : framing_cases()) {
    RawClient client(server.port());
    client.send(test.input);
    client.end_sending();
    std::string statuses;
    std::string reason;
    bool closes = false;
    while (const auto reply = client.reply()) {
      statuses += std::to_string(reply->status) + " ";
      reason = reason_of(reply->body);
      closes = reply->fields.contains("connection");
    }
    EXPECT_EQ(statuses, statuses_of(test.expected)) << test.name;
    EXPECT_TRUE(closes || reason.empty()) << test.name << ": an error must end the connection";
    if (show) {
      std::printf("%-45s %-16s %-34s %s\n",
                  test.name,
                  statuses.empty() ? "(none)" : statuses.c_str(),
                  reason.c_str(),
                  shown(test.input).c_str());
    }
  }
}

}  // namespace
}  // namespace gatehouse::host::testing
