// What a plugin can count on: phases, rights, guards, services, events, commands; seen through the
// harness. SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include <gtest/gtest.h>

#include <gatehouse/testing/harness.hpp>

namespace probe {
using namespace gatehouse;

struct Word {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Word, (), (text))
struct Stored {
  std::int64_t id = 0;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Stored, (), (id, text))

struct Happened {
  static constexpr std::string_view kEventName = "probe.happened/1";
  std::string text;
};

class Greeter {
 public:
  static constexpr std::string_view kServiceName = "probe.greeter/1";
  virtual ~Greeter() = default;
  virtual std::string greet() = 0;
};
class Missing {
 public:
  static constexpr std::string_view kServiceName = "probe.missing/1";
};

constexpr Sql kCreate =
    "create table probe_word (id integer primary key, text text not null unique)";
constexpr Sql kInsert = "insert into probe_word (text) values (:text) returning id, text";
constexpr Sql kCount = "select count(*) from probe_word";

// Does on request what a plugin can do, right and wrong. `fail_in` names a phase to throw in.
class Probe final : public Plugin, private Greeter, private Authenticator {
 public:
  void configure(Config& config) override {
    fail_in_ = config.text("fail_in", "");
    fail("configure");
  }
  Migrations migrations() const override {
    fail("migrations");
    return {{"0001", "words", kCreate}};
  }
  void wire(Context& host) override {
    fail("wire");
    host_ = &host;
    host.permissions().declare("probe:read", held_by(Role::Staff));
    host.permissions().declare("probe:write", held_by_everybody);
    host.services().provide<Greeter>(*this);
    host.events().subscribe<Happened>([](Session&, const Happened& event) -> Result<None> {
      if (event.text == "veto") return conflict("vetoed", "No {} here.", event.text);
      if (event.text == "crash") throw std::runtime_error("listener is broken");
      return None{};
    });
    Routes& routes = host.routes();
    routes.post("/words",
                "probe:write",
                "Store a word",
                [&host](Call&, const Word& word) -> Result<Created<Stored>> {
                  return host.storage().write([&](Session& db) -> Result<Stored> {
                    GATEHOUSE_TRY(Stored stored, db.get<Stored>(kInsert, word.text));
                    GATEHOUSE_CHECK(host.events().publish(db, Happened{word.text}));
                    return stored;
                  });
                });
    routes.post(
        "/twice", "probe:write", "Write twice", [&host](Call&, const Word& word) -> Result<Stored> {
          const auto insert = [&](Session& db) { return db.get<Stored>(kInsert, word.text); };
          GATEHOUSE_CHECK(host.storage().write(insert));
          return host.storage().write(
              [&](Session& db) { return db.get<Stored>(kInsert, word.text + " again"); });
        });
    routes.get("/count", "probe:read", "Count", [&host](Call&) -> Result<Stored> {
      GATEHOUSE_TRY(const auto count,
                    host.storage().read([](Session& db) { return db.get<std::int64_t>(kCount); }));
      return Stored{count, ""};
    });
    routes.get("/throw/{what}", "public", "Throw", [](Call&, std::string what) -> Result<None> {
      if (what == "int") throw 42;
      throw std::runtime_error("secret detail");
    });
    routes
        .get("/hash",
             "public",
             "Hash",
             [&host](Call&) -> Result<Stored> {
               return Stored{1, host.passwords().hash("correct horse")};
             })
        .hashing();
    routes.get("/hash-anywhere", "public", "Hash", [&host](Call&) -> Result<Stored> {
      return Stored{1, host.passwords().hash("correct horse")};
    });
    routes.get("/header", "public", "Break the framing", [](Call& call) -> Result<None> {
      call.set_header("X-Note", "a\r\nSet-Cookie: b");
      return None{};
    });
    routes.get("/lines/{count}",
               "public",
               "Stream lines",
               [](Call&, std::int64_t count) -> Result<Stream> {
                 return Stream{"text/plain",
                               [count, i = std::int64_t{0}](std::string& out) mutable {
                                 return next_line(count, i, out);
                               }};
               });
    host.authenticators().add(*this);
    routes
        .get("/dialect",
             "probe:write",
             "Fail in a shape of its own",
             [](Call&) -> Result<None> { return not_found(); })
        .errors([](const Call&, const Error& error, Answer& answer) {
          if (error.code == ErrorCode::NotFound) throw std::runtime_error("renderer is broken");
          answer = {http_status(error.code), "text/plain", "own words", {}};
        });
    host.commands().add("probe say",
                        "Say a word",
                        {{"word", "what", CommandArgument::Kind::Required},
                         {"loud", "shout", CommandArgument::Kind::Flag},
                         {"times", "how often", CommandArgument::Kind::Option}},
                        [](CommandLine& line) {
                          if (*line.value("word") == "throw") throw std::runtime_error("no word");
                          line.print(*line.value("word") + (line.flag("loud") ? "!" : "") +
                                     line.value("times").value_or(""));
                          return 0;
                        });
  }
  void start(Context& host) override {
    fail("start");
    greeting_ = host.services().require<Greeter>().greet();
    if (fail_in_ == "require") host.services().require<Missing>();
    if (fail_in_ == "late") host.permissions().declare("probe:late", held_by_everybody);
    host.jobs().post("once", [this] { fail("job"); });
  }
  void stop() override { fail("stop"); }

