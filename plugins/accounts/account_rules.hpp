// What may be an account's name, role, colour, logo. Each returns "" or what is wrong, as the end
// of the sentence "The field ...". Threads: any. Never block. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

namespace gatehouse::accounts {

constexpr std::size_t kMaxNameLength = 100;  // code points
constexpr std::size_t kMaxRoleLength = 80;   // code points
constexpr std::size_t kMaxRoles = 32;        // of one account
constexpr std::size_t kMaxLogoUrlLength = 255;

// Text in NFC; lengths are looked at.
const char* check_name(std::string_view text);
const char* check_role(std::string_view text);

// #rgb or #rrggbb.
const char* check_color(std::string_view text);

// An address that is safe in a page's <img>: http or https, without a password in it, and with
// nothing that would have to be escaped.
const char* check_logo_url(std::string_view text);

}  // namespace gatehouse::accounts
