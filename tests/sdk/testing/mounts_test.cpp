// The parts of the house: which mount a route belongs to, who is asked there, how its errors look
// and what challenges they carry (security.md 8). SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/testing/harness.hpp>

namespace dialect {
using namespace gatehouse;

struct Where {
  std::string mount;
};
BOOST_DESCRIBE_STRUCT(Where, (), (mount))

// Knows whoever sends a header X-NAME, by what it says.
class Key final : public Authenticator {
 public:
  explicit Key(std::string name)
      : header_("X-" + name),
        none_(name),
        invalid_(name + " error=\"invalid\""),
        scope_(name + " error=\"scope\"") {}

  std::string_view challenge(Refusal refusal) const override {
    if (none_ == "Silent") return {};
    return refusal == Refusal::NoCredential        ? none_
           : refusal == Refusal::InvalidCredential ? invalid_
                                                   : scope_;
  }
  Result<Authentication> authenticate(const Call& call) override {
    const auto sent = call.header(header_);
    if (!sent) return Authentication::not_recognised();
    if (*sent == "bad") return unauthenticated();
    if (*sent == "limited") {
      Error error{ErrorCode::RateLimited, "", "Slowly.", {}, {}};
      error.rate_limit =
          RateLimit{"sign-in", 100, std::chrono::hours(1), 0, std::chrono::seconds(30)};
      return error;
    }
    Principal who;
    who.user = 5;
    who.user_id = "65f1c0ffee00000000000005";
    if (*sent == "narrow") who.scopes = {"dialect:else"};
    if (*sent == "wide") who.scopes = {"dialect:read"};
    return Authentication::accepted(std::move(who));
  }

 private:
  const std::string header_;
  const std::string none_;
  const std::string invalid_;
  const std::string scope_;
};

void api_errors(const Call& call, const Error& error, Answer& answer) {
  answer = {http_status(error.code), "text/plain", "api " + std::string(call.mount()), {}};
}
void v2_errors(const Call& call, const Error& error, Answer& answer) {
  answer = {http_status(error.code), "text/plain", "v2 " + std::string(call.mount()), {}};
}
void own_errors(const Call&, const Error& error, Answer& answer) {
  answer = {http_status(error.code), "text/plain", "own", {}};
}

constexpr auto where = [](Call& call) -> Result<Where> { return Where{std::string(call.mount())}; };

// A dialect with two mounts and a route outside both.
class Dialect final : public Plugin {
 public:
  void wire(Context& host) override {
    host.permissions().declare("dialect:read", held_by_everybody);
    host.permissions().declare("dialect:write", held_by(Role::Staff));
    Routes& routes = host.routes();
    routes.mount("/api", &api_errors);
    routes.mount("/api/v2", &v2_errors);
    host.authenticators().add(first_, "/api");
    host.authenticators().add(second_, "/api");
    host.authenticators().add(v2_, "/api/v2");
    host.authenticators().add(silent_, "/api/v2");
    host.authenticators().add(plain_);
    routes.get("/api", "dialect:read", "Where", where);
    routes.get("/api/who", "dialect:read", "Where", where);
    routes.get("/api/write", "dialect:write", "Where", where);
    routes.get("/api/v2/who", "dialect:read", "Where", where);
    routes.get("/api/v20/who", "dialect:read", "Where", where);
    routes.get("/api/{x}/v2", "public", "Where", [](Call& call, std::string) -> Result<Where> {
      return where(call);
    });
    routes.get("/login", "public", "Where", where).in_mount("/api/v2");
    routes.get("/apis/who", "dialect:read", "Where", where);
    routes.get("/apis/public", "public", "Where", where);
    routes.get("/api/refused", "public", "Refuse", [](Call&) -> Result<Where> {
      return unauthenticated();
    });
    routes.get("/api/own", "dialect:read", "Where", where).errors(&own_errors);
    routes
        .post("/api/words",
              "public",
              "Take little",
              [](Call&, const Where&) -> Result<None> { return None{}; })
        .body_limit(4);
  }

