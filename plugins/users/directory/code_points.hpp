// Text by code points, for the rules of names. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

namespace gatehouse::users {

// Takes the first code point from the front of well-formed UTF-8, which is not empty.
char32_t take_code_point(std::string_view& text);

// Unicode's White_Space: what stands between words.
bool is_blank(char32_t c);

// C0, DEL and C1, and the separators of lines and paragraphs.
bool is_control(char32_t c);

// What turns the writing direction of the text around it (UAX 9).
bool is_bidi_control(char32_t c);

// What shows nothing although it is neither blank nor default-ignorable.
bool looks_blank(char32_t c);

}  // namespace gatehouse::users
