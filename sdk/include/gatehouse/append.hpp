// Lines that are kept outside the database, in places that only grow.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// Adds `text` to the end of a file, which is made for this user alone (0600) when it is not there;
// on the disk when this returns. Several processes may add to one file, and none overwrites what
// another added. Threads: any. Blocking: the disk. Errors: Unavailable, with the system's words;
// then a part of the text may stand there.
GATEHOUSE_API Result<None> append_to_file(const std::string& path, std::string_view text);

// A line to syslog (facility authpriv). Threads: any. Blocking: a socket of this machine.
GATEHOUSE_API void append_to_syslog(std::string_view line);

}  // namespace gatehouse
