// Where hashing may happen, and how much of it at a time. SPDX-License-Identifier: Apache-2.0
#include "security/hashing_slot.hpp"

#include <stdexcept>
#include <string>

namespace gatehouse {
namespace {

thread_local bool hashing_allowed = false;
thread_local HashingSlots* slots_to_share = nullptr;

}  // namespace

bool hashing_is_allowed() {
  return hashing_allowed;
}

HashingAllowed::HashingAllowed(HashingSlots* slots)
    : was_allowed_(hashing_allowed), slots_before_(slots_to_share) {
  hashing_allowed = true;
  if (slots != nullptr) slots_to_share = slots;
}

HashingAllowed::~HashingAllowed() {
  hashing_allowed = was_allowed_;
  slots_to_share = slots_before_;
}

void HashingSlots::take() {
  std::unique_lock lock(mutex_);
  const std::uint64_t turn = asked_++;
  freed_.wait(lock, [&] { return turn < given_back_ + count_; });
}

void HashingSlots::give_back() {
  {
    const std::lock_guard lock(mutex_);
    ++given_back_;
  }
  freed_.notify_all();  // the one whose turn it is knows
}

HashingSlot::HashingSlot(std::string_view refusal) : slots_(slots_to_share) {
  if (!hashing_allowed) throw std::logic_error(std::string(refusal));
  if (slots_ != nullptr) slots_->take();
}

HashingSlot::~HashingSlot() {
  if (slots_ != nullptr) slots_->give_back();
}

}  // namespace gatehouse
