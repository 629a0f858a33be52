// From a method and decoded segments to the route that answers. Literal segments win over
// parameters, segment by segment, with going back where that leads nowhere.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/routes.hpp>
#include <gatehouse/runtime/openapi.hpp>

#include "runtime/idempotency.hpp"
#include "runtime/rights.hpp"

namespace gatehouse::runtime {

inline constexpr std::size_t kMethodCount = 5;
std::string_view method_name(Method method);
std::optional<Method> parse_method(std::string_view name);  // "HEAD" is Get

struct Mount;

// A route as registered.
struct RouteEntry {
  std::string plugin;
  std::uint32_t plugin_number = 0;  // from 1 on
  std::string pattern;
  RouteSpec spec;  // whose pattern is the one above
  std::string description;
  std::unique_ptr<Endpoint> endpoint;
  bool hashing = false;
  bool may_hash = false;
  bool non_blocking = false;
  bool etag = false;
  std::string in_mount;          // "": the mount follows from the pattern
  const Mount* mount = nullptr;  // set when the routes are frozen
  std::size_t body_limit = 64 * 1024;
  bool without_api_access = false;
  std::string delegable;  // the grant scope; "": not to who acts for somebody else
  Lenient lenient = Lenient::Strict;
  ErrorRenderer errors = nullptr;  // the mount's from the freezing on, if the route says none
  std::string content;
  std::vector<ApiAnswer> answers;
  std::map<std::string, std::string> parameters;
  std::vector<int> statuses;  // all that the API's document shows, set when the routes are frozen
  HeldBy held_by;             // of the permission, set when the routes are frozen

  KeyUse key_use = KeyUse::Kept;
  // Whoever sends a public request has no name that a key could belong to.
  bool honours_key() const {
    return spec.method == Method::Post && !is_public() && key_use != KeyUse::Ignored;
  }

  bool is_public() const { return spec.permission == "public"; }
};

class Router {
 public:
  // The route that stands in the way when `entry` would match the same requests, else null.
  const RouteEntry* add(const RouteEntry& entry);

  struct Match {
    const RouteEntry* route = nullptr;         // null: no route for this method
    const RouteEntry* neighbour = nullptr;     // a route of another method on the same path
    std::string_view pattern;                  // of the route, or of the neighbour
    std::string allow;                         // for 405 and OPTIONS: "GET, HEAD, OPTIONS"
    std::vector<std::string_view> parameters;  // views into the segments
  };
  // `method` nothing: one that no route can have, or OPTIONS.
  Match find(std::optional<Method> method, std::span<const std::string> segments) const;

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    std::array<const RouteEntry*, kMethodCount> routes{};
  };
  static bool walk(const Node& node,
                   std::optional<Method> method,
                   std::span<const std::string> rest,
                   Match& match);
  Node root_;
};

}  // namespace gatehouse::runtime
