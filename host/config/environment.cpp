// SPDX-License-Identifier: Apache-2.0
#include "host/config/environment.hpp"

#include <algorithm>
#include <array>
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
bool is_of_kubernetes(std::string_view rest, std::string_view value) {
  const bool is_url = value.starts_with("tcp://") || value.starts_with("udp://");
  return (rest == "PORT" && is_url) || rest == "SERVICE_HOST" || rest == "SERVICE_PORT" ||
         rest.starts_with("SERVICE_PORT_") ||
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

// What a name without levels may stand for: " (did you mean GATEHOUSE_HTTP__PORT?)", or "".
std::string suggestion(std::string_view rest) {
  constexpr std::array<std::string_view, 6> kSections = {
      "HTTP", "OBSERVABILITY", "STORAGE", "PASSWORDS", "POLICY", "PLUGINS"};
  const std::size_t underscore = std::min(rest.find('_'), rest.size());
  const std::string_view first = rest.substr(0, underscore);
  if (rest == "PORT" || rest == "ADDRESS") {
    return format(" (did you mean {}HTTP__{}?)", kPrefix, rest);
  }
  if (std::find(kSections.begin(), kSections.end(), first) == kSections.end()) return {};
  return format(" (did you mean {}{}_{}?)", kPrefix, first, rest.substr(underscore));
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
    if (is_reserved(rest) || is_of_kubernetes(rest, value)) continue;

    const std::string origin = "environment variable " + variable;
    const std::vector<std::string> levels = split_levels(rest);
    if (levels.size() == 1) {
      mistakes.push_back(format("{}: is no setting; two underscores join the levels of a key{}",
                                origin,
                                suggestion(rest)));
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
