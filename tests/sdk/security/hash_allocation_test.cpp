// What hashing takes from the heap. SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <gatehouse/runtime/passwords.hpp>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
namespace {
thread_local std::size_t allocations = 0;  // of this thread, also those within other libraries
}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): glibc's name for its own
extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}

namespace gatehouse {
namespace {

// With an allocation a round, a hash takes as long as what the server did before has left the heap
// fit for: a third longer for users who exist than for decoys was seen.
TEST(HashAllocation, IsTheSameForAnyNumberOfRounds) {
  struct Kind {
    std::string_view few;
    std::string_view more;
    std::size_t digest;  // hexadecimal digits
  };
  constexpr Kind kKinds[] = {{"pbkdf2:sha1:1300000", "pbkdf2:sha1:1300001", 40},
                             {"pbkdf2:sha256:600000", "pbkdf2:sha256:600001", 64},
                             {"pbkdf2:sha512:210000", "pbkdf2:sha512:210001", 128}};
  Argon2Passwords passwords{PasswordCost{}};
  const HashingAllowed here;
  for (const Kind& kind : kKinds) {
    const auto allocations_of = [&](std::string_view begin) {
      const auto stored =
          passwords.adopt(std::string(begin) + "$saltsalt$" + std::string(kind.digest, 'a'));
      const std::size_t before = allocations;
      EXPECT_FALSE(passwords.verify(stored.value(), "wrong"));
      return allocations - before;
    };
    EXPECT_EQ(allocations_of(kind.few), allocations_of(kind.more)) << kind.few;
  }
}

}  // namespace
}  // namespace gatehouse
#endif