 private:
  Key first_{"First"};
  Key second_{"Second"};
  Key v2_{"V2"};
  Key silent_{"Silent"};
  Key plain_{"Plain"};
};

// As wide as its settings say.
class Movable final : public Plugin {
 public:
  void configure(Config& config) override { mount_ = config.mount("/api/v3", "/v3"); }
  void wire(Context& host) override {
    host.routes().mount(mount_, &own_errors);
    Routes& api = host.routes().below(mount_);
    api.get("/who", "public", "Where", where);
    api.below("/deep").get("/who/", "public", "Where", where);
    host.routes().get("/out", "public", "Where", where).in_mount(mount_);
  }

 private:
  std::string mount_;
};

// Has a route below a mount that is another plugin's.
class Neighbour final : public Plugin {
 public:
  void wire(Context& host) override {
    host.permissions().declare("neighbour:read", held_by_everybody);
    host.routes()
        .get("/api/v2/next", "neighbour:read", "Where", where)
        .answers(429, "rate_limited");
    host.authenticators().add(late_);
  }

 private:
  Key late_{"Late"};
};

}  // namespace dialect

namespace {

using namespace gatehouse;
using gatehouse::testing::HarnessCore;
using gatehouse::testing::Reply;
using gatehouse::testing::TestedPlugin;

std::vector<TestedPlugin> both() {
  std::vector<TestedPlugin> plugins;
  plugins.push_back({"dialect", std::make_unique<dialect::Dialect>()});
  plugins.push_back({"neighbour", std::make_unique<dialect::Neighbour>()});
  return plugins;
}

std::vector<std::string> challenges(const Reply& reply) {
  std::vector<std::string> found;
  for (const auto& [name, value] : reply.headers) {
    if (name == "WWW-Authenticate") found.push_back(value);
  }
  return found;
}

class Mounts : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(app.mistakes().empty()) << app.mistakes().front(); }
  Reply get(std::string_view target,
            std::string_view header = "",
            std::string_view value = "good") {
    auto client = app.anonymous();
    return header.empty() ? client.get(target) : client.with(header, value).get(target);
  }
  HarnessCore app{both()};
};

TEST_F(Mounts, ARouteIsInTheLongestMountOfItsPluginThatItIsBelow) {
  struct Case {
    const char* target;
    const char* header;
    const char* mount;
  };
  const Case cases[] = {
      {"/api", "X-First", "/api"},
      {"/api/who", "X-First", "/api"},
      {"/api/who", "X-Second", "/api"},
      {"/api/v2/who", "X-V2", "/api/v2"},
      {"/api/v20/who", "X-First", "/api"},
      {"/api/v2/v2", "", "/api"},
      {"/login", "", "/api/v2"},
      {"/apis/who", "X-Plain", "/v1"},
      {"/apis/public", "", "/v1"},
      {"/api/v2/next", "X-Plain", "/v1"},
  };
  for (const Case& c : cases) {
    const Reply reply = get(c.target, c.header);
    EXPECT_EQ(reply.status, 200) << c.target << reply.body;
    EXPECT_EQ(reply.body, format("{\"mount\":\"{}\"}", c.mount)) << c.target;
  }
}

TEST_F(Mounts, ACredentialOpensNoOtherMount) {
  const std::pair<const char*, const char*> doors[] = {
      {"/api/who", "X-Plain"},
      {"/api/who", "X-V2"},
      {"/api/who", "X-Late"},
      {"/api/v2/who", "X-First"},
      {"/api/v2/who", "X-Plain"},
      {"/apis/who", "X-First"},
      {"/apis/who", "X-V2"},
      {"/api/v2/next", "X-V2"},
  };
  for (const auto& [target, header] : doors) {
    EXPECT_EQ(get(target, header).status, 401) << target << ' ' << header;
  }
  EXPECT_EQ(app.as("ada").get("/apis/who").status, 200);
  EXPECT_EQ(app.as("ada").get("/api/who").status, 401);
}