 private:
  // Lines "0" to count; fails at once for a count of 1000, throws half-way for one of 100001.
  static Result<Streaming> next_line(std::int64_t count, std::int64_t& i, std::string& out) {
    if (count == 1000) return unavailable("No lines today.");
    if (count == 100'001 && i == 50'000) throw std::runtime_error("out of lines");
    if (count == 1001) return Streaming::More;  // gives nothing
    out += std::to_string(i++) + "\n";
    return i < count ? Streaming::More : Streaming::End;
  }
  std::string greet() override { return "hello"; }
  std::string_view challenge() const override { return "Probe"; }
  Result<Authentication> authenticate(const Call& call, bool) override {
    if (call.header("X-Probe") == "throw") throw std::runtime_error("authenticator is broken");
    return Authentication::not_recognised();
  }
  void fail(std::string_view phase) const {
    if (fail_in_ == phase) throw std::runtime_error("broken on purpose");
  }
  std::string fail_in_;
  std::string greeting_;
  Context* host_ = nullptr;
};

}  // namespace probe

namespace {

using gatehouse::Role;
using App = gatehouse::testing::Harness<probe::Probe>;

TEST(Runtime, ServesWhatAPluginRegistered) {
  App app("probe");
  ASSERT_TRUE(app.mistakes().empty()) << app.mistakes().front();
  const auto made = app.as("ada").post("/words", R"({"text": "one"})");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.body, R"({"id":1,"text":"one"})");
  EXPECT_EQ(made.header("Location"), "/words/1");
  EXPECT_EQ(made.header("Cache-Control"), "no-store");
  EXPECT_FALSE(made.header("X-Request-Id").empty());
  EXPECT_EQ(app.metrics().value("http_requests_total{status=\"2xx\"}"), 1);
}

TEST(Runtime, RefusesBeforeTheHandlerRuns) {
  App app("probe");
  struct Case {
    const char* name;
    gatehouse::testing::Reply reply;
    int status;
    const char* code;
  };
  const Case cases[] = {
      {"nobody", app.anonymous().post("/words", R"({"text":"x"})"), 401, "unauthenticated"},
      {"no right", app.as("ada").get("/count"), 403, "permission_denied"},
      {"unknown path", app.as("ada").get("/nothing"), 404, "not_found"},
      {"unknown method", app.as("ada").remove("/words"), 405, "method_not_allowed"},
      {"no JSON", app.as("ada").post("/words", "{"), 400, "malformed"},
      {"wrong member", app.as("ada").post("/words", R"({"txt":"x"})"), 422, "invalid_fields"},
      {"bad target", app.as("ada").get("/a//b"), 400, "bad_target"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(c.reply.status, c.status) << c.name << c.reply.body;
    EXPECT_NE(c.reply.body.find(c.code), std::string::npos) << c.name << ": " << c.reply.body;
    EXPECT_EQ(c.reply.content_type, "application/problem+json") << c.name;
  }
  EXPECT_EQ(cases[0].reply.header("WWW-Authenticate"), "Harness");
  EXPECT_EQ(cases[3].reply.header("Allow"), "POST, OPTIONS");
  EXPECT_EQ(app.as("ada", Role::Staff).get("/count").status, 200);
}

TEST(Runtime, KeepsWhatAHandlerThrowsToItselfAndTheLog) {
  App app("probe");
  for (const char* path : {"/throw/std", "/throw/int"}) {
    const auto reply = app.anonymous().with("X-Request-Id", "abc-1").get(path);
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(reply.body.find("secret detail"), std::string::npos);
    EXPECT_NE(reply.body.find("abc-1"), std::string::npos) << reply.body;
  }
  EXPECT_EQ(app.log().count("request_failed"), 2);
  EXPECT_EQ(app.anonymous().get("/throw").status, 404) << "and goes on";
}

TEST(Runtime, ABrokenErrorRendererStillEndsInAnAnswer) {
  App app("probe");
  EXPECT_EQ(app.anonymous().get("/dialect").body, "own words");
  const auto reply = app.as("ada").get("/dialect");
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.content_type, "application/problem+json");
  EXPECT_EQ(app.log().count("request_failed"), 1);
}

