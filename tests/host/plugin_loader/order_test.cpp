// Requirements, versions and circles, with descriptions made up here. The claim: every plugin comes
// after what it needs, and what stands against that is said with names, versions and lines.
// SPDX-License-Identifier: Apache-2.0
#include "host/plugin_loader/order.hpp"

#include <gtest/gtest.h>

namespace gatehouse::host {
namespace {

Need need(std::string name) {
  return {std::move(name), false, {}, {}};
}
Need need_from(std::string name, Version at_least) {
  return {std::move(name), false, at_least, {}};
}
Need optional_need(std::string name) {
  return {std::move(name), true, {}, {}};
}

class Scene {
 public:
  // On its own line of the configuration.
  Scene& plugin(std::string name, std::vector<Need> needs = {}, Version version = {1, 0, 0}) {
    entries_.push_back({name, {}, format("g.yaml:{}", entries_.size() + 1), true});
    PluginFile file;
    file.path = "/plugins/" + name + ".so";
    file.name = std::move(name);
    file.version = version;
    file.version_text = format("{}.{}.{}", version.major, version.minor, version.patch);
    file.needs = std::move(needs);
    plugins_.push_back({entries_.back(), std::move(file)});
    return *this;
  }
  Scene& disabled(std::string name) {
    entries_.push_back({std::move(name), {}, format("g.yaml:{}", entries_.size() + 1), false});
    return *this;
  }

  std::string names() const {
    const Order ordered = order(plugins_, entries_);
    EXPECT_EQ(ordered.errors, std::vector<std::string>{});
    std::string names;
    for (const InspectedPlugin& plugin : ordered.plugins) names += plugin.file.name + " ";
    return names;
  }
  std::vector<std::string> errors() const {
    const Order ordered = order(plugins_, entries_);
    EXPECT_TRUE(ordered.plugins.empty());
    return ordered.errors;
  }

 private:
  std::vector<PluginEntry> entries_;
  std::vector<InspectedPlugin> plugins_;
};

using Lines = std::vector<std::string>;

TEST(Order, KeepsTheConfigurationsOrderWhereNothingIsNeeded) {
  EXPECT_EQ(Scene().plugin("c").plugin("a").plugin("b").names(), "c a b ");
}

TEST(Order, PutsAPluginAfterAllItNeeds) {
  EXPECT_EQ(Scene()
                .plugin("web", {need("tokens"), need("users")})
                .plugin("tokens", {need("users")})
                .plugin("users")
                .names(),
            "users tokens web ");
}

TEST(Order, PutsAPluginAfterWhatItUsesIfThatIsThere) {
  EXPECT_EQ(Scene().plugin("users", {optional_need("audit")}).plugin("audit").names(),
            "audit users ");
  EXPECT_EQ(Scene().plugin("users", {optional_need("audit")}).names(), "users ");
  EXPECT_EQ(Scene().plugin("users", {optional_need("audit")}).disabled("audit").names(), "users ");
}

TEST(Order, NamesARequirementThatIsNotConfigured) {
  EXPECT_EQ(
      Scene().plugin("notes", {{"users", false, Version{1, 0, 0}, Version{2, 0, 0}}}).errors(),
      Lines{"error: g.yaml:1: plugin 'notes': version 1.0.0 requires plugin 'users' >= 1.0 < 2.0, "
            "which is not configured: add it under 'plugins', or disable 'notes'"});
}

TEST(Order, NamesARequirementThatIsDisabledAndWhere) {
  EXPECT_EQ(
      Scene().disabled("users").plugin("notes", {need("users")}).errors(),
      Lines{"error: g.yaml:2: plugin 'notes': version 1.0.0 requires plugin 'users', which is "
            "disabled (g.yaml:1): enable it, or disable 'notes'"});
}

TEST(Order, NamesBothVersionsWhereTheyDoNotFit) {
  EXPECT_EQ(
      Scene()
          .plugin("users", {}, {1, 4, 0})
          .plugin("notes", {need_from("users", {2, 0, 0})})
          .errors(),
      Lines{"error: g.yaml:2: plugin 'notes': version 1.0.0 requires plugin 'users' >= 2.0, but "
            "/plugins/users.so (g.yaml:1) is version 1.4.0: install versions that fit"});
}

TEST(Order, ChecksTheVersionOfWhatIsOptionalWhenItIsThere) {
  EXPECT_EQ(Scene()
                .plugin("users", {}, {2, 0, 0})
                .plugin("notes", {{"users", true, {}, Version{2, 0, 0}}})
                .errors(),
            Lines{"error: g.yaml:2: plugin 'notes': version 1.0.0 uses plugin 'users' < 2.0, but "
                  "/plugins/users.so (g.yaml:1) is version 2.0.0: install versions that fit"});
}

TEST(Order, TellsACircleFromItsBeginningToItsEnd) {
  EXPECT_EQ(
      Scene()
          .plugin("start", {need("one")})
          .plugin("one", {need("two")})
          .plugin("two", {need("three")})
          .plugin("three", {need("one")})
          .errors(),
      Lines{"error: g.yaml:2: plugin 'one': plugins require each other in a circle: one -> two -> "
            "three -> one: one of them has to do without"});
  EXPECT_EQ(Scene().plugin("self", {need("self")}).errors(),
            Lines{"error: g.yaml:1: plugin 'self': plugins require each other in a circle: self -> "
                  "self: one of them has to do without"});
}

TEST(Order, TellsAllMistakesAtOnce) {
  EXPECT_EQ(Scene()
                .plugin("a", {need("nobody")})
                .plugin("b", {need("c")})
                .plugin("c", {need("b"), need("nothing")})
                .errors()
                .size(),
            3U);
}

}  // namespace
}  // namespace gatehouse::host
