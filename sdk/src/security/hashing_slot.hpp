// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/runtime/passwords.hpp>

namespace gatehouse {

// A hash that is being made: around each, and around nothing that waits for anything else. Not
// nested. Threads: not to be moved to another. Blocking: until a slot is free, where its thread has
// to share them (HashingAllowed).
class HashingSlot {
 public:
  // std::logic_error of that text where its thread may not hash.
  explicit HashingSlot(std::string_view refusal);
  ~HashingSlot();
  HashingSlot(const HashingSlot&) = delete;
  HashingSlot& operator=(const HashingSlot&) = delete;

 private:
  HashingSlots* const slots_;
};

}  // namespace gatehouse
