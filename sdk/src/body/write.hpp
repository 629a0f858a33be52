// Pieces of JSON text. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace gatehouse::body {

// A JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD.
void append_string(std::string_view text, std::string& out);
// The shortest text that reads back as the same double; null for what JSON cannot say.
void append_number(double number, std::string& out);

}  // namespace gatehouse::body
