// The only file that includes yaml-cpp. SPDX-License-Identifier: Apache-2.0
#include "host/config/yaml.hpp"

#include <map>
#include <utility>

#include <yaml-cpp/yaml.h>

#include <gatehouse/text.hpp>

namespace gatehouse::host {
namespace {

// Aliases can make a small file huge, or endless.
constexpr int kDeepest = 32;
constexpr int kMostValues = 100'000;

class Reader {
 public:
  Reader(std::string_view name, std::vector<std::string>& mistakes)
      : name_(name), mistakes_(mistakes) {}

  ConfigNode read(const YAML::Node& yaml, const YAML::Mark& mark, int depth) {
    ConfigNode node;
    node.origin = place(mark);
    if (depth > kDeepest || ++values_ > kMostValues) {
      if (!gave_up_)
        mistakes_.push_back(format("{}: is nested too deeply or too long", node.origin));
      gave_up_ = true;
      return node;
    }
    switch (yaml.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null:
        break;
      case YAML::NodeType::Scalar:
        node.kind = ConfigNode::Kind::Scalar;
        node.scalar = yaml.Scalar();
        node.quoted = yaml.Tag() == "!";  // what yaml-cpp calls a scalar in quotes or a block
        break;
      case YAML::NodeType::Sequence:
        node.kind = ConfigNode::Kind::List;
        for (const YAML::Node& item : yaml) {
          if (gave_up_) break;
          node.items.push_back(read(item, item.Mark(), depth + 1));
        }
        break;
      case YAML::NodeType::Map:
        node.kind = ConfigNode::Kind::Map;
        read_members(yaml, node, depth);
        break;
    }
    return node;
  }

 private:
  std::string place(const YAML::Mark& mark) const {
    return mark.is_null() ? name_ : format("{}:{}", name_, mark.line + 1);
  }

  void read_members(const YAML::Node& yaml, ConfigNode& node, int depth) {
    std::map<std::string, int> lines;
    for (const auto& member : yaml) {
      if (gave_up_) return;
      const YAML::Mark mark = member.first.Mark();
      if (!member.first.IsScalar()) {
        mistakes_.push_back(format("{}: a key has to be plain text", place(mark)));
        continue;
      }
      const std::string& key = member.first.Scalar();
      const auto [first, is_new] = lines.emplace(key, mark.line + 1);
      if (!is_new) {
        mistakes_.push_back(format(
            "{}: the key '{}' stands twice (first at line {})", place(mark), key, first->second));
        continue;
      }
      // The place of a value is its key's line: that is where one looks.
      node.members.push_back({key, read(member.second, mark, depth + 1)});
    }
  }

  std::string name_;
  std::vector<std::string>& mistakes_;
  int values_ = 0;
  bool gave_up_ = false;
};

}  // namespace

ConfigNode parse_yaml(std::string_view text,
                      std::string_view name,
                      std::vector<std::string>& mistakes) {
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos) {
    mistakes.push_back(format("{}: is not UTF-8 text", name));
    return {};
  }
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.size() > 1) {
      mistakes.push_back(format("{}: holds {} YAML documents, but one is expected: remove '---'",
                                name,
                                documents.size()));
      return {};
    }
    if (documents.empty()) return {};
    return Reader(name, mistakes).read(documents.front(), documents.front().Mark(), 0);
  } catch (const YAML::Exception& problem) {
    mistakes.push_back(
        format("{}:{}:{}: {}", name, problem.mark.line + 1, problem.mark.column + 1, problem.msg));
    return {};
  }
}

}  // namespace gatehouse::host
