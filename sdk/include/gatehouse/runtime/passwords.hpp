// The Passwords that the host hands out, and where hashing is allowed. Not for plugins.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include <gatehouse/export.hpp>
#include <gatehouse/passwords.hpp>

namespace gatehouse {

// What one Argon2id hash costs. One lane always.
struct PasswordCost {
  std::uint32_t memory_kib = 19'456;
  std::uint32_t passes = 2;
  friend bool operator==(const PasswordCost&, const PasswordCost&) = default;
};

// Whether the cost reaches the floor of the OWASP password storage sheet: 46 MiB with one pass,
// 19 MiB with two, 12 MiB with three or more.
GATEHOUSE_API bool is_strong_enough(PasswordCost cost);

// How many threads may be making a hash at a time, however many may hash: that bounds the memory
// and the cores that hashes take. Who came first has the first that is free. Outlives whoever
// shares it. Threads: any.
class GATEHOUSE_API HashingSlots {
 public:
  explicit HashingSlots(std::size_t count) : count_(count) {}

 private:
  friend class HashingSlot;
  void take();
  void give_back();

  // Not std::counting_semaphore: with libstdc++ 12 a thread may sleep on though it is free.
  std::mutex mutex_;
  std::condition_variable freed_;
  const std::size_t count_;
  std::uint64_t asked_ = 0;       // how often, so far; guarded by mutex_
  std::uint64_t given_back_ = 0;  // the same
};

// While it lives, its thread may hash passwords: with `slots`, each hash waits for one of these;
// without, for none but those of an outer one. The runtime holds one around what it runs in the
// lane for hashing, and around commands, jobs and start(). May be nested. Not to be moved to
// another thread.
class GATEHOUSE_API HashingAllowed {
 public:
  explicit HashingAllowed(HashingSlots* slots = nullptr);
  ~HashingAllowed();
  HashingAllowed(const HashingAllowed&) = delete;
  HashingAllowed& operator=(const HashingAllowed&) = delete;

 private:
  bool was_allowed_;
  HashingSlots* slots_before_;
};

// Argon2id through libsodium, with one lane, 16 bytes of salt and 32 of digest, and what adopt()
// makes of other systems' hashes; other texts are no hashes. Errors: std::logic_error outside
// HashingAllowed; std::invalid_argument for a password that is too long or has a NUL (callers
// refuse it first) and for a cost below the floor; std::bad_alloc when the memory for a hash is not
// to be had.
class GATEHOUSE_API Argon2Passwords final : public Passwords {
 public:
  explicit Argon2Passwords(PasswordCost cost);
  std::string hash(std::string_view password) override;
  bool verify(std::string_view encoded, std::string_view password) override;
  bool is_weak(std::string_view encoded) const override;
  std::string decoy() const override;
  std::string decoy_like(std::string_view encoded) const override;
  Result<None> judge_foreign(std::string_view encoded) const override;
  Result<std::string> adopt(std::string_view encoded) override;
  std::string original(std::string_view stored) const override;

 private:
  PasswordCost cost_;
};

}  // namespace gatehouse