TEST(Runtime, ABrokenAuthenticatorRefusesAndIsNamed) {
  App app("probe");
  EXPECT_EQ(app.anonymous().with("X-Probe", "throw").get("/count").status, 500);
  EXPECT_EQ(app.log().count("authenticator_failed"), 1);
  EXPECT_EQ(app.log().count("request_failed"), 0);
}

TEST(Runtime, OneRequestCommitsOneWrite) {
  App app("probe");
  EXPECT_EQ(app.as("ada").post("/twice", R"({"text":"x"})").status, 500);
  EXPECT_EQ(app.log().count("request_failed"), 1);
  EXPECT_EQ(app.as("ada", Role::Staff).get("/count").body, R"({"id":1,"text":""})");
}

TEST(Runtime, AListenerVetoesOrBreaksTheWholeChange) {
  App app("probe");
  const auto vetoed = app.as("ada").post("/words", R"({"text":"veto"})");
  EXPECT_EQ(vetoed.status, 409);
  EXPECT_NE(vetoed.body.find("\"vetoed\""), std::string::npos) << vetoed.body;
  EXPECT_EQ(app.as("ada").post("/words", R"({"text":"crash"})").status, 500);
  EXPECT_EQ(app.log().count("listener_failed"), 1);
  EXPECT_EQ(app.as("ada", Role::Staff).get("/count").body, R"({"id":0,"text":""})");
}

TEST(Runtime, HashesOnlyWhereARouteSaysSo) {
  App app("probe");
  EXPECT_EQ(app.anonymous().get("/hash").status, 200);
  EXPECT_EQ(app.anonymous().get("/hash-anywhere").status, 500);
}

TEST(Runtime, AHeaderCannotBreakTheFraming) {
  App app("probe");
  const auto reply = app.anonymous().get("/header");
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.header("X-Note"), "");
}

TEST(Runtime, AFailureInAPhaseNamesThePluginAndTheReason) {
  const std::pair<const char*, const char*> cases[] = {
      {"configure", "settings: plugin 'probe': failed in configure(): broken on purpose"},
      {"migrations", "settings: plugin 'probe': failed in migrations(): broken on purpose"},
      {"wire", "settings: plugin 'probe': failed in wire(): broken on purpose"},
      {"start", "settings: plugin 'probe': failed in start(): broken on purpose"},
      {"require",
       "settings: plugin 'probe': failed in start(): service 'probe.missing/1' is not provided by "
       "any enabled plugin"},
      {"late",
       "settings: plugin 'probe': failed in start(): permissions().declare() is for Plugin::wire() "
       "only"},
  };
  for (const auto& [phase, text] : cases) {
    App app("probe", {{"fail_in", phase}});
    ASSERT_EQ(app.mistakes().size(), 1U) << phase;
    EXPECT_EQ(app.mistakes().front(), text);
  }
}

TEST(Runtime, AnUnknownSettingSaysWhatWasMeant) {
  App app("probe", {{"fail_inn", "x"}});
  ASSERT_EQ(app.mistakes().size(), 1U);
  EXPECT_EQ(app.mistakes().front(),
            "settings: plugins.probe.config.fail_inn: unknown key (did you mean 'fail_in'?)");
}

TEST(Runtime, CommandsRunAndTheirExceptionsBecomeARefusal) {
  App app("probe");
  EXPECT_EQ(app.run("probe say hi --loud --times 3").output, std::vector<std::string>{"hi!3"});
  const auto failed = app.run("probe say throw");
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_EQ(failed.errors, std::vector<std::string>{"error: plugin 'probe': no word"});
}

