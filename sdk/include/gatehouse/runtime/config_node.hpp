// A configuration as read, before anybody knows what it should hold. The host makes it from YAML
// and the environment, the test harness from a list. Not for plugins.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/config.hpp>
#include <gatehouse/export.hpp>

namespace gatehouse {

struct ConfigMember;

struct ConfigNode {
  enum class Kind : std::uint8_t { Null, Scalar, List, Map };
  Kind kind = Kind::Null;
  std::string scalar;
  bool quoted = false;                // a quoted scalar is always text
  std::vector<ConfigNode> items;      // List
  std::vector<ConfigMember> members;  // Map, in order, no doubles
  std::string origin;  // "gatehouse.yaml:12" or "environment variable GATEHOUSE_HTTP__PORT"

  GATEHOUSE_API const ConfigNode* find(std::string_view key) const;
};

struct ConfigMember {
  std::string key;
  ConfigNode value;
};

// The reader of a tree: what Config getters record ends up in `mistakes`, each a whole line
// "gatehouse.yaml:12: plugins.notes.config.max_length: 0 is out of range 1..10000".
class GATEHOUSE_API ConfigAccess {
 public:
  // `path` ("plugins.notes.config") begins every mistake's key. `node` may be null (all defaults)
  // and must outlive the Config.
  static Config open(const ConfigNode* node,
                     std::string path,
                     std::string origin,
                     std::vector<std::string>& mistakes);
  // Of a plugin `name`, whose mount is another node beside its configuration; both may be null.
  static Config open_plugin(std::string_view name,
                            const ConfigNode* config,
                            const ConfigNode* mount,
                            std::string origin,
                            std::vector<std::string>& mistakes);
  // Records every key below that nobody asked for, with the nearest known one.
  static void finish(Config& config);
  // The full paths of all values that were asked for so far, present or not.
  static std::vector<std::string> known_keys(const Config& config);
};

}  // namespace gatehouse
