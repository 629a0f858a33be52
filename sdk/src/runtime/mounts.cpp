// SPDX-License-Identifier: Apache-2.0
#include "runtime/mounts.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <gatehouse/text.hpp>

#include "runtime/router.hpp"

namespace gatehouse::runtime {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    segments.emplace_back(segment);
    path.remove_prefix(segment.size());
  }
  return segments;
}

// Whether a path is at or below the prefix.
bool begins_with(std::span<const std::string> segments, const std::vector<std::string>& prefix) {
  return segments.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), segments.begin());
}

// The server's own, and where OAuth has its pages: a dialect there would answer for their
// neighbours in its own shape.
constexpr std::array<std::string_view, 4> kReserved{
    "/health", "/metrics", "/oauth", "/openapi.json"};

std::string_view mistake_of(const Mount& mount) {
  const std::string_view prefix = mount.prefix;
  if (!prefix.starts_with('/')) return "it does not begin with a slash";
  if (prefix == "/") return "it is the whole house, which is nobody's";
  if (prefix.ends_with('/')) return "it ends with a slash";
  if (prefix.find("//") != prefix.npos) return "it has an empty segment";
  if (prefix.find_first_of("{}") != prefix.npos) return "it has a parameter, but holds for all";
  if (begins_with(mount.segments, split(kCanonicalMount))) return "/v1 is nobody's";
  for (const std::string_view reserved : kReserved) {
    if (begins_with(mount.segments, split(reserved))) return "it is kept for the server itself";
  }
  if (mount.errors == nullptr) return "it has no renderer of errors";
  return "";
}

// Whether a path is at or below a pattern.
bool is_within(const std::vector<std::string>& path, const std::vector<std::string>& pattern) {
  return path.size() >= pattern.size() &&
         std::equal(pattern.begin(),
                    pattern.end(),
                    path.begin(),
                    [](const std::string& part, const std::string& segment) {
                      return part.starts_with('{') || part == segment;
                    });
}

std::string name_of(const RouteEntry& route) {
  return format("route {} {}", method_name(route.spec.method), route.spec.pattern);
}

}  // namespace

Mounts::Mounts() {
  all_.push_back({"", std::string(kCanonicalMount), &render_problem});
}

void Mounts::declare(std::string_view plugin, std::string_view prefix, ErrorRenderer errors) {
  all_.push_back({std::string(plugin), std::string(prefix), errors, split(prefix)});
}

void Mounts::add(SignIn sign_in, std::string_view mount) {
  added_.push_back({std::move(sign_in), std::string(mount)});
}

const Mount& Mounts::of_path(std::span<const std::string> segments) const {
  const Mount* longest = &canonical();  // which has no segments of its own
  for (const Mount& mount : all_) {
    const bool is_longer = mount.segments.size() > longest->segments.size();
    if (is_longer && begins_with(segments, mount.segments)) longest = &mount;
  }
  return *longest;
}

void Mounts::check_declared(std::vector<Mistake>& mistakes) const {
  for (auto mount = std::next(all_.begin()); mount != all_.end(); ++mount) {
    if (const std::string_view mistake = mistake_of(*mount); !mistake.empty()) {
      mistakes.push_back({mount->plugin, format("mount '{}': {}", mount->prefix, mistake)});
    }
    const auto other = std::find_if(
        all_.begin(), mount, [&](const Mount& one) { return one.prefix == mount->prefix; });
    if (other == mount || other == all_.begin()) continue;
    mistakes.push_back(
        {mount->plugin,
         format("mount '{}' is already declared by plugin '{}': each takes a path of its own",
                mount->prefix,
                other->plugin)});
  }
}