TEST_F(Mounts, ErrorsHaveTheShapeOfTheMountAlsoWhereNoRouteMatches) {
  struct Case {
    const char* target;
    int status;
    const char* body;
  };
  const Case cases[] = {
      {"/api/who", 401, "api /api"},
      {"/api/v2/who", 401, "v2 /api/v2"},
      {"/api/own", 401, "own"},
      {"/api/nothing", 404, "api /api"},
      {"/api/v2", 404, "v2 /api/v2"},
      {"/api/v2/nothing/at/all", 404, "v2 /api/v2"},
      {"/ap%69/v2/nothing", 404, "v2 /api/v2"},
      {"/api/words", 405, "api /api"},
      {"/api/who?a=%zz", 400, "api /api"},
      {"/api/v2/x?a=%zz", 400, "v2 /api/v2"},
      {"/login?a=%zz", 400, "v2 /api/v2"},
      {"/api/a%2Fb", 400, "api /api"},
      {"/api//who", 400, "api /api"},
      {"/api/v2/../x", 400, "v2 /api/v2"},
      {"/api/v2/%ff", 400, "v2 /api/v2"},
  };
  for (const Case& c : cases) {
    const Reply reply = get(c.target);
    EXPECT_EQ(reply.status, c.status) << c.target;
    EXPECT_EQ(reply.body, c.body) << c.target;
  }
  EXPECT_EQ(get("/api/words").header("Allow"), "POST, OPTIONS");
  EXPECT_EQ(get("/api/who?a=%zz").header("Allow"), "");
  const Reply large = app.anonymous().post("/api/words", "{\"mount\":\"x\"}");
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.body, "api /api");
  const Reply deleted = app.anonymous().remove("/login");
  EXPECT_EQ(deleted.status, 405);
  EXPECT_EQ(deleted.body, "v2 /api/v2");
  for (const char* elsewhere : {"/nothing", "/apis", "/API/x", "/apix", "/../api/x", "/v1/api"}) {
    EXPECT_EQ(get(elsewhere).content_type, "application/problem+json") << elsewhere;
  }
}

TEST_F(Mounts, ChallengesAreThoseOfTheMountThatOfLaterPluginsFirst) {
  using List = std::vector<std::string>;
  EXPECT_EQ(challenges(get("/apis/who")), (List{"Late", "Plain", "Harness"}));
  EXPECT_EQ(challenges(get("/api/who")), (List{"First", "Second"}));
  EXPECT_EQ(challenges(get("/api/v2/who")), (List{"V2"})) << "an empty one is left out";
  EXPECT_EQ(challenges(get("/api/refused")), (List{"First", "Second"})) << "by a handler";
  EXPECT_EQ(challenges(get("/api/nothing")), List{});
}

TEST_F(Mounts, WhoRefusedACredentialChallengesFirst) {
  using List = std::vector<std::string>;
  EXPECT_EQ(challenges(get("/api/who", "X-Second", "bad")),
            (List{"Second error=\"invalid\"", "First"}));
  EXPECT_EQ(challenges(get("/apis/who", "X-Plain", "bad")),
            (List{"Plain error=\"invalid\"", "Late", "Harness"}));
  EXPECT_EQ(challenges(get("/api/v2/who", "X-Silent", "bad")), (List{"V2"}));
}

TEST_F(Mounts, WhoRecognisesACredentialDecides) {
  const auto bad = app.anonymous().with("X-First", "bad").with("X-Second", "good").get("/api/who");
  EXPECT_EQ(bad.status, 401) << "the next one is not asked";
  EXPECT_EQ(challenges(bad), (std::vector<std::string>{"First error=\"invalid\"", "Second"}));
  const auto good = app.anonymous().with("X-First", "good").with("X-Second", "bad").get("/api/who");
  EXPECT_EQ(good.status, 200);
}

TEST_F(Mounts, ATokenWithoutTheScopeIsToldSo) {
  const Reply narrow = get("/apis/who", "X-Plain", "narrow");
  EXPECT_EQ(narrow.status, 403);
  EXPECT_NE(narrow.body.find("\"code\":\"insufficient_scope\""), std::string::npos) << narrow.body;
  EXPECT_EQ(challenges(narrow), std::vector<std::string>{"Plain error=\"scope\""});
  EXPECT_EQ(get("/apis/who", "X-Plain", "wide").status, 200);
  // The roles would not do either: no scope mends that.
  const Reply denied = get("/api/write", "X-First", "narrow");
  EXPECT_EQ(denied.status, 403);
  EXPECT_EQ(challenges(denied), std::vector<std::string>{});
  const Reply silent = get("/api/v2/who", "X-Silent", "narrow");
  EXPECT_EQ(silent.status, 403);
  EXPECT_EQ(challenges(silent), std::vector<std::string>{});
}

