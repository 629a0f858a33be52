// How much is hashed at a time. SPDX-License-Identifier: Apache-2.0
#include <ctime>
#include <latch>
#include <thread>

#include <gtest/gtest.h>
#include <pthread.h>

#include <gatehouse/bcrypt.hpp>
#include <gatehouse/runtime/passwords.hpp>

namespace gatehouse {
namespace {

// Of processor time.
double seconds_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// How much of so many long hashes was still to be made when a short one was, which began in the
// midst of the first.
double share_left(HashingSlots* of_long, HashingSlots* of_short, int long_ones = 1) {
  double whole = 0;
  std::latch looked(1);  // the clock of a thread ends with it
  std::thread other([&] {
    const HashingAllowed here(of_long);
    for (int i = 0; i < long_ones; ++i) (void)bcrypt("long", {}, 13);
    whole = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    looked.wait();
  });
  clockid_t clock{};
  pthread_getcpuclockid(other.native_handle(), &clock);
  while (seconds_of(clock) < 0.02) std::this_thread::yield();
  const HashingAllowed here(of_short);
  (void)bcrypt("short", {}, 4);
  const double made = seconds_of(clock);
  looked.count_down();
  other.join();
  return 1 - made / whole;
}

TEST(HashingSlotsTest, WhoFindsNoneFreeWaitsForTheHashThatIsMade) {
  HashingSlots slots(1);
  EXPECT_LT(share_left(&slots, &slots), 0.2);
}

TEST(HashingSlotsTest, WhoGivesOneBackWaitsForWhoWaited) {
  HashingSlots slots(1);
  EXPECT_GT(share_left(&slots, &slots, 2), 0.2);
}

TEST(HashingSlotsTest, WhoFindsOneFreeDoesNotWait) {
  HashingSlots slots(2);
  EXPECT_GT(share_left(&slots, &slots), 0.2);
}

TEST(HashingSlotsTest, WhoHasNoneToShareWaitsForNobody) {
  HashingSlots slots(1);
  EXPECT_GT(share_left(&slots, nullptr), 0.2);
}

}  // namespace
}  // namespace gatehouse
