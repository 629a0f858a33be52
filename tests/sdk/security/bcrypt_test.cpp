// Hashes that other systems verify. SPDX-License-Identifier: Apache-2.0
#include <stdexcept>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <gatehouse/bcrypt.hpp>
#include <gatehouse/runtime/passwords.hpp>

namespace gatehouse {
namespace {

// The salt of a hash, out of bcrypt's own base64.
BcryptSalt salt_of(std::string_view hash) {
  constexpr std::string_view kDigits =
      "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  BcryptSalt salt{};
  std::size_t filled = 0;
  unsigned bits = 0;
  int count = 0;
  for (const char c : hash.substr(7, 22)) {
    bits = bits << 6 | static_cast<unsigned>(kDigits.find(c));
    count += 6;
    if (count < 8 || filled == salt.size()) continue;
    count -= 8;
    salt[filled++] = static_cast<std::byte>(bits >> count & 255);
  }
  return salt;
}

TEST(BcryptTest, GivesTheHashOfAPublishedExample) {
  const HashingAllowed slot;
  // The create example of seed document 004.
  constexpr std::string_view kHash = "$2b$10$TepNUdVBW0PtH/tveveQa.fYIEY/3IHlKqFV.LL0pnIzu5Uxibe2K";
  EXPECT_EQ(bcrypt("db70a76277df3947cf53010974ae9d2f06efbfe6", salt_of(kHash), 10), kHash);
}

TEST(BcryptTest, RefusesWhatItWouldNotReadToItsEnd) {
  const HashingAllowed slot;
  const BcryptSalt salt{};
  EXPECT_EQ(bcrypt(std::string(72, 'x'), salt, 4).size(), 60U);
  EXPECT_THROW(bcrypt(std::string(73, 'x'), salt, 4), std::logic_error);
  EXPECT_THROW(bcrypt(std::string_view("a\0b", 3), salt, 4), std::logic_error);
  EXPECT_THROW(bcrypt("x", salt, 3), std::logic_error);
  EXPECT_THROW(bcrypt("x", salt, 32), std::logic_error);
}

TEST(BcryptTest, IsForHashingSlots) {
  EXPECT_THROW(bcrypt("x", BcryptSalt{}, 4), std::logic_error);
}

}  // namespace
}  // namespace gatehouse
