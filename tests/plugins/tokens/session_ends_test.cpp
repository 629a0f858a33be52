// What ends sessions, and what does not. SPDX-License-Identifier: Apache-2.0
#include <gatehouse/deployment.hpp>

#include "tests/plugins/tokens/sessions_fixture.hpp"

namespace gatehouse::tokens {
namespace {

using namespace std::chrono_literals;

class SessionEnding : public TokensTest {
 protected:
  // Neither of the two tokens opens anything.
  void expect_ended(const SignedIn& opened) {
    EXPECT_EQ(opens(opened.access_token), 401);
    EXPECT_EQ(try_refresh(opened.refresh_token).status, 401);
  }
  void expect_lives(const SignedIn& opened) {
    EXPECT_EQ(opens(opened.access_token), 200);
    EXPECT_EQ(try_refresh(opened.refresh_token).status, 200);
  }
};

TEST_F(SessionEnding, BySigningOut) {
  const auto opened = sign_in();
  const auto other = sign_in();
  EXPECT_EQ(bearer(opened.access_token).remove("/v1/sessions/current").status, 204);
  expect_ended(opened);
  expect_lives(other);
  EXPECT_EQ(heard(), std::vector<std::string>{"session.ended ada " + opened.session});
  EXPECT_EQ(as(ada()).remove("/v1/sessions/current").status, 404);
}

TEST_F(SessionEnding, ByTheUserOneOrAll) {
  const auto first = sign_in();
  const auto second = sign_in();
  const auto third = sign_in();
  const auto client = bearer(third.access_token);
  EXPECT_EQ(client.remove("/v1/users/me/sessions/" + first.session).status, 204);
  EXPECT_EQ(client.remove("/v1/users/me/sessions/" + first.session).status, 404);
  expect_ended(first);
  EXPECT_EQ(opens(second.access_token), 200);
  EXPECT_EQ(client.remove("/v1/users/me/sessions").status, 204);
  expect_ended(second);
  expect_ended(third);
  EXPECT_EQ(
      heard(),
      (std::vector<std::string>{"session.ended ada " + first.session, "session.ended ada all 2"}));
}

TEST_F(SessionEnding, ByWhoMaySetTheUsersPasswordAndNobodyElse) {
  const std::int64_t bob = create("bob");
  const auto opened = sign_in();
  const std::string all = "/v1/users/" + std::to_string(ada()) + "/sessions";
  for (const std::string& path : {all, all + "/" + opened.session}) {
    EXPECT_EQ(as(bob).remove(path).status, 404) << path;
    EXPECT_EQ(as(bob, Role::AdminReader).remove(path).status, 403) << path;
  }
  EXPECT_EQ(as(bob).get(all).status, 404);
  EXPECT_EQ(as(bob, Role::AdminReader).get(all).status, 403);
  expect_lives(opened);
  // An admin's are out of reach for staff.
  EXPECT_EQ(as(bob, Role::Staff).get("/v1/users/1/sessions").status, 403);
  EXPECT_EQ(as(bob, Role::Staff).remove(all + "/" + opened.session).status, 204);
  expect_ended(opened);
}

TEST_F(SessionEnding, NobodysSessionIsEndedUnderAnothersName) {
  create("bob");
  const auto opened = sign_in();
  const auto others = sign_in("bob");
  EXPECT_EQ(bearer(others.access_token).remove("/v1/users/me/sessions/" + opened.session).status,
            404);
  expect_lives(opened);
}

TEST_F(SessionEnding, WhoActsForAUserSeesAndEndsNone) {
  const auto opened = sign_in();
  Principal who;
  who.user = ada();
  who.actor = 1;
  who.method = "delegated";
  for (const auto& reply : {app().as(who).get("/v1/users/me/sessions"),
                            app().as(who).remove("/v1/users/me/sessions")}) {
    EXPECT_GE(reply.status, 403) << reply.body;
  }
  expect_lives(opened);
}

TEST_F(SessionEnding, ByANewPasswordAllButTheOneItWasChangedIn) {
  const auto kept = sign_in();
  const auto other = sign_in();
  const auto set = bearer(kept.access_token)
                       .put("/v1/users/me/password",
                            format(R"({"current_password": "{}", "new_password": "{}"})",
                                   kPassword,
                                   "countess of numbers"));
  ASSERT_EQ(set.status, 204) << set.body;
  expect_ended(other);
  // What it was given before says an epoch that is over; what it is given now does not.
  EXPECT_EQ(opens(kept.access_token), 401);
  EXPECT_EQ(opens(refresh(kept.refresh_token).access_token), 200);
}

TEST_F(SessionEnding, ByAPasswordThatIsTakenAwayAll) {
  const auto opened = sign_in();
  UserPasswordChanged event{ada(), "", 0};
  event.was_reset = true;
  event.by_credential = opened.session;
  ASSERT_TRUE(teller().publish(event));
  expect_ended(opened);
  EXPECT_EQ(count_sessions(), 0);
}

TEST_F(SessionEnding, OfAnotherUsersNamedInAChangeOfPasswordStaysTheirs) {
  create("bob");
  const auto others = sign_in("bob");
  const auto opened = sign_in();
  UserPasswordChanged event{ada(), "", 0};
  event.by_credential = others.session;
  ASSERT_TRUE(teller().publish(event));
  expect_ended(opened);
  expect_lives(others);
}

TEST_F(SessionEnding, ByShuttingOutMovingAndDeletingTheUser) {
  const auto first = sign_in();
  ASSERT_TRUE(teller().publish(UserShutOut{ada(), "", 0}));
  expect_ended(first);
  const auto second = sign_in();
  ASSERT_TRUE(teller().publish(UserMoved{ada(), "", 0, 0}));
  expect_ended(second);
  const auto third = sign_in();
  EXPECT_EQ(admin().remove("/v1/users/" + std::to_string(ada())).status, 204);
  expect_ended(third);
  EXPECT_EQ(count_sessions(), 0);
}

TEST_F(SessionEnding, WhoIsNotActiveIsRefusedWhateverWasPublished) {
  const auto opened = sign_in();
  change(ada(), R"({"locked": true})");
  expect_ended(opened);
}

TEST_F(SessionEnding, AVetoOfAnotherPluginLeavesItAsItWas) {
  const auto opened = sign_in();
  const auto undone = host().storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_CHECK(host().events().publish(db, UserShutOut{ada(), "", 0}));
    return conflict("no", "No.");
  });
  EXPECT_FALSE(undone);
  expect_lives(opened);
}

