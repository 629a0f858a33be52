// What a plugin may register, and what a harness says of a plugin that did not start.
// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include <gatehouse/testing/harness.hpp>

namespace {

using namespace gatehouse;

std::function<void(Context&)> wiring;

// Wires what the test says.
class Registers final : public Plugin {
 public:
  void wire(Context& host) override { wiring(host); }
};
using App = gatehouse::testing::Harness<Registers>;

class Silent final : public Endpoint {
 public:
  Result<None> run(Call&, Lenient, Answer& answer) const override {
    answer.status = 204;
    return None{};
  }
};

RouteSpec good_spec() {
  RouteSpec spec;
  spec.pattern = "/things";
  spec.permission = "public";
  spec.summary = "Be there";
  return spec;
}

TEST(Registration, ARouteWrittenByHandIsServed) {
  wiring = [](Context& host) { host.routes().add(good_spec(), std::make_unique<Silent>()); };
  App app("maker");
  ASSERT_TRUE(app.mistakes().empty()) << app.mistakes().front();
  EXPECT_EQ(app.anonymous().get("/things").status, 204);
}

TEST(Registration, ARouteWrittenByHandIsCheckedAndNamed) {
  struct Case {
    const char* says;
    std::function<void(RouteSpec&)> spoil;
  };
  static const Type* const kOne[] = {&type_of<std::string>()};
  static const Type* const kNone[] = {nullptr};
  const Case cases[] = {
      {"route GET '': its path does not begin with a slash", [](auto& s) { s.pattern = ""; }},
      {"route GET 'a': its path does not begin with a slash", [](auto& s) { s.pattern = "a"; }},
      {"route GET '/a//b': its path has an empty segment", [](auto& s) { s.pattern = "/a//b"; }},
      {"a brace in its path does not enclose", [](auto& s) { s.pattern = "/a{b}"; }},
      {"a brace in its path does not enclose", [](auto& s) { s.pattern = "/{}"; }},
      {"a brace in its path does not enclose", [](auto& s) { s.pattern = "/{a}b}"; }},
      {"another number of parameters", [](auto& s) { s.pattern = "/{a}"; }},
      {"another number of parameters", [](auto& s) { s.path_parameters = kOne; }},
      {"a parameter of its path has no type",
       [](auto& s) {
         s.pattern = "/{a}";
         s.path_parameters = kNone;
       }},
      {"its permission does not read 'area:verb'", [](auto& s) { s.permission = ""; }},
      {"its permission does not read 'area:verb'", [](auto& s) { s.permission = "Maker:read"; }},
      {"it has no summary of one line", [](auto& s) { s.summary = ""; }},
      {"it has no summary of one line", [](auto& s) { s.summary = "a\nb"; }},
      {"only POST, PUT and PATCH have a body", [](auto& s) { s.body = &type_of<std::string>(); }},
      {"its status is not one of success", [](auto& s) { s.status = 99; }},
      {"its page has no items", [](auto& s) { s.page = true; }},
      {"route ? '/things': its method is none", [](auto& s) { s.method = static_cast<Method>(9); }},
  };
  for (const Case& c : cases) {
    wiring = [&](Context& host) {
      RouteSpec spec = good_spec();
      c.spoil(spec);
      host.routes().add(spec, std::make_unique<Silent>());
    };
    App app("maker");
    ASSERT_EQ(app.mistakes().size(), 1U) << c.says;
    EXPECT_NE(app.mistakes().front().find(c.says), std::string::npos) << app.mistakes().front();
  }
  wiring = [](Context& host) { host.routes().add(good_spec(), nullptr); };
  App app("maker");
  ASSERT_EQ(app.mistakes().size(), 1U);
  EXPECT_EQ(app.mistakes().front(),
            "settings: plugin 'maker': failed in wire(): route GET '/things': it has no endpoint");
}

TEST(Registration, APermissionDoesNotBearAnotherPluginsName) {
  wiring = [](Context& host) {
    host.permissions().declare("maker:read", "things:read", held_by_everybody);
    host.permissions().declare("harness:steal", held_by_everybody);
  };
  App app("maker");
  ASSERT_EQ(app.mistakes().size(), 1U);
  EXPECT_EQ(app.mistakes().front(),
            "settings: plugin 'maker' declares the permission 'harness:steal', whose area is "
            "another plugin: name it 'maker:...'");
}

TEST(Registration, AHarnessWhosePluginDidNotStartAnswersNothing) {
  wiring = [](Context& host) {
    host.commands().add("maker run", "Run", {}, [](CommandLine&) { return 0; });
    throw std::runtime_error("broken on purpose");
  };
  App app("maker");
  const std::pair<const char*, std::function<void()>> uses[] = {
      {"a request", [&] { app.anonymous().get("/things"); }},
      {"somebody by name", [&] { app.as("ada"); }},
      {"somebody", [&] { app.as(Principal{}); }},
      {"a command", [&] { app.run("maker run"); }},
  };
  for (const auto& [name, use] : uses) {
    try {
      use();
      ADD_FAILURE() << name;
    } catch (const std::logic_error& error) {
      EXPECT_STREQ(error.what(),
                   "the plugin did not start:\n"
                   "  settings: plugin 'maker': failed in wire(): broken on purpose")
          << name;
    }
  }
}

TEST(Registration, AHarnessKeepsTheLimitOfABody) {
  wiring = [](Context& host) {
    host.routes()
        .post("/things",
              "public",
              "Take little",
              [](Call&, const RawJson&) -> Result<None> { return None{}; })
        .body_limit(6);
  };
  App app("maker");
  ASSERT_TRUE(app.mistakes().empty()) << app.mistakes().front();
  EXPECT_EQ(app.anonymous().post("/things", "\"1234\"").status, 204);
  const auto refused = app.anonymous().post("/things", "\"12345\"");
  EXPECT_EQ(refused.status, 413);
  EXPECT_NE(refused.body.find("body_too_large"), std::string::npos) << refused.body;
  EXPECT_NE(app.openapi().find("\"x-body-limit\":6"), std::string::npos);
}

}  // namespace