TEST_F(Mounts, ALimitIsToldInEveryShape) {
  for (const auto& [target, header] :
       {std::pair("/api/who", "X-First"), std::pair("/apis/who", "X-Plain")}) {
    const Reply reply = get(target, header, "limited");
    EXPECT_EQ(reply.status, 429);
    EXPECT_EQ(reply.header("RateLimit-Policy"), "\"sign-in\";q=100;w=3600");
    EXPECT_EQ(reply.header("RateLimit"), "\"sign-in\";r=0;t=30");
    EXPECT_EQ(reply.header("Retry-After"), "30");
    EXPECT_EQ(challenges(reply), std::vector<std::string>{});
  }
}

TEST_F(Mounts, TheDocumentShowsHowToSignInWhere) {
  const auto shows = [&](std::string_view text) {
    return app.openapi().find(text) != std::string::npos;
  };
  EXPECT_TRUE(shows(R"("security":[{"harness":[]},{"late":[]},{"plain":[]}])"));
  EXPECT_TRUE(shows(R"("security":[{"first":[]},{"second":[]}])"));
  EXPECT_TRUE(shows(R"("security":[{"v2":[]}])"));
  EXPECT_TRUE(shows(R"("v2":{"type":"http","scheme":"v2"})"));
  EXPECT_TRUE(shows(R"("RateLimit-Policy":{)"));
  EXPECT_TRUE(shows(R"("x-codes":["rate_limited"])"));
}

std::function<void(Context&)> wiring;

class Registers final : public Plugin {
 public:
  void wire(Context& host) override {
    if (wiring) std::exchange(wiring, nullptr)(host);
  }
};

TEST(MountMistakes, AreToldAllAtOnce) {
  dialect::Key key("Key");
  wiring = [&](Context& host) {
    host.permissions().declare("maker:read", held_by_everybody);
    Routes& routes = host.routes();
    for (const char* prefix : {"api",
                               "/",
                               "/api/",
                               "/a//b",
                               "/a/{b}",
                               "/v1",
                               "/v1/x",
                               "/health",
                               "/metrics/x",
                               "/twice"}) {
      routes.mount(prefix, &render_problem);
    }
    routes.mount("/twice", &render_problem);
    routes.mount("/mute", nullptr);
    routes.mount("/closed", &render_problem);
    routes.get("/closed/who", "maker:read", "Where", dialect::where);
    routes.get("/closed/public", "public", "Where", dialect::where);
    routes.get("/who", "public", "Where", dialect::where).in_mount("/nowhere");
    host.authenticators().add(key, "/nowhere");
    host.authenticators().add(key, "/v1");
  };
  gatehouse::testing::Harness<Registers> app("maker");
  const std::vector<std::string> expected = {
      "mount 'api': it does not begin with a slash",
      "mount '/': it is the whole house, which is nobody's",
      "mount '/api/': it ends with a slash",
      "mount '/a//b': it has an empty segment",
      "mount '/a/{b}': it has a parameter, but holds for all",
      "mount '/v1': /v1 is nobody's",
      "mount '/v1/x': /v1 is nobody's",
      "mount '/health': it is kept for the server itself",
      "mount '/metrics/x': it is kept for the server itself",
      "mount '/twice' is already declared by plugin 'maker': each takes a path of its own",
      "mount '/mute': it has no renderer of errors",
      "an authenticator is added to the mount '/nowhere', which the plugin does not declare with "
      "routes().mount()",
      "route GET /closed/who is not public, but its mount '/closed' has no authenticator: say "
      "authenticators().add(..., \"/closed\")",
      "route GET /who is in_mount('/nowhere'), which the plugin does not declare with "
      "routes().mount()",
  };
  ASSERT_EQ(app.mistakes().size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(app.mistakes()[i], "settings: plugin 'maker': " + expected[i]);
  }
}

