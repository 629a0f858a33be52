// A request target (RFC 9112 3.2, origin form) taken apart: split first, decoded after, so that
// nothing that was encoded can become structure. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/result.hpp>

namespace gatehouse::runtime {

struct Target {
  std::string path;                   // as sent
  std::string query;                  // as sent, without "?"
  std::vector<std::string> segments;  // decoded; "/a/b" is {a, b}, "/a/" is {a, ""}, "/" is {""}
  std::vector<std::pair<std::string, std::string>> parameters;  // decoded, in order
};

// Malformed (security.md 8): bad or NUL encoding, text that is not UTF-8, control characters, dot
// segments, empty inner segments, encoded slashes; more than 64 segments or 256 parameters.
Result<Target> parse_target(std::string_view target);

// The segments of a target that is malformed, as far as they can be read.
std::vector<std::string> path_segments(std::string_view target);

}  // namespace gatehouse::runtime
