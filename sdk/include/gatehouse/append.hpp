// Lines that are kept outside the database, in places that only grow.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// Adds `text` to the end of a regular file, which is made for this user alone (0600) when it is not
// there; on the disk when this returns. It begins on a new line, also behind half a line of
// somebody who was interrupted; "" only looks whether the file can be opened. Several processes may
// add to one file, one after another, and none overwrites what another added. Threads: any.
// Blocking: the disk, and who else adds. Errors: Unavailable, with the system's words; what was
// written in part is taken back, unless the file can only be appended to (chattr +a). A symbolic
// link is not followed.
GATEHOUSE_API Result<None> append_to_file(const std::string& path, std::string_view text);

// A line to syslog (facility authpriv). Threads: any. Blocking: a socket of this machine.
GATEHOUSE_API void append_to_syslog(std::string_view line);

}  // namespace gatehouse
