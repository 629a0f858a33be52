// Digests and the encodings around them, over libcrypto and libsodium.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <gatehouse/export.hpp>

namespace gatehouse {

// All of these: Threads: any. Blocking: never; time grows with the length of the text.
using Sha256 = std::array<std::byte, 32>;

GATEHOUSE_API Sha256 sha256(std::string_view data);
// 64 lower-case hex digits.
GATEHOUSE_API std::string sha256_hex(std::string_view data);
// 128 bits of BLAKE2b (RFC 7693), in a third of SHA-256's time: tells two texts apart that nobody
// chose to look alike.
using Blake2b128 = std::array<std::byte, 16>;
GATEHOUSE_API Blake2b128 blake2b_128(std::string_view data);
// RFC 2104 with SHA-256; a key of any length.
GATEHOUSE_API Sha256 hmac_sha256(std::span<const std::byte> key, std::string_view data);
// HMAC over several parts, each preceded by its length, so that ("ab", "c") and ("a", "bc") differ.
GATEHOUSE_API Sha256 hmac_sha256(std::span<const std::byte> key,
                                 std::initializer_list<std::string_view> parts);

// Takes as long wherever the two differ. Lengths are not hidden.
GATEHOUSE_API bool constant_time_equal(std::string_view a, std::string_view b);

GATEHOUSE_API std::string to_hex(std::span<const std::byte> bytes);

// RFC 4648 section 4, strictly: with padding, without blanks or line ends, unused bits zero;
// nothing for everything else, so that two texts never stand for the same bytes.
GATEHOUSE_API std::optional<std::string> base64_decode(std::string_view text);
GATEHOUSE_API std::string base64_encode(std::string_view bytes);
// RFC 4648 section 5 without padding, as JWTs have it; decoding is as strict.
GATEHOUSE_API std::string base64url_encode(std::string_view bytes);
GATEHOUSE_API std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace gatehouse
