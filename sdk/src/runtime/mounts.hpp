// The parts of the house: whom each asks who somebody is, and how its errors look (security.md 8).
// All routes outside the mounts of dialects belong to one, "/v1".
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/authenticator.hpp>

namespace gatehouse::runtime {

struct RouteEntry;

inline constexpr std::string_view kCanonicalMount = "/v1";

struct SignIn {
  std::string plugin;
  std::uint32_t plugin_number = 0;
  Authenticator* authenticator = nullptr;
};

struct Mount {
  std::string plugin;  // "": the canonical one, which is nobody's
  std::string prefix;
  ErrorRenderer errors = nullptr;
  std::vector<std::string> segments = {};
  std::vector<SignIn> sign_ins = {};  // in the order in which they are asked
  // In the order in which they challenge: a plugin that stands on others has the finer way in
  // (tokens before passwords), and is wired after them; so those of later plugins come first.
  std::vector<SignIn> challengers = {};
};

// Filled while plugins are wired, constant after freeze().
class Mounts {
 public:
  Mounts();

  // What is wrong with these shows in freeze(), together with all else.
  void declare(std::string_view plugin, std::string_view prefix, ErrorRenderer errors);
  void add(SignIn sign_in, std::string_view mount);
  // Below it, errors of paths that nobody has are no dialect's whose mount is shorter. Where a
  // plugin declares that prefix, it is the plugin's. What is no prefix is left out.
  void keep_free(std::string_view prefix) { kept_free_.emplace_back(prefix); }

  struct Mistake {
    std::string plugin;
    std::string text;  // continues "plugin 'NAME': "
  };
  // Gives each route its mount and, where it has no word of its own, the errors of that.
  std::vector<Mistake> freeze(std::deque<RouteEntry>& routes);

  const Mount& canonical() const { return all_.front(); }
  // With the longest prefix of a path that no route has.
  const Mount& of_path(std::span<const std::string> segments) const;

 private:
  struct Added {
    SignIn sign_in;
    std::string mount;
  };
  void add_kept_free();
  void check_declared(std::vector<Mistake>& mistakes) const;
  void check_routes(const std::deque<RouteEntry>& routes, std::vector<Mistake>& mistakes) const;
  Mount* find_own(std::string_view plugin, std::string_view prefix);
  Mount& by_pattern(const RouteEntry& route);

  std::deque<Mount> all_;  // they stay where they are
  std::vector<Added> added_;
  std::vector<std::string> kept_free_;
};

}  // namespace gatehouse::runtime
