// How a secret reaches the operator and nobody else (security.md 21).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string_view>

#include <gatehouse/log.hpp>

namespace gatehouse::host {

// Writes `text` to standard output when that is a terminal or `developing`, else into a new file
// `name` (0600) in `folder`, which is made if need be; its path is logged. Throws
// std::runtime_error when the file cannot be made: a secret that nobody can read must fail the
// start.
void show_once(std::string_view name,
               std::string_view text,
               const std::filesystem::path& folder,
               bool developing,
               Log& log);

}  // namespace gatehouse::host