TEST_F(SessionEnding, ByRevokingAllWithTheKeysOfBefore) {
  const auto opened = sign_in();
  const auto before = read<WebKeys>(app().anonymous().get("/.well-known/jwks.json"));
  const auto revoked = host().storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const std::int64_t epoch, begin_deployment_epoch(db, app().clock().now()));
    return host().events().publish(db, AllRevoked{epoch, false});
  });
  ASSERT_TRUE(revoked);
  expect_ended(opened);
  const auto after = sign_in();
  expect_lives(after);
  const auto keys = read<WebKeys>(app().anonymous().get("/.well-known/jwks.json"));
  ASSERT_EQ(keys.keys.size(), 1u);
  EXPECT_NE(keys.keys.front().kid, before.keys.front().kid);
}

// An epoch alone, as another plugin or a restored database leaves it.
TEST_F(SessionEnding, ByAnEpochOfTheDeployment) {
  const auto opened = sign_in();
  ASSERT_TRUE(host().storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_CHECK(begin_deployment_epoch(db, app().clock().now()));
    return host().bus().publish(db, "tokens.deployment_epoch", "0");
  }));
  expect_ended(opened);
}

TEST_F(SessionEnding, ListsShowWhatLives) {
  const auto first = sign_in();
  app().clock().advance(1s);
  const auto second = read<SignedIn>(
      app()
          .anonymous()
          .with("User-Agent", "Engine/1")
          .post("/v1/sessions", format(R"({"username": "ada", "password": "{}"})", kPassword)));
  app().clock().advance(1s);
  refresh(first.refresh_token);
  const auto page =
      read<SessionPage>(bearer(second.access_token).get("/v1/users/me/sessions?limit=1"));
  ASSERT_EQ(page.items.size(), 1u);
  ASSERT_TRUE(page.next);
  const SessionInfo& newest = page.items.front();
  EXPECT_EQ(newest.id, second.session);
  EXPECT_TRUE(newest.current);
  EXPECT_EQ(newest.mount, "/v1");
  EXPECT_EQ(newest.method, "session");
  EXPECT_EQ(newest.remote_address, "192.0.2.1");
  EXPECT_EQ(newest.user_agent, "Engine/1");
  EXPECT_EQ(newest.last_used_at, newest.created_at);
  const auto rest = read<SessionPage>(
      bearer(second.access_token).get("/v1/users/me/sessions?limit=1&cursor=" + *page.next));
  ASSERT_EQ(rest.items.size(), 1u);
  EXPECT_FALSE(rest.next);
  EXPECT_EQ(rest.items.front().id, first.session);
  EXPECT_FALSE(rest.items.front().current);
  EXPECT_EQ(rest.items.front().last_used_at, rest.items.front().created_at + 2s);

  app().clock().advance(std::chrono::hours(24 * 7));
  const auto over = read<SessionPage>(as(ada()).get("/v1/users/me/sessions"));
  EXPECT_TRUE(over.items.empty());
}

}  // namespace
}  // namespace gatehouse::tokens
