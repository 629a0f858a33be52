// Scopes as one text with a blank between them (RFC 6749 3.3), as rows and tokens hold them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::tokens {

std::string join_scopes(const std::vector<std::string>& scopes);
std::vector<std::string> split_scopes(std::string_view text);

}  // namespace gatehouse::tokens
