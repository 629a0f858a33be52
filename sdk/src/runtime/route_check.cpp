// SPDX-License-Identifier: Apache-2.0
#include "runtime/route_check.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string_view>

#include <gatehouse/text.hpp>

#include "runtime/rights.hpp"
#include "runtime/router.hpp"

namespace gatehouse::runtime {
namespace {

bool is_parameter(std::string_view segment) {
  return segment.size() >= 3 && segment.front() == '{' && segment.back() == '}' &&
         segment.substr(1, segment.size() - 2).find_first_of("{}") == segment.npos;
}

std::string_view mistake_of_pattern(std::string_view pattern, std::size_t parameters) {
  if (!pattern.starts_with('/')) return "its path does not begin with a slash";
  std::size_t count = 0;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const std::string_view segment = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(segment.size());
    if (segment.empty() && !pattern.empty()) return "its path has an empty segment";
    if (segment.find_first_of("{}") == segment.npos) continue;
    if (!is_parameter(segment)) return "a brace in its path does not enclose a whole segment";
    ++count;
  }
  return count == parameters ? "" : "its path has another number of parameters than it declares";
}

std::string_view mistake_of(const RouteSpec& spec, const Endpoint* endpoint) {
  if (endpoint == nullptr) return "it has no endpoint";
  if (static_cast<std::size_t>(spec.method) >= kMethodCount) return "its method is none";
  const std::string_view pattern = mistake_of_pattern(spec.pattern, spec.path_parameters.size());
  if (!pattern.empty()) return pattern;
  if (std::any_of(spec.path_parameters.begin(), spec.path_parameters.end(), [](const Type* type) {
        return type == nullptr;
      })) {
    return "a parameter of its path has no type";
  }
  if (spec.permission != "public" && !is_permission(spec.permission)) {
    return "its permission does not read 'area:verb' in lower case, or 'public'";
  }
  if (spec.summary.empty() || spec.summary.find('\n') != spec.summary.npos) {
    return "it has no summary of one line";
  }
  if (spec.body != nullptr && (spec.method == Method::Get || spec.method == Method::Delete)) {
    return "only POST, PUT and PATCH have a body";
  }
  if (spec.status < 200 || spec.status > 299) return "its status is not one of success";
  if (spec.page && spec.result == nullptr) return "its page has no items";
  return "";
}

}  // namespace

void check_route(const RouteSpec& spec, const Endpoint* endpoint) {
  const std::string_view mistake = mistake_of(spec, endpoint);
  if (mistake.empty()) return;
  const auto method = static_cast<std::size_t>(spec.method);
  throw std::invalid_argument(format("route {} '{}': {}",
                                     method < kMethodCount ? method_name(spec.method) : "?",
                                     spec.pattern,
                                     mistake));
}

}  // namespace gatehouse::runtime
