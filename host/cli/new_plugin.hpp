// Starts a new plugin from the template that comes with the SDK.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string_view>
#include <vector>

#include <gatehouse/result.hpp>

namespace gatehouse::host {

// share/gatehouse/template beside the folder of this program, installed or in a build tree.
std::filesystem::path default_plugin_template();

// Copies the template into the new folder `target`, with `name` in the place of the template's own,
// and returns the files it wrote, relative to `target`. Errors: InvalidArgument, a sentence for the
// operator; nothing is left behind then.
Result<std::vector<std::filesystem::path>> new_plugin(const std::filesystem::path& plugin_template,
                                                      std::string_view name,
                                                      const std::filesystem::path& target);

}  // namespace gatehouse::host