TEST(MovableMount, TakesItsRoutesAlong) {
  const std::pair<const char*, const char*> cases[] = {{"", "/api/v3"}, {"/old/v3", "/old/v3"}};
  for (const auto& [set, prefix] : cases) {
    std::vector<TestedPlugin> plugins;
    plugins.push_back({"movable", std::make_unique<dialect::Movable>(), {}, set});
    HarnessCore app(std::move(plugins));
    ASSERT_TRUE(app.mistakes().empty()) << app.mistakes().front();
    const std::string mount(prefix);
    for (const std::string& target : {mount + "/who", mount + "/deep/who/", std::string("/out")}) {
      EXPECT_EQ(app.anonymous().get(target).body, format("{\"mount\":\"{}\"}", mount)) << target;
    }
    EXPECT_EQ(app.anonymous().get(mount + "/deep/who").body, "own");
  }
}

TEST(MovableMount, IsRefusedWhereNoClientCouldBePointedAtIt) {
  struct Case {
    const char* mount;
    const char* mistake;
  };
  const Case cases[] = {
      {"/old/v4",
       "'/old/v4' does not end in /v3, which clients put behind their base URL: no client could be "
       "pointed at it"},
      {"api/v3", "does not begin with a slash: it is a path, such as /api/v3"},
      {"/api/v3/", "ends in a slash: leave that out, such as /api/v3"},
      {"/a b/v3", "has other characters than letters, digits and - _ . ~, such as /api/v3"},
      {"/a//v3", "has a segment that is empty or begins with a dot, such as /api/v3"},
      {"/../v3", "has a segment that is empty or begins with a dot, such as /api/v3"},
  };
  for (const Case& c : cases) {
    std::vector<TestedPlugin> plugins;
    plugins.push_back({"movable", std::make_unique<dialect::Movable>(), {}, c.mount});
    HarnessCore app(std::move(plugins));
    ASSERT_EQ(app.mistakes().size(), 1U) << c.mount;
    EXPECT_EQ(app.mistakes()[0], format("settings: plugins.movable.mount: {}", c.mistake));
  }
}

TEST(MovableMount, IsAMistakeOfAPluginWithoutOne) {
  std::vector<TestedPlugin> plugins;
  plugins.push_back({"neighbour", std::make_unique<dialect::Neighbour>(), {}, "/api"});
  HarnessCore app(std::move(plugins));
  ASSERT_EQ(app.mistakes().size(), 1U);
  EXPECT_EQ(app.mistakes()[0],
            "settings: plugins.neighbour.mount: this plugin's routes have fixed paths: leave it "
            "out");
}

TEST(MountMistakes, AMountBelowAPathOfSomebodyElseIsToldOf) {
  for (const char* prefix : {"/api/write", "/api/write/deep", "/api/any/v2", "/login"}) {
    std::vector<TestedPlugin> plugins = both();
    plugins.push_back(
        {"movable", std::make_unique<dialect::Movable>(), {}, prefix + std::string("/v3")});
    HarnessCore app(std::move(plugins));
    ASSERT_EQ(app.mistakes().size(), 1U) << prefix;
    EXPECT_NE(app.mistakes()[0].find("/v3' is below route "), std::string::npos)
        << app.mistakes()[0];
  }
  std::vector<TestedPlugin> beside = both();
  beside.push_back({"movable", std::make_unique<dialect::Movable>(), {}, "/api/v3"});
  EXPECT_TRUE(HarnessCore(std::move(beside)).mistakes().empty());
}

TEST(MountMistakes, TwoPluginsWithOnePrefixAreNamed) {
  std::vector<TestedPlugin> plugins = both();
  plugins.push_back({"maker", std::make_unique<Registers>()});
  wiring = [](Context& host) {
    host.routes().mount("/api/v2", &render_problem);
    host.routes().get("/x", "public", "Where", dialect::where).in_mount("/api");
  };
  HarnessCore app(std::move(plugins));
  ASSERT_EQ(app.mistakes().size(), 2U);
  EXPECT_EQ(
      app.mistakes()[0],
      "settings: plugin 'maker': mount '/api/v2' is already declared by plugin 'dialect': each "
      "takes a path of its own");
  EXPECT_EQ(app.mistakes()[1],
            "settings: plugin 'maker': route GET /x is in_mount('/api'), which the plugin does not "
            "declare with routes().mount()");
}

}  // namespace
