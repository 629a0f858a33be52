// What the secret of an API token looks like (bar.md 26). SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include <gatehouse/runtime/kernel_random.hpp>

#include "plugins/tokens/api_tokens/secret.hpp"

namespace gatehouse::tokens {
namespace {

TEST(ApiTokenSecret, HasAPrefix160BitsAndAChecksum) {
  KernelRandom random;
  const std::string secret = make_secret(random, ApiTokenFormat::Prefixed);
  EXPECT_EQ(secret.size(), 4U + 27 + 6);
  EXPECT_TRUE(secret.starts_with("gat_"));
  EXPECT_EQ(
      secret.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 4),
      secret.npos);
  EXPECT_TRUE(is_secret(secret));
  EXPECT_NE(make_secret(random, ApiTokenFormat::Prefixed), secret);
}

// The checksums were computed elsewhere, with zlib.
TEST(ApiTokenSecret, ChecksumIsTheCrc32OfWhatPrecedesInSixDigits) {
  EXPECT_TRUE(is_secret("gat_0000000000000000000000000000SfLPp"));
  EXPECT_TRUE(is_secret("gat_0123456789ABCDEFGHIJKLMNOPQ49oaqF"));
  EXPECT_TRUE(is_secret("gat_0000000000000000000000J200000NBIO"));
}

TEST(ApiTokenSecret, OfFortyHexDigits) {
  KernelRandom random;
  const std::string secret = make_secret(random, ApiTokenFormat::Hex40);
  EXPECT_EQ(secret.size(), 40U);
  EXPECT_EQ(secret.find_first_not_of("0123456789abcdef"), secret.npos);
  EXPECT_TRUE(is_secret(secret));
}

// Every position and every byte; and whatever is shorter or longer by one.
TEST(ApiTokenSecret, WithOneCharacterChangedIsNone) {
  KernelRandom random;
  for (int round = 0; round < 20; ++round) {
    const std::string secret = make_secret(random, ApiTokenFormat::Prefixed);
    for (std::size_t at = 0; at < secret.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string other = secret;
        other[at] = static_cast<char>(byte);
        EXPECT_EQ(is_secret(other), other == secret) << other;
      }
      std::string shorter = secret;
      EXPECT_FALSE(is_secret(shorter.erase(at, 1)));
      EXPECT_FALSE(is_secret(std::string(secret).insert(at, 1, secret[at])));
    }
  }
}

TEST(ApiTokenSecret, OtherTextIsNone) {
  for (const char* text : {"", "gat_", "gat", "x", "0123456789ABCDEF0123456789ABCDEF01234567"}) {
    EXPECT_FALSE(is_secret(text)) << text;
  }
}

}  // namespace
}  // namespace gatehouse::tokens
