// SPDX-License-Identifier: Apache-2.0
#include <sodium.h>

#include <gatehouse/runtime/kernel_random.hpp>

namespace gatehouse {

void KernelRandom::fill(std::span<std::byte> bytes) {
  randombytes_buf(bytes.data(), bytes.size());
}

}  // namespace gatehouse
