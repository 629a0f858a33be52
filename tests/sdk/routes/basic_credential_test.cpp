// What stands in a header of HTTP Basic (RFC 7617). SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <gatehouse/authenticator.hpp>

#include "fake_call.hpp"

namespace gatehouse {
namespace {

// "NAME|PASSWORD", "none" or "refused".
std::string read(const char* header) {
  FakeCall call;
  if (header != nullptr) call.headers["Authorization"] = header;
  const auto found = basic_credential(call);
  if (!found) {
    EXPECT_EQ(found.error().code, ErrorCode::Unauthenticated);
    return "refused";
  }
  return *found ? (*found)->name + "|" + (*found)->password : "none";
}

TEST(BasicCredentialTest, IsReadAsItWasSent) {
  EXPECT_EQ(read("Basic YWRhOnM6M2NyZXQ="), "ada|s:3cret");
  EXPECT_EQ(read("bAsIc   YWRhOnM6M2NyZXQ="), "ada|s:3cret");
  EXPECT_EQ(read("Basic YWRhOg=="), "ada|");
  EXPECT_EQ(read("Basic Og=="), "|");
}

TEST(BasicCredentialTest, OfAnotherSchemeIsLeftToOthers) {
  for (const char* header : {"Bearer YWRhOng=", "Basics YWRhOng=", "YWRhOng=", ""}) {
    EXPECT_EQ(read(header), "none") << header;
  }
  EXPECT_EQ(read(nullptr), "none");
}

TEST(BasicCredentialTest, ThatCannotBeReadIsRefused) {
  const std::string endless = "Basic " + std::string(4'000, 'A');
  for (const char* header : {"Basic",
                             "Basic ",
                             "Basic ???",
                             "Basic YWRh",
                             "Basic gDp4",
                             "Basic YQA6eA==",
                             endless.c_str()}) {
    EXPECT_EQ(read(header), "refused") << header;
  }
}

}  // namespace
}  // namespace gatehouse
