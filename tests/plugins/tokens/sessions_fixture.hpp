// The tokens plugin beside the users plugin, on a database of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/body.hpp>
#include <gatehouse/bus.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/services/session_tokens.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/testing/harness.hpp>

#include "plugins/tokens/plugin.hpp"
#include "plugins/tokens/sessions/session_wire.hpp"
#include "tests/plugins/heard_trail.hpp"

namespace gatehouse::tokens {

struct SessionPage {
  std::vector<SessionInfo> items;
  std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(SessionPage, (), (items, next))

struct WebKey {
  std::string kty;
  std::string crv;
  std::string x;
  std::string y;
  std::string kid;
  std::string use;
  std::string alg;
};
BOOST_DESCRIBE_STRUCT(WebKey, (), (kty, crv, x, y, kid, use, alg))
struct WebKeys {
  std::vector<WebKey> keys;
};
BOOST_DESCRIBE_STRUCT(WebKeys, (), (keys))

// Everybody's.
constexpr std::string_view kPassword = "enchantress of number";

// Tells other plugins what the users plugin and the host tell, and hears what the trail is told.
class Teller final : public Plugin {
 public:
  void wire(Context& host) override {
    host_ = &host;
    host.services().provide<AuditTrail>(trail);
  }
  template <class E>
  Result<None> publish(const E& event) {
    return host_->storage().write([&](Session& db) { return host_->events().publish(db, event); });
  }

  testing::HeardTrail trail;

 private:
  Context* host_ = nullptr;
};

// The plugin, with a look at what the host gives it.
class WatchedTokens final : public Plugin {
 public:
  void configure(Config& config) override { tokens_.configure(config); }
  Migrations migrations() const override { return tokens_.migrations(); }
  void wire(Context& given) override {
    host = &given;
    tokens_.wire(given);
    for (int i = 0; i < kInstances; ++i) {
      instances.push_back(std::make_unique<SigningKeys>(given, std::chrono::hours(24 * 90)));
    }
  }
  void start(Context& given) override { tokens_.start(given); }

  static constexpr int kInstances = 8;
  Context* host = nullptr;
  std::vector<std::unique_ptr<SigningKeys>> instances;  // as other servers on the database have

 private:
  TokensPlugin tokens_;
};

// A mount whose clients keep opaque tokens, as dialects' do.
class Dialect final : public Plugin, private Authenticator {
 public:
  void wire(Context& host) override {
    host_ = &host;
    for (const std::string_view mount : {"/one", "/two"}) {
      host.routes().mount(mount, &render_problem);
      host.authenticators().add(*this, mount);
    }
    host.permissions().declare("dialect:use", held_by_everybody);
    const auto opens = [this](Call& call, const Refresh&) {
      return host_->storage().write([&](Session& db) -> Result<Refresh> {
        GATEHOUSE_TRY(auto opened, sessions().open(db, call, who, "form", life));
        return Refresh{std::move(opened.token)};
      });
    };
    const auto looks = [](Call& call) -> Result<Refresh> {
      return Refresh{call.principal()->username};
    };
    host.routes().post("/one/sessions", "public", "Open a session", opens).answers(403, "-");
    host.routes().post("/v1/opaque-sessions", "public", "Open a session", opens);
    host.routes().get("/one/me", "dialect:use", "Who it is", looks);
    host.routes().get("/two/me", "dialect:use", "Who it is", looks);
    host.routes().remove(
        "/one/sessions", "dialect:use", "Sign out", [this](Call& call) -> Result<None> {
          return host_->storage().write(
              [&](Session& db) { return sessions().end(db, *call.principal()); });
        });
  }

  // Who the next session is opened for, and how long it lasts.
  Principal who;
  std::chrono::seconds life{3'600};

 private:
  SessionTokens& sessions() { return host_->services().require<SessionTokens>(); }

  std::string_view challenge(Refusal) const override { return "Opaque"; }
  Result<Authentication> authenticate(const Call& call) override {
    const auto token = call.header("X-Session");
    if (!token) return Authentication::not_recognised();
    GATEHOUSE_TRY(Principal found, sessions().recognise(call, *token));
    return Authentication::accepted(std::move(found));
  }

  Context* host_ = nullptr;
};

class TokensTest : public ::testing::Test {
 protected:
  void SetUp() override { begin({}); }

  // Those that a suite needs besides.
  virtual void add_plugins(std::vector<testing::TestedPlugin>&) {}

