// The end of every token: it tells scanners for leaked secrets, and us, a token from other text
// without a look into the database (bar.md 26). It is no protection.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse::tokens {

constexpr std::size_t kChecksumLength = 6;

// CRC-32 (ISO 3309, as in gzip) in digits of [0-9A-Za-z].
std::string checksum(std::string_view text);
// Whether the text ends with the checksum of what stands before.
bool has_checksum(std::string_view text);

}  // namespace gatehouse::tokens