// A mount that begins with a path of somebody else's would answer beside it in another shape. Above
// their own mount they have nothing to say.
void Mounts::check_routes(const std::deque<RouteEntry>& routes,
                          std::vector<Mistake>& mistakes) const {
  for (auto mount = std::next(all_.begin()); mount != all_.end(); ++mount) {
    const auto stands_in_the_way = [&](const RouteEntry& route) {
      std::vector<std::string> segments = split(route.spec.pattern);
      if (!segments.empty() && segments.back().empty()) segments.pop_back();
      return route.plugin != mount->plugin && route.mount != nullptr && !segments.empty() &&
             is_within(mount->segments, segments) && !is_within(route.mount->segments, segments);
    };
    if (mount->plugin.empty() || !mistake_of(*mount).empty()) continue;
    const auto other = std::find_if(routes.begin(), routes.end(), stands_in_the_way);
    if (other == routes.end()) continue;
    mistakes.push_back({mount->plugin,
                        format("mount '{}' is below {} of plugin '{}': take a path of its own",
                               mount->prefix,
                               name_of(*other),
                               other->plugin)});
  }
}

Mount* Mounts::find_own(std::string_view plugin, std::string_view prefix) {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const Mount& mount) {
    return mount.plugin == plugin && mount.prefix == prefix;
  });
  return found == all_.end() ? nullptr : &*found;
}

Mount& Mounts::by_pattern(const RouteEntry& route) {
  const std::vector<std::string> segments = split(route.spec.pattern);
  Mount* longest = &all_.front();
  for (Mount& mount : all_) {
    const bool is_longer = mount.segments.size() > longest->segments.size();
    if (is_longer && mount.plugin == route.plugin && begins_with(segments, mount.segments)) {
      longest = &mount;
    }
  }
  return *longest;
}

void Mounts::add_kept_free() {
  for (const std::string& prefix : kept_free_) {
    Mount kept{"", prefix, &render_problem, split(prefix)};
    const bool is_declared = std::any_of(
        all_.begin(), all_.end(), [&](const Mount& mount) { return mount.prefix == prefix; });
    if (!is_declared && mistake_of(kept).empty()) all_.push_back(std::move(kept));
  }
}

std::vector<Mounts::Mistake> Mounts::freeze(std::deque<RouteEntry>& routes) {
  std::vector<Mistake> mistakes;
  check_declared(mistakes);
  add_kept_free();
  for (const Added& added : added_) {
    Mount* const mount = added.mount == kCanonicalMount
                             ? &all_.front()
                             : find_own(added.sign_in.plugin, added.mount);
    if (mount != nullptr) {
      mount->sign_ins.push_back(added.sign_in);
      continue;
    }
    mistakes.push_back({added.sign_in.plugin,
                        format("an authenticator is added to the mount '{}', which the plugin does "
                               "not declare with routes().mount()",
                               added.mount)});
  }
  for (Mount& mount : all_) {
    mount.challengers = mount.sign_ins;
    std::stable_sort(
        mount.challengers.begin(), mount.challengers.end(), [](const SignIn& a, const SignIn& b) {
          return a.plugin_number > b.plugin_number;
        });
  }
  for (RouteEntry& route : routes) {
    Mount* const mount =
        route.in_mount.empty() ? &by_pattern(route) : find_own(route.plugin, route.in_mount);
    if (mount == nullptr) {
      mistakes.push_back({route.plugin,
                          format("{} is in_mount('{}'), which the plugin does not declare with "
                                 "routes().mount()",
                                 name_of(route),
                                 route.in_mount)});
      continue;
    }
    route.mount = mount;
    if (route.errors == nullptr) route.errors = mount->errors;
    // Without any plugin that signs people in, /v1 just lets nobody in.
    if (route.is_public() || !mount->sign_ins.empty() || mount == &all_.front()) continue;
    mistakes.push_back({route.plugin,
                        format("{} is not public, but its mount '{}' has no authenticator: say "
                               "authenticators().add(..., \"{}\")",
                               name_of(route),
                               mount->prefix,
                               mount->prefix)});
  }
  check_routes(routes, mistakes);
  return mistakes;
}

}  // namespace gatehouse::runtime
