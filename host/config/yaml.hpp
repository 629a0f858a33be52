// YAML text to a ConfigNode. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/runtime/config_node.hpp>

namespace gatehouse::host {

// Every value knows its place, "NAME:line". Mistakes: "NAME:line:column: ..." where it is no YAML,
// keys that stand twice, keys that are no plain text, several documents, more than a configuration
// needs.
ConfigNode parse_yaml(std::string_view text,
                      std::string_view name,
                      std::vector<std::string>& mistakes);

}  // namespace gatehouse::host
