// Bearer tokens in the header Authorization. SPDX-License-Identifier: Apache-2.0
#include "bearer.hpp"

#include <gtest/gtest.h>

namespace gatehouse::tokens {
namespace {

TEST(Bearer, ChallengesSayWhatIsWrong) {
  const BearerAuthenticator bearer({});
  EXPECT_EQ(bearer.challenge(Refusal::NoCredential), R"(Bearer realm="gatehouse")");
  EXPECT_EQ(bearer.challenge(Refusal::InvalidCredential),
            R"(Bearer realm="gatehouse", error="invalid_token")");
  EXPECT_EQ(bearer.challenge(Refusal::InsufficientScope),
            R"(Bearer realm="gatehouse", error="insufficient_scope")");
}

}  // namespace
}  // namespace gatehouse::tokens
