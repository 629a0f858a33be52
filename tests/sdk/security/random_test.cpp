// Identifiers and random text. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/random.hpp>
#include <gatehouse/runtime/kernel_random.hpp>

namespace gatehouse {
namespace {

// Gives the bytes it was made with, over and over.
class RepeatingRandom final : public Random {
 public:
  explicit RepeatingRandom(std::vector<unsigned char> bytes) : bytes_(std::move(bytes)) {}
  void fill(std::span<std::byte> bytes) override {
    for (std::byte& byte : bytes) byte = std::byte{bytes_[next_++ % bytes_.size()]};
  }

 private:
  std::vector<unsigned char> bytes_;
  std::size_t next_ = 0;
};

TEST(ObjectId, Has24HexDigitsWithALetter) {
  KernelRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = random.object_id();
    ASSERT_EQ(id.size(), 24U);
    ASSERT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    ASSERT_NE(id.find_first_of("abcdef"), std::string::npos);
    ASSERT_TRUE(seen.insert(id).second);
  }
}

TEST(ObjectId, IsDrawnAgainWhenItCouldBeTakenForANumber) {
  std::vector<unsigned char> bytes(12, 0x12);
  bytes.insert(bytes.end(), 12, 0xab);
  EXPECT_EQ(RepeatingRandom(bytes).object_id(), "abababababababababababab");
}

TEST(Base62, SkipsBytesThatWouldFavourSomeCharacters) {
  EXPECT_EQ(RepeatingRandom({255, 0, 248, 61, 250, 62, 247}).base62(4), "A9A9");
}

TEST(Base62, HasTheLengthAskedForAndEveryCharacter) {
  KernelRandom random;
  EXPECT_EQ(random.base62(0), "");
  EXPECT_EQ(random.base62(1'001).size(), 1'001U);
  std::map<char, int> counts;
  for (const char c : random.base62(62'000)) ++counts[c];
  EXPECT_EQ(counts.size(), 62U);
  // A thousand each on average; 700 is more than nine standard deviations away.
  for (const auto& [character, count] : counts) EXPECT_GT(count, 700) << character;
}

}  // namespace
}  // namespace gatehouse
