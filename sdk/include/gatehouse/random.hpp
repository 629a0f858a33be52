// Randomness, from the kernel; settable in tests. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <string>

#include <gatehouse/export.hpp>

namespace gatehouse {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> bytes) = 0;

  // 24 lower-case hex digits with at least one letter, so that it is never taken for a number
  // (contracts/v1.md).
  GATEHOUSE_API std::string object_id();
  // `length` characters of [A-Za-z0-9], each worth 5.95 bits.
  GATEHOUSE_API std::string base62(std::size_t length);
};

}  // namespace gatehouse
