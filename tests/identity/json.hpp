// As much of JSON as the tests of this folder look at: the members of an object and the items of an
// array, each as text. What it is given was written by the server, so it is not checked.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::identity {

// The values between the outer brackets: {name, text} of an object, {"", text} of an array. Names
// are as written, escapes and all.
inline std::vector<std::pair<std::string_view, std::string_view>> json_parts(
    std::string_view json) {
  std::vector<std::pair<std::string_view, std::string_view>> parts;
  std::string_view name;
  std::size_t begin = 1;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
      continue;
    }
    quoted = c == '"';
    if (c == '{' || c == '[') ++depth;
    const bool ends = depth == 1 && (c == ',' || c == '}' || c == ']');
    if (c == '}' || c == ']') --depth;
    if (depth == 1 && c == ':') {
      name = json.substr(begin + 1, i - begin - 2);
      begin = i + 1;
    }
    if (ends) {
      if (i > begin) parts.emplace_back(name, json.substr(begin, i - begin));
      name = {};
      begin = i + 1;
    }
  }
  return parts;
}

// The text of a member; a string comes without its quotes. "" when there is none.
inline std::string json_member(std::string_view json, std::string_view name) {
  for (auto [key, text] : json_parts(json)) {
    if (key != name) continue;
    if (text.starts_with('"')) text = text.substr(1, text.size() - 2);
    return std::string(text);
  }
  return {};
}

// Every operation of an OpenAPI document, "GET /v1/users", with the permission that it needs.
inline std::map<std::string, std::string> operations_of(std::string_view openapi) {
  std::map<std::string, std::string> operations;
  const std::string paths = json_member(openapi, "paths");
  for (const auto& [path, methods] : json_parts(paths)) {
    for (const auto& [method, operation] : json_parts(methods)) {
      std::string name;
      for (const char c : method) name += static_cast<char>(c - 'a' + 'A');
      operations[name + " " + std::string(path)] = json_member(operation, "x-permission");
    }
  }
  return operations;
}

}  // namespace gatehouse::identity
