// What the secret of an API token looks like. The checksum is no protection: it tells scanners for
// leaked secrets, and us, a token from other text without a look into the database (bar.md 26).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include <gatehouse/random.hpp>
#include <gatehouse/services/api_tokens.hpp>

namespace gatehouse::tokens {

// No username begins with it (security.md 9).
constexpr std::string_view kApiTokenPrefix = "gat_";

// Threads: any. Blocking: never.
std::string make_secret(Random& random, ApiTokenFormat format);
// Whether the text could be a secret of either format, its checksum with it.
bool is_secret(std::string_view text);

}  // namespace gatehouse::tokens
