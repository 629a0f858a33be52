// Loads a plugin in a child process first, so that one that crashes, hangs or ends the process
// while it is loaded or made is reported instead of suffered. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <filesystem>

#include <gatehouse/result.hpp>

namespace gatehouse::host {

inline constexpr std::chrono::milliseconds kPreflightLimit{1500};

// Loads the plugin, makes it and drops it, in a forked child. Threads: the calling process should
// have no other thread yet; the checking commands have none. Blocking: until the child has said
// that it is done, at most `limit`; it is killed then. Errors: InvalidArgument, whose message
// continues "plugin 'x': ".
Result<None> preflight(const std::filesystem::path& file,
                       std::chrono::milliseconds limit = kPreflightLimit);

}  // namespace gatehouse::host
