// The Random that the host hands out. Not for plugins. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>

#include <gatehouse/export.hpp>
#include <gatehouse/random.hpp>

namespace gatehouse {

// Bytes from the kernel's generator. Threads: any. Blocking: only before the kernel has gathered
// its first entropy, in the first seconds of a machine.
class GATEHOUSE_API KernelRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override;
};

}  // namespace gatehouse