  // Begins anew, with these settings of the plugin.
  void begin(const testing::Settings& settings) {
    setenv("GATEHOUSE_ADMIN_PASSWORD", "correct horse battery", 1);
    app_.reset();
    auto teller = std::make_unique<Teller>();
    auto tokens = std::make_unique<WatchedTokens>();
    auto dialect = std::make_unique<Dialect>();
    teller_ = teller.get();
    tokens_ = tokens.get();
    dialect_ = dialect.get();
    std::vector<testing::TestedPlugin> plugins;
    plugins.push_back({"users", testing::load_plugin(GATEHOUSE_USERS_PLUGIN)});
    plugins.push_back({"teller", std::move(teller)});
    plugins.push_back({"tokens", std::move(tokens), settings});
    plugins.push_back({"dialect", std::move(dialect)});
    add_plugins(plugins);
    app_ = std::make_unique<testing::HarnessCore>(std::move(plugins));
    ASSERT_TRUE(app_->mistakes().empty()) << app_->mistakes().front();
    ada_ = create("ada", R"(, "email": "ada@example.org")");
    app().mails();
    trail().take();
  }

  testing::HarnessCore& app() { return *app_; }
  Teller& teller() { return *teller_; }
  testing::HeardTrail& trail() { return teller_->trail; }
  // What the trail was told since the last call, each as "action user detail".
  std::vector<std::string> heard() {
    return trail().take([](const AuditRecord& record) {
      const AuditEvent& event = record.event;
      return event.action + " " + event.user_name + " " + event.detail;
    });
  }
  Context& host() { return *tokens_->host; }
  WatchedTokens& tokens() { return *tokens_; }
  Dialect& dialect() { return *dialect_; }
  std::int64_t ada() const { return ada_; }

  testing::Client as(std::int64_t number, Roles roles = {}) {
    Principal who;
    who.user = number;
    who.user_id = "65f1c0ffee00000000000001";
    who.roles = roles;
    who.method = "test";
    return app().as(who);
  }
  testing::Client admin() { return as(1, Role::Admin); }
  testing::Client bearer(std::string_view token) {
    return app().anonymous().with("Authorization", "Bearer " + std::string(token));
  }

  // Makes a user and returns the number.
  std::int64_t create(std::string_view username, std::string_view more = "") {
    const auto reply = admin().post(
        "/v1/users",
        format(R"({"username": "{}", "password": "{}"{}})", username, kPassword, more));
    EXPECT_EQ(reply.status, 201) << reply.body;
    const auto user = decode_json<SessionUser>(reply.body, Lenient::UnknownMembers);
    const std::size_t at = reply.body.find("\"number\":");
    return std::stoll(reply.body.substr(at + 9));
  }
  void change(std::int64_t user, std::string_view patch) {
    const auto reply = admin().patch("/v1/users/" + std::to_string(user), patch);
    ASSERT_EQ(reply.status, 200) << reply.body;
  }

  testing::Reply try_sign_in(std::string_view name, std::string_view password = kPassword) {
    const std::string_view kind = name.find('@') == name.npos ? "username" : "email";
    return app().anonymous().post(
        "/v1/sessions", format(R"({"{}": "{}", "password": "{}"})", kind, name, password));
  }
  SignedIn sign_in(std::string_view name = "ada") {
    const auto reply = try_sign_in(name);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return read<SignedIn>(reply);
  }
  testing::Reply try_refresh(std::string_view token) {
    return app().anonymous().post("/v1/sessions/refresh",
                                  format(R"({"refresh_token": "{}"})", token));
  }
  SignedIn refresh(std::string_view token) {
    const auto reply = try_refresh(token);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return read<SignedIn>(reply);
  }
  // Whether an access token opens the API.
  int opens(std::string_view access_token) {
    return bearer(access_token).get("/v1/sessions/current").status;
  }

  template <class T>
  static T read(const testing::Reply& reply) {
    auto value = decode_json<T>(reply.body);
    EXPECT_TRUE(value) << reply.body;
    return value ? *std::move(value) : T{};
  }

  template <class T, class... P>
  T ask(const Sql& sql, const P&... parameters) {
    const auto found =
        host().storage().read([&](Session& db) { return db.get<T>(sql, parameters...); });
    EXPECT_TRUE(found);
    return found ? *found : T{};
  }
  template <class... P>
  void run(const Sql& sql, const P&... parameters) {
    const auto changed =
        host().storage().write([&](Session& db) { return db.run(sql, parameters...); });
    ASSERT_TRUE(changed) << changed.error().message;
  }
  // As another instance tells of a change of the session's row.
  void publish_session(std::string_view id) {
    ASSERT_TRUE(host().storage().write(
        [&](Session& db) { return host().bus().publish(db, "tokens.session", id); }));
  }
  std::int64_t count_sessions() {
    return ask<std::int64_t>("select count(*) as count from tokens_session");
  }

 private:
  std::unique_ptr<testing::HarnessCore> app_;
  Teller* teller_ = nullptr;
  WatchedTokens* tokens_ = nullptr;
  Dialect* dialect_ = nullptr;
  std::int64_t ada_ = 0;
};

}  // namespace gatehouse::tokens
