// Who else could change what the host is about to run with all its rights (security.md 23).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gatehouse/result.hpp>

namespace gatehouse::host {

// What to do about a plugin that the host's own user may change. A host that could rewrite its
// plugins would keep an intruder over a restart; under ./dev run the developer's own build is what
// is loaded.
enum class OwnWritable : std::uint8_t { Refuse, Warn };

// Refuses the file when it or a folder above it can be changed by everybody or by a group that is
// neither root's nor the host's own. A link is judged by where it stands and by what it names.
// Returns warnings, also of another owner than root; each continues "plugin 'x': ". A host that
// runs as root can change everything: then only the others are looked at.
Result<std::vector<std::string>> check_trust(const std::filesystem::path& file, OwnWritable own);

}  // namespace gatehouse::host
