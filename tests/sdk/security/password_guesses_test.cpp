// That easy passwords are told from good ones. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <gatehouse/passwords.hpp>

namespace gatehouse {
namespace {

constexpr double kNetworkGuesser = 20;

TEST(PasswordGuesses, CommonOnesAndOnesOwnWordsAreFew) {
  for (const char* easy : {"password",
                           "Password1!",
                           "12345678",
                           "qwertyuiop",
                           "P@ssw0rd",
                           "aaaaaaaaaaaa",
                           "letmein1",
                           "1q2w3e4r",
                           "welcome2024"}) {
    EXPECT_LT(guesses_in_bits(easy, {}), kNetworkGuesser) << easy;
  }
  EXPECT_GT(guesses_in_bits("zuse-konrad-1941", {}), kNetworkGuesser);
  EXPECT_LT(guesses_in_bits("ZuseKonrad1", {"zuse", "konrad"}), kNetworkGuesser);
}

TEST(PasswordGuesses, RandomOnesAndPhrasesAreMany) {
  for (const char* good : {"kx7$Qp2m", "correct horse battery", "8charsXY"}) {
    EXPECT_GT(guesses_in_bits(good, {"", "ada"}), kNetworkGuesser) << good;
  }
}

TEST(PasswordGuesses, OfALongPasswordTheBeginningCounts) {
  const std::string random = "kx7$Qp2m";
  EXPECT_EQ(guesses_in_bits(random + std::string(92, 'a'), {}),
            guesses_in_bits(random + std::string(1000, 'a'), {}));
  EXPECT_EQ(guesses_in_bits("", {}), 0);
}

}  // namespace
}  // namespace gatehouse
