// What may be a username, an e-mail address, a time zone, a text (security.md 9). Each returns ""
// or what is wrong, as the end of the sentence "The field ...". Threads: any. Blocking:
// check_timezone() looks at a file, the others never. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

namespace gatehouse::users {

constexpr std::size_t kMaxNameLength = 255;  // code points, of names and e-mail addresses

const char* check_username(std::string_view text);

// Plausible, not proved: only a mail that arrives proves it.
const char* check_email(std::string_view text);

// Text of one line, as first names are, and of several. Empty text passes; lengths are not looked
// at.
const char* check_line(std::string_view text);
const char* check_lines(std::string_view text);

// A name of the IANA database as tzdata installs it.
const char* check_timezone(std::string_view text);

}  // namespace gatehouse::users
