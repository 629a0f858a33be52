// Sessions with access and refresh tokens on the mounts of dialects.
// SPDX-License-Identifier: Apache-2.0
#include <gatehouse/services/api_tokens.hpp>
#include <gatehouse/services/refreshable_sessions.hpp>

#include "tests/plugins/tokens/sessions_fixture.hpp"

namespace gatehouse::tokens {
namespace {

using namespace std::chrono_literals;

struct Pair {
  std::string access_token;
  std::int64_t expires_in = 0;
  std::string refresh_token;
};
BOOST_DESCRIBE_STRUCT(Pair, (), (access_token, expires_in, refresh_token))
struct Credentials {
  std::string username;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (username, password))
struct Whoever {
  std::string method;
  std::string scopes;
  Time expires_at;
};
BOOST_DESCRIBE_STRUCT(Whoever, (), (method, scopes, expires_at))

// Two mounts whose clients sign in, refresh and renew.
class Refreshed final : public Plugin, private Authenticator {
 public:
  void wire(Context& host) override {
    host_ = &host;
    host.permissions().declare("refreshed:use", held_by_everybody);
    for (const std::string_view mount : {"/three", "/four"}) add_mount(host, mount);
  }

  std::optional<Time> latest = {};  // of what is renewed; nothing: as long as the token presented

 private:
  RefreshableSessions& sessions() { return host_->services().require<RefreshableSessions>(); }

  void add_mount(Context& host, std::string_view mount) {
    host.routes().mount(mount, &render_problem);
    host.authenticators().add(*this, mount);
    Routes& routes = host.routes().below(mount);
    const auto written = [](TokenPair pair) {
      return Pair{pair.access_token, pair.expires_in.count(), pair.refresh_token};
    };
    routes
        .post("/sign-in",
              "public",
              "Sign in",
              [this, written](Call& call, const Credentials& body) -> Result<Pair> {
                GATEHOUSE_TRY(auto pair, sessions().sign_in(call, body.username, body.password));
                return written(std::move(pair));
              })
        .answers(401, "-")
        .may_hash();
    routes
        .post("/refresh",
              "public",
              "Refresh",
              [this, written](Call& call, const Refresh& body) -> Result<Pair> {
                GATEHOUSE_TRY(auto pair, sessions().refresh(call, body.refresh_token));
                return written(std::move(pair));
              })
        .answers(401, "-");
    routes.get("/renew", "refreshed:use", "Renew", [this, written](Call& call) -> Result<Pair> {
      const Time until = latest.value_or(*call.principal()->expires_at);
      GATEHOUSE_TRY(auto pair, sessions().renew(call, *call.principal(), until));
      return written(std::move(pair));
    });
    routes.get("/me", "refreshed:use", "Who it is", [](Call& call) -> Result<Whoever> {
      const Principal& who = *call.principal();
      return Whoever{who.method,
                     who.scopes ? join_scopes(*who.scopes) : "all",
                     who.expires_at.value_or(Time())};
    });
  }

  std::string_view challenge(Refusal) const override { return "Bearer"; }
  Result<Authentication> authenticate(const Call& call) override {
    const auto header = call.header("Authorization");
    if (!header) return Authentication::not_recognised();
    const std::string_view token = header->substr(7);
    if (!sessions().has_form(token)) {
      GATEHOUSE_TRY(Principal who, host_->services().require<ApiTokens>().check(call, token));
      return Authentication::accepted(std::move(who));
    }
    GATEHOUSE_TRY(auto recognised, sessions().recognise(call, token));
    return Authentication::accepted(std::move(recognised.who));
  }

  Context* host_ = nullptr;
};

class RefreshableSession : public TokensTest {
 protected:
  void add_plugins(std::vector<testing::TestedPlugin>& plugins) override {
    auto refreshed = std::make_unique<Refreshed>();
    refreshed_ = refreshed.get();
    plugins.push_back({"refreshed", std::move(refreshed)});
  }

  Refreshed& refreshed() { return *refreshed_; }
  testing::Reply try_open(std::string_view password = kPassword) {
    return app().anonymous().post("/three/sign-in",
                                  format(R"({"username": "ada", "password": "{}"})", password));
  }
  Pair open() {
    const auto reply = try_open();
    EXPECT_EQ(reply.status, 200) << reply.body;
    return read<Pair>(reply);
  }
  testing::Reply refresh_at(std::string_view mount, std::string_view token) {
    return app().anonymous().post(std::string(mount) + "/refresh",
                                  format(R"({"refresh_token": "{}"})", token));
  }
  int opens_at(std::string_view mount, std::string_view token) {
    return bearer(token).get(std::string(mount) + "/me").status;
  }
  testing::Reply renew(std::string_view token) { return bearer(token).get("/three/renew"); }
  // Of ada; its secret.
  std::string mint(const ApiTokenDraft& draft) {
    Principal who;
    who.user = ada();
    const auto minted = host().storage().write([&](Session& db) {
      return host().services().require<ApiTokens>().mint(db, who, ada(), draft);
    });
    EXPECT_TRUE(minted) << minted.error().message;
    return minted ? minted->secret : "";
  }

