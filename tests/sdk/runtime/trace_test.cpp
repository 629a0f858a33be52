// Which headers traceparent name a trace (W3C Trace Context, level 1, section 3.2).
// SPDX-License-Identifier: Apache-2.0
#include "runtime/trace.hpp"

#include <gtest/gtest.h>

namespace gatehouse::runtime {
namespace {

constexpr std::string_view kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

TEST(Trace, IsFoundInAWellFormedHeaderAndNowhereElse) {
  const std::string good = "00-" + std::string(kTrace) + "-00f067aa0ba902b7-01";
  struct Case {
    const char* name;
    std::string value;
    bool found;
  };
  const Case cases[] = {
      {"as it should be", good, true},
      {"not sampled", good.substr(0, 53) + "00", true},
      {"a later version", "01" + good.substr(2), true},
      {"a later version with more", "01" + good.substr(2) + "-what", true},
      {"a later version that runs on", "01" + good.substr(2) + "what", false},
      {"more than version 00 has", good + "-what", false},
      {"version ff", "ff" + good.substr(2), false},
      {"a version that is no hex", "0x" + good.substr(2), false},
      {"capitals", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false},
      {"a trace of zeros", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", false},
      {"a parent of zeros", good.substr(0, 36) + "0000000000000000-01", false},
      {"flags that are no hex", good.substr(0, 53) + "0g", false},
      {"too short", good.substr(0, 54), false},
      {"another separator", "00_" + good.substr(3), false},
      {"blanks", " " + good, false},
      {"nothing", "", false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(find_trace_id({{"TraceParent", c.value}}), c.found ? kTrace : "");
  }
  EXPECT_EQ(find_trace_id({}), "");
  EXPECT_EQ(find_trace_id({{"traceparent", good}, {"traceparent", good}}), "");
}

}  // namespace
}  // namespace gatehouse::runtime
