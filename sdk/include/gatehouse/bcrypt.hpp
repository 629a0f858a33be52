// bcrypt, for APIs that publish such a hash of what they made. Users' passwords go through
// gatehouse/passwords.hpp. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <gatehouse/export.hpp>

namespace gatehouse {

using BcryptSalt = std::array<std::byte, 16>;

// "$2b$10$", 22 characters of salt and 31 of digest, as crypt(3) and every bcrypt library verify
// it. `text`: at most 72 bytes, for bcrypt reads no further, without NUL; `cost`: 4 to 31, each one
// doubles the time (10: some 50 ms); both std::logic_error. `salt`: random, another for each text.
// Threads: only where hashing_is_allowed() (gatehouse/passwords.hpp); std::logic_error elsewhere.
GATEHOUSE_API std::string bcrypt(std::string_view text, const BcryptSalt& salt, unsigned cost);

}  // namespace gatehouse
