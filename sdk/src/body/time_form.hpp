// Times on the wire. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/body/type.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::body {

// The text of `time` in JSON: a string with its quotes, or a number.
void append_time(Time time, TimeForm form, std::string& out);
// Any form but EpochSeconds.
std::optional<Time> parse_time(std::string_view text, TimeForm form);
// Nothing beyond the years 0 to 9999.
std::optional<Time> time_from_epoch(std::int64_t seconds);
// The end of the sentence "The field ...".
const char* describe_time(TimeForm form);

}  // namespace gatehouse::body