 private:
  Refreshed* refreshed_ = nullptr;
};

TEST_F(RefreshableSession, OpensItsMountAndNoOther) {
  const Pair pair = open();
  EXPECT_EQ(pair.expires_in, 300);
  EXPECT_EQ(opens_at("/three", pair.access_token), 200);
  EXPECT_EQ(opens_at("/four", pair.access_token), 401);
  EXPECT_EQ(opens(pair.access_token), 401);
  EXPECT_EQ(opens_at("/three", sign_in().access_token), 401);
  EXPECT_EQ(try_open("wrong").status, 401);
}

TEST_F(RefreshableSession, IsRefreshedOnItsMountOnly) {
  const Pair first = open();
  EXPECT_EQ(refresh_at("/four", first.refresh_token).status, 401);
  EXPECT_EQ(try_refresh(first.refresh_token).status, 401);
  EXPECT_EQ(refresh_at("/three", sign_in().refresh_token).status, 401);
  const auto second = refresh_at("/three", first.refresh_token);
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(opens_at("/three", read<Pair>(second).access_token), 200);
  app().clock().advance(31s);
  EXPECT_EQ(refresh_at("/three", first.refresh_token).status, 401) << "used before";
  EXPECT_EQ(opens_at("/three", read<Pair>(second).access_token), 401) << "the family has ended";
}

TEST_F(RefreshableSession, IsListedAndEndsLikeEverySession) {
  const Pair pair = open();
  const auto page = read<SessionPage>(as(ada()).get("/v1/users/me/sessions"));
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.items.front().mount, "/three");
  EXPECT_EQ(as(ada()).remove("/v1/users/me/sessions/" + page.items.front().id).status, 204);
  EXPECT_EQ(opens_at("/three", pair.access_token), 401);
  EXPECT_EQ(refresh_at("/three", pair.refresh_token).status, 401);
  const Pair next = open();
  ASSERT_TRUE(teller().publish(UserPasswordChanged{ada(), "", 0}));
  EXPECT_EQ(opens_at("/three", next.access_token), 401);
}

// security.md 3: nothing that lasts comes of what lasts for minutes.
TEST_F(RefreshableSession, RenewsWithinTheSessionAndWithoutARefreshToken) {
  const Pair pair = open();
  app().clock().advance(100s);
  const auto renewed = read<Pair>(renew(pair.access_token));
  EXPECT_EQ(renewed.refresh_token, "");
  EXPECT_EQ(renewed.expires_in, 300);
  EXPECT_EQ(opens_at("/three", renewed.access_token), 200);
  refreshed().latest = app().clock().now() + 20s;
  EXPECT_EQ(read<Pair>(renew(pair.access_token)).expires_in, 20);
  EXPECT_EQ(count_sessions(), 1);
  const auto id = ask<std::string>("select id from tokens_session");
  ASSERT_EQ(as(ada()).remove("/v1/users/me/sessions/" + id).status, 204);
  EXPECT_EQ(renew(renewed.access_token).status, 401);
}

TEST_F(RefreshableSession, OfAnApiTokenHasItsScopesAndItsEnd) {
  ApiTokenDraft draft{"sdk", std::vector<std::string>{"refreshed:use", "users:read"}};
  draft.expires_at = app().clock().now() + 200s;
  const std::string secret = mint(draft);
  const auto pair = read<Pair>(renew(secret));
  EXPECT_EQ(pair.refresh_token, "");
  EXPECT_EQ(pair.expires_in, 200);
  const auto who = read<Whoever>(bearer(pair.access_token).get("/three/me"));
  EXPECT_EQ(who.method, "token");
  EXPECT_EQ(who.scopes, "refreshed:use users:read");
  EXPECT_EQ(who.expires_at, app().clock().now() + 200s);
  EXPECT_EQ(opens_at("/four", pair.access_token), 401);
  EXPECT_EQ(opens(pair.access_token), 401);
  refreshed().latest = Time::max();
  EXPECT_EQ(read<Pair>(renew(pair.access_token)).expires_in, 200);
  app().clock().advance(200s);
  EXPECT_EQ(opens_at("/three", pair.access_token), 401);
}

TEST_F(RefreshableSession, OfAnApiTokenEndsWithIt) {
  Principal signed_in;
  signed_in.user = ada();
  signed_in.method = "session";
  signed_in.signed_in_at = app().clock().now();
  struct Case {
    std::string_view method;
    std::string_view path;
    std::string_view body;
  };
  for (const Case& one : {Case{"DELETE", "", ""},
                          Case{"PATCH", "", R"({"active": false})"},
                          Case{"POST", "/rotate", ""}}) {
    SCOPED_TRACE(one.method);
    const auto pair = read<Pair>(renew(mint({"sdk"})));
    EXPECT_EQ(opens_at("/three", pair.access_token), 200);
    const auto id = ask<std::string>("select id from tokens_api_token");
    const std::string path = "/v1/users/me/tokens/" + id + std::string(one.path);
    const auto changed = app().as(signed_in).send(one.method, path, one.body);
    ASSERT_LT(changed.status, 300) << changed.body;
    EXPECT_EQ(opens_at("/three", pair.access_token), 401);
    run("delete from tokens_api_token");
  }
}

}  // namespace
}  // namespace gatehouse::tokens
