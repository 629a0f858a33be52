// Password hashes: their form, their cost and where they may be made.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gatehouse/runtime/passwords.hpp>

namespace gatehouse {
namespace {

using namespace std::string_view_literals;

// Made with this class; never change it, stored hashes have to verify for ever.
constexpr std::string_view kOldHash =
    "$argon2id$v=19$m=19456,t=2,p=1$Akcm5FEVo+3NMoR778ckwg$"
    "R3PMRJR1QSErDjZslR8R7vxcANqBGX3b9g0TtayvaaY";

TEST(PasswordHash, HasTheFormAndTheCostThatWereAskedFor) {
  Argon2Passwords passwords{PasswordCost{}};
  const HashingAllowed here;
  const std::string hash = passwords.hash("correct horse");
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
  EXPECT_NE(hash, passwords.hash("correct horse"));  // another salt
}

TEST(PasswordHash, VerifiesOnlyItsOwnPasswordToTheLastByte) {
  Argon2Passwords passwords{PasswordCost{}};
  const HashingAllowed here;
  std::string password(128, 'x');
  password += "\U0001f511";
  const std::string hash = passwords.hash(password);
  EXPECT_TRUE(passwords.verify(hash, password));
  password.back() = static_cast<char>(password.back() + 1);
  EXPECT_FALSE(passwords.verify(hash, password));
  EXPECT_FALSE(passwords.verify(hash, ""));
  EXPECT_FALSE(passwords.verify(hash, {})) << "nothing, at no address";
}

TEST(PasswordHash, StillVerifiesWhatOlderBuildsStored) {
  Argon2Passwords passwords{PasswordCost{}};
  const HashingAllowed here;
  EXPECT_TRUE(passwords.verify(kOldHash, "pas\xc3\xb6wrd"));
  EXPECT_FALSE(passwords.verify(kOldHash, "password"));
}

TEST(PasswordHash, IsNoneOfTheseTexts) {
  Argon2Passwords passwords{PasswordCost{}};
  const HashingAllowed here;
  const std::string too_long = std::string(kOldHash) + std::string(200, 'A');
  for (const std::string_view text : {""sv,
                                      "*"sv,
                                      "!"sv,
                                      "plain"sv,
                                      "$argon2id$v=19$m=19456,t=2,p=1$"sv,
                                      "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA"sv,
                                      "$argon2id$v=19$m=99999999999,t=2,p=1$AAAA$AAAA"sv,
                                      "$argon2id$v=19$m=19456,t=2,p=1\0$AAAA$AAAA"sv,
                                      std::string_view(too_long)}) {
    EXPECT_FALSE(passwords.verify(text, "")) << text;
    EXPECT_FALSE(passwords.verify(text, text)) << text;
  }
}

TEST(PasswordHash, TakesPasswordsOfUpTo1024BytesWithoutNul) {
  Argon2Passwords passwords{PasswordCost{}};
  const HashingAllowed here;
  const std::string longest(1'024, 'p');
  EXPECT_TRUE(passwords.verify(passwords.hash(longest), longest));
  EXPECT_THROW(passwords.hash(longest + "p"), std::invalid_argument);
  EXPECT_THROW(passwords.hash("a\0b"sv), std::invalid_argument);
  EXPECT_FALSE(passwords.verify(kOldHash, longest + "p"));
}

TEST(PasswordHash, IsWeakWhenItCostLessThanANewOne) {
  const Argon2Passwords usual{PasswordCost{}};
  const Argon2Passwords more_memory{PasswordCost{32'768, 2}};
  const Argon2Passwords more_passes{PasswordCost{19'456, 3}};
  EXPECT_FALSE(usual.is_weak(kOldHash));
  EXPECT_TRUE(more_memory.is_weak(kOldHash));
  EXPECT_TRUE(more_passes.is_weak(kOldHash));
  EXPECT_FALSE(usual.is_weak("$argon2id$v=19$m=65536,t=4,p=1$AAAA$AAAA"));
  EXPECT_TRUE(usual.is_weak("$2b$12$abcdefghijklmnopqrstuv"));
  EXPECT_TRUE(usual.is_weak(""));
}

TEST(PasswordHash, ADecoyLooksLikeAHashAndCostsAsMuchToRefuse) {
  Argon2Passwords passwords{PasswordCost{}};
  const std::string decoy = passwords.decoy();
  EXPECT_NE(decoy, passwords.decoy());
  EXPECT_EQ(decoy.size(), kOldHash.size());
  EXPECT_FALSE(passwords.is_weak(decoy));
  const HashingAllowed here;
  const auto cpu_of_refusing = [&](std::string_view encoded) {
    const std::clock_t before = std::clock();
    EXPECT_FALSE(passwords.verify(encoded, "wrong horse"));
    return static_cast<double>(std::clock() - before);
  };
  // Text that libsodium cannot read would be refused in no time.
  EXPECT_GT(cpu_of_refusing(decoy), cpu_of_refusing(kOldHash) / 4);
}

TEST(PasswordHash, ADecoyIsAsCostlyAsTheHashItStandsFor) {
  const Argon2Passwords passwords{PasswordCost{}};
  struct Case {
    std::string_view encoded;
    std::string_view expected;
  };
  constexpr std::string_view kUsual = "$argon2id$v=19$m=19456,t=2,p=1$";
  const Case cases[] = {
      {"$argon2id$v=19$m=12288,t=3,p=1$AAAA$AAAA", "$argon2id$v=19$m=12288,t=3,p=1$"},
      {"$argon2id$v=19$m=65536,t=4,p=1$", "$argon2id$v=19$m=65536,t=4,p=1$"},
      {kOldHash, kUsual},
      {"$argon2id$v=19$m=1,t=2,p=1$", kUsual},
      {"$argon2id$v=19$m=65536,t=4,p=4$", kUsual},
      {"*", kUsual},
      {"", kUsual}};
  for (const Case& c : cases) {
    const std::string decoy = passwords.decoy_like(c.encoded);
    EXPECT_TRUE(decoy.starts_with(c.expected)) << c.encoded << ": " << decoy;
    EXPECT_EQ(decoy.size(), c.expected.size() + 22 + 1 + 43) << decoy;
  }
}

// Leaves this process that many bytes of address space beyond what it has.
void leave_memory(rlim_t bytes) {
  rlim_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlim_t limit = pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + bytes;
  const rlimit both{limit, limit};
  if (setrlimit(RLIMIT_AS, &both) != 0) std::_Exit(2);
}

TEST(PasswordHash, TooLittleMemoryIsNoWrongPassword) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers need the address space";
#endif
  const auto verify_with = [](rlim_t bytes) {
    Argon2Passwords passwords{PasswordCost{}};
    const HashingAllowed here;
    leave_memory(bytes);
    try {
      std::_Exit(passwords.verify(kOldHash, "pas\xc3\xb6wrd") ? 0 : 1);
    } catch (const std::bad_alloc&) {
      std::_Exit(42);
    }
  };
  constexpr rlim_t kMiB = 1024 * 1024;
  EXPECT_EXIT(verify_with(8 * kMiB), testing::ExitedWithCode(42), "");
  EXPECT_EXIT(verify_with(64 * kMiB), testing::ExitedWithCode(0), "");
}

TEST(PasswordHash, IsMadeOnlyWhereHashingIsAllowed) {
  Argon2Passwords passwords{PasswordCost{}};
  EXPECT_THROW(passwords.hash("x"), std::logic_error);
  EXPECT_THROW(passwords.verify(kOldHash, "x"), std::logic_error);
  EXPECT_THROW(passwords.verify("*", "x"), std::logic_error);
  {
    const HashingAllowed outer;
    { const HashingAllowed inner; }
    EXPECT_NO_THROW(passwords.verify("*", "x"));
    std::thread([&] { EXPECT_THROW(passwords.verify("*", "x"), std::logic_error); }).join();
  }
  EXPECT_THROW(passwords.verify("*", "x"), std::logic_error);
}

TEST(PasswordCost, HasTheFloorOfThePasswordStorageSheet) {
  struct Case {
    PasswordCost cost;
    bool expected;
  };
  const Case cases[] = {{{19'456, 2}, true},
                        {{19'455, 2}, false},
                        {{47'104, 1}, true},
                        {{47'103, 1}, false},
                        {{12'288, 3}, true},
                        {{12'287, 3}, false},
                        {{12'287, 50}, false},
                        {{1'000'000, 0}, false}};
  for (const Case& each : cases) {
    EXPECT_EQ(is_strong_enough(each.cost), each.expected)
        << each.cost.memory_kib << " KiB, " << each.cost.passes;
  }
  EXPECT_THROW(Argon2Passwords(PasswordCost{1'024, 2}), std::invalid_argument);
}

}  // namespace
}  // namespace gatehouse
