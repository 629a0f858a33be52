// Foreign text made harmless for a log. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::host {

enum class Escape : std::uint8_t {
  Text,  // \n, \x1b, \u202e; everything else as it is
  Json,  // the inside of a JSON string
};

// Appends `text` with control characters (C0, DEL, C1), line separators and direction marks escaped
// and what is not UTF-8 replaced by U+FFFD; after 8 KiB of text comes "...".
void append_escaped(std::string& out, std::string_view text, Escape escape);

}  // namespace gatehouse::host
