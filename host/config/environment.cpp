// SPDX-License-Identifier: Apache-2.0
#include "host/config/environment.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include <gatehouse/text.hpp>

namespace gatehouse::host {
namespace {

constexpr std::string_view kPrefix = "GATEHOUSE_";

bool is_reserved(std::string_view rest) {
  return rest == "CONFIG" || rest == "ADMIN_PASSWORD" || rest == "ADMIN_PASSWORD_FILE";
}

// Kubernetes gives every container such variables for a service called "gatehouse"; nobody chose
// them.
bool is_of_kubernetes(std::string_view rest) {
  return rest == "PORT" || rest.starts_with("SERVICE_") ||
         (rest.starts_with("PORT_") && rest.size() > 5 && rest[5] >= '0' && rest[5] <= '9');
}

std::vector<std::string> split_levels(std::string_view rest) {
  std::vector<std::string> levels;
  for (;;) {
    const std::size_t joint = rest.find("__");
    levels.push_back(fold(rest.substr(0, joint)));
    if (joint == std::string_view::npos) return levels;
    rest.remove_prefix(joint + 2);
  }
}

std::string with_first_joint(std::string_view rest) {
  const std::size_t underscore = rest.find('_');
  if (underscore == std::string_view::npos) return "GATEHOUSE_HTTP__PORT";
  return format("{}{}_{}", kPrefix, rest.substr(0, underscore), rest.substr(underscore));
}

ConfigNode& member(ConfigNode& section, const std::string& key) {
  for (auto& [name, value] : section.members) {
    if (name == key) return value;
  }
  section.members.push_back({key, ConfigNode{}});
  return section.members.back().value;
}

}  // namespace

void apply_environment(const Environment& environment,
                       ConfigNode& root,
                       std::vector<std::string>& mistakes) {
  std::map<std::vector<std::string>, std::string> set_by;
  for (const auto& [variable, value] : environment) {
    if (!variable.starts_with(kPrefix)) continue;
    const std::string_view rest = std::string_view(variable).substr(kPrefix.size());
    if (is_reserved(rest) || is_of_kubernetes(rest)) continue;

    const std::string origin = "environment variable " + variable;
    const std::vector<std::string> levels = split_levels(rest);
    if (levels.size() == 1) {
      mistakes.push_back(
          format("{}: is no setting; two underscores join the levels of a key (did you mean {}?)",
                 origin,
                 with_first_joint(rest)));
      continue;
    }
    if (std::any_of(
            levels.begin(), levels.end(), [](const auto& level) { return level.empty(); })) {
      mistakes.push_back(format("{}: has an empty level between its underscores", origin));
      continue;
    }
    const auto [earlier, is_new] = set_by.emplace(levels, variable);
    if (!is_new) {
      mistakes.push_back(format("{}: sets what {} sets too", origin, earlier->second));
      continue;
    }

    ConfigNode* node = &root;
    bool is_reachable = true;
    for (const std::string& level : levels) {
      if (node->kind == ConfigNode::Kind::Null) {
        node->kind = ConfigNode::Kind::Map;
        if (node->origin.empty()) node->origin = origin;
      }
      if (node->kind != ConfigNode::Kind::Map) {
        mistakes.push_back(
            format("{}: reaches below a value that is no section ({})", origin, node->origin));
        is_reachable = false;
        break;
      }
      node = &member(*node, level);
    }
    if (!is_reachable) continue;
    if (node->kind == ConfigNode::Kind::Map) {
      mistakes.push_back(format("{}: names a section, not a value ({})", origin, node->origin));
      continue;
    }
    *node = ConfigNode{};
    node->kind = ConfigNode::Kind::Scalar;
    node->scalar = value;
    node->origin = origin;
  }
}

}  // namespace gatehouse::host
