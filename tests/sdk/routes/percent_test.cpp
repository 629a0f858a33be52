// Percent-encoding of segments and values (RFC 3986). SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <gatehouse/percent.hpp>

namespace gatehouse {
namespace {

std::string encoded(std::string_view text) {
  std::string out = "?";
  append_percent_encoded(text, out);
  return out;
}

TEST(PercentEncoding, LeavesOnlyWhatIsUnreserved) {
  EXPECT_EQ(encoded("azAZ09-._~"), "?azAZ09-._~");
  EXPECT_EQ(encoded("a b+c&d=e/%"), "?a%20b%2Bc%26d%3De%2F%25");
  EXPECT_EQ(encoded("\xc3\xb6\n"), "?%C3%B6%0A");
  EXPECT_EQ(encoded(""), "?");
}

}  // namespace
}  // namespace gatehouse
