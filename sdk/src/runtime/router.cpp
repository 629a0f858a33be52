// SPDX-License-Identifier: Apache-2.0
#include "runtime/router.hpp"

#include <utility>

namespace gatehouse::runtime {
namespace {

constexpr std::array<std::string_view, kMethodCount> kMethods{
    "GET", "POST", "PUT", "PATCH", "DELETE"};

std::vector<std::string_view> pattern_segments(std::string_view pattern) {
  std::vector<std::string_view> segments;
  pattern.remove_prefix(1);
  for (;;) {
    const std::size_t slash = pattern.find('/');
    segments.push_back(pattern.substr(0, slash));
    if (slash == pattern.npos) return segments;
    pattern.remove_prefix(slash + 1);
  }
}

void add_allowed(const std::array<const RouteEntry*, kMethodCount>& routes, std::string& allow) {
  for (std::size_t i = 0; i < kMethodCount; ++i) {
    if (routes[i] == nullptr || allow.find(kMethods[i]) != allow.npos) continue;
    allow += allow.empty() ? "" : ", ";
    allow += kMethods[i];
    if (i == 0) allow += ", HEAD";
  }
}

}  // namespace

std::string_view method_name(Method method) {
  return kMethods[static_cast<std::size_t>(method)];
}

std::optional<Method> parse_method(std::string_view name) {
  if (name == "HEAD") return Method::Get;
  for (std::size_t i = 0; i < kMethodCount; ++i) {
    if (kMethods[i] == name) return static_cast<Method>(i);
  }
  return std::nullopt;
}

const RouteEntry* Router::add(const RouteEntry& entry) {
  Node* node = &root_;
  for (const std::string_view segment : pattern_segments(entry.spec.pattern)) {
    const bool parameter = segment.starts_with('{') && segment.ends_with('}');
    std::unique_ptr<Node>& next =
        parameter ? node->parameter : node->literals[std::string(segment)];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  const RouteEntry*& place = node->routes[static_cast<std::size_t>(entry.spec.method)];
  if (place != nullptr) return place;
  place = &entry;
  return nullptr;
}

Router::Match Router::find(std::optional<Method> method,
                           std::span<const std::string> segments) const {
  Match match;
  walk(root_, method, segments, match);
  if (match.route == nullptr) match.parameters.clear();
  if (match.neighbour != nullptr && match.route == nullptr) match.allow += ", OPTIONS";
  return match;
}

bool Router::walk(const Node& node,
                  std::optional<Method> method,
                  std::span<const std::string> rest,
                  Match& match) {
  if (rest.empty()) {
    for (const RouteEntry* route : node.routes) {
      if (route == nullptr) continue;
      match.neighbour = route;
      match.pattern = route->spec.pattern;
    }
    if (method) match.route = node.routes[static_cast<std::size_t>(*method)];
    if (match.route != nullptr) {
      match.pattern = match.route->spec.pattern;
      return true;
    }
    add_allowed(node.routes, match.allow);
    return false;
  }
  const std::string& segment = rest.front();
  if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
    if (walk(*literal->second, method, rest.subspan(1), match)) return true;
  }
  if (node.parameter && !segment.empty()) {
    match.parameters.emplace_back(segment);
    if (walk(*node.parameter, method, rest.subspan(1), match)) return true;
    match.parameters.pop_back();
  }
  return false;
}

}  // namespace gatehouse::runtime