TEST(Runtime, StreamsWhatAHandlerGivesPieceByPiece) {
  App app("probe");
  const auto few = app.anonymous().get("/lines/3");
  EXPECT_EQ(few.body, "0\n1\n2\n");
  EXPECT_EQ(few.content_type, "text/plain");
  const auto many = app.anonymous().get("/lines/100000");
  EXPECT_EQ(many.body.size(), 588'890U);
  EXPECT_TRUE(many.body.ends_with("\n99999\n"));
}

TEST(Runtime, AStreamThatFailsAtOnceIsAnOrdinaryError) {
  App app("probe");
  const auto refused = app.anonymous().get("/lines/1000");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.content_type, "application/problem+json");
  EXPECT_NE(refused.body.find("No lines today."), std::string::npos) << refused.body;
  EXPECT_EQ(app.anonymous().get("/lines/1001").status, 500) << "more, but nothing given";
}

TEST(Runtime, AStreamThatFailsLaterIsBrokenOffAndLogged) {
  App app("probe");
  EXPECT_THROW(app.anonymous().get("/lines/100001"), std::runtime_error);
  EXPECT_EQ(app.log().count("stream_failed"), 1);
}

// Adds commands as the settings say: "first" and perhaps "second", and an argument.
class Commander final : public gatehouse::Plugin {
 public:
  void configure(gatehouse::Config& config) override {
    first_ = config.text("first", "say");
    second_ = config.text("second", "");
    argument_ = config.text("argument", "word");
  }
  void wire(gatehouse::Context& host) override {
    using Kind = gatehouse::CommandArgument::Kind;
    const auto nothing = [](gatehouse::CommandLine&) { return 0; };
    host.commands().add(
        first_, "First", {{"loud", "x", Kind::Flag}, {argument_, "x", Kind::Option}}, nothing);
    if (!second_.empty()) host.commands().add(second_, "Second", {}, nothing);
  }

 private:
  std::string first_;
  std::string second_;
  std::string argument_;
};

TEST(Commands, AreRefusedByThePluginsNameWhenTheyWouldHurtOthers) {
  using Settings = gatehouse::testing::Settings;
  struct Case {
    Settings settings;
    const char* part;
  };
  const Case cases[] = {
      {{{"first", "a b c"}}, "command 'a b c': a name is one or two words"},
      {{{"first", "User"}}, "a name is one or two words"},
      {{{"first", "user  create"}}, "a name is one or two words"},
      {{{"first", "user "}}, "a name is one or two words"},
      {{{"first", "--user"}}, "a name is one or two words"},
      {{{"first", "serve"}}, "'serve' is a word of the host's own"},
      {{{"first", "plugins mend"}}, "'plugins' is a word of the host's own"},
      {{{"first", "user"}, {"second", "user create"}}, "cannot stand beside 'user'"},
      {{{"first", "user create"}, {"second", "user"}}, "cannot stand beside 'user create'"},
      {{{"first", "user list"}, {"second", "user list"}}, "is the same as 'user list'"},
      {{{"argument", "config"}}, "'config' is an option of the host's own"},
      {{{"argument", "help"}}, "'help' is an option of the host's own"},
      {{{"argument", "loud"}}, "'loud' stands there twice"},
      {{{"argument", "-x"}}, "'-x' is no word"},
  };
  for (const Case& each : cases) {
    gatehouse::testing::Harness<Commander> app("probe", each.settings);
    ASSERT_EQ(app.mistakes().size(), 1u) << each.part;
    EXPECT_NE(app.mistakes()[0].find("plugin 'probe': failed in wire(): "), std::string::npos);
    EXPECT_NE(app.mistakes()[0].find(each.part), std::string::npos) << app.mistakes()[0];
  }
  const Settings good[] = {{},
                           {{"first", "user create"}, {"second", "user list"}},
                           {{"first", "re-key"}, {"second", "re-key2"}}};
  for (const Settings& settings : good) {
    gatehouse::testing::Harness<Commander> app("probe", settings);
    EXPECT_TRUE(app.mistakes().empty()) << app.mistakes().front();
  }
}

TEST(Runtime, ShowsEveryRouteInTheOpenApiDocument) {
  App app("probe");
  for (const char* text : {"\"/words\"", "\"/count\"", "probe:write", "\"3.1.0\""}) {
    EXPECT_NE(app.openapi().find(text), std::string::npos) << text;
  }
}

}  // namespace
