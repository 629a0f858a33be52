// What managers do with the users they look after, and that nobody else does.
// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "managed_users_fixture.hpp"

namespace gatehouse::managed_users {
namespace {

TEST_F(ManagedUsersTest, AManagedUserIsAUserWithoutALogin) {
  const auto made = ada().post(kPath, R"({"first_name": "Bob", "last_name": "Smit"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.header("Location"), managed(made).path());
  EXPECT_EQ(json_member(made.body, "display_name"), "Bob Smit");
  const auto read = ada().get(managed(made).path());
  EXPECT_EQ(read.body, made.body);
  EXPECT_EQ(read.header("ETag"), made.header("ETag"));
  EXPECT_EQ(ada().get("/v1/managed-users/" + managed(made).number).body, made.body);

  const auto whole = ada().get(managed(made).as_user());
  ASSERT_EQ(whole.status, 200) << whole.body;
  EXPECT_EQ(json_member(whole.body, "number"), managed(made).number);
  EXPECT_EQ(json_member(whole.body, "username"), "null");
  EXPECT_EQ(json_member(whole.body, "email"), "null");
  EXPECT_EQ(json_member(whole.body, "roles"), "[]");
}

TEST_F(ManagedUsersTest, AFirstNameIsAllThatIsNeeded) {
  EXPECT_EQ(ada().post(kPath, R"({"first_name": "Bob", "last_name": null})").status, 201);
  EXPECT_EQ(ada().post(kPath, R"({"last_name": "Smit"})").status, 422);
  EXPECT_EQ(ada().post(kPath, R"({"first_name": ""})").status, 422);
  EXPECT_EQ(ada().post(kPath, R"({"first_name": "Bob", "username": "bob"})").status, 422);
  EXPECT_EQ(ada().post(kPath, R"({"first_name": "Bob", "password": "x"})").status, 422);
}

TEST_F(ManagedUsersTest, ToAllButTheManagerThereIsNobody) {
  const Managed bob = make(ada());
  const testing::Client others[] = {admin(), eve(), as(std::stoll(bob.number))};
  for (const testing::Client& other : others) {
    EXPECT_EQ(other.get(bob.path()).status, 404);
    EXPECT_EQ(other.patch(bob.path(), R"({"first_name": "Rob"})").status, 404);
    EXPECT_EQ(other.with("If-Match", "\"x\"").patch(bob.path(), "{}").status, 404);
    EXPECT_EQ(other.remove(bob.path()).status, 404);
    EXPECT_EQ(other.post(bob.path() + "/handover", kToBob).status, 404);
    EXPECT_EQ(other.post(bob.path() + "/delegated-token", "").status, 404);
    EXPECT_EQ(names_on(other.get(kPath)), "");
  }
  // Nor do users who are managed by nobody stand here.
  EXPECT_EQ(admin().get("/v1/managed-users/" + std::to_string(ada_)).status, 404);
  EXPECT_EQ(ada().get("/v1/managed-users/" + std::to_string(ada_)).status, 404);
  EXPECT_EQ(ada().get("/v1/managed-users/me").status, 404);
  EXPECT_EQ(ada().get(bob.path()).status, 200);
}

TEST_F(ManagedUsersTest, WhoeverActsForAManagerManagesNobody) {
  const Managed bob = make(ada());
  Principal acting = principal(ada_);
  acting.actor = eve_;
  acting.grant_scopes = {"data:read", "data:write"};
  const testing::Client delegate = app().as(acting);
  EXPECT_EQ(delegate.get(kPath).status, 403);
  EXPECT_EQ(delegate.get(bob.path()).status, 403);
  EXPECT_EQ(delegate.remove(bob.path()).status, 403);
  EXPECT_EQ(delegate.post(bob.path() + "/handover", kToBob).status, 403);
  const auto exchanged = delegate.post(bob.path() + "/delegated-token", "");
  EXPECT_EQ(exchanged.status, 403);
  EXPECT_EQ(json_member(exchanged.body, "code"), "delegated");
}

TEST_F(ManagedUsersTest, TheListHasOnesOwnWithTheNewestFirst) {
  for (const char* name : {"Bob", "Carol", "Dan"}) {
    make(ada(), name);
    app().clock().advance(std::chrono::seconds(1));
  }
  make(eve(), "Zoe");
  EXPECT_EQ(names_on(ada().get(kPath)), " Dan Carol Bob");
  const auto first = ada().get(std::string(kPath) + "?limit=2");
  EXPECT_EQ(names_on(first), " Dan Carol");
  const std::string cursor = "?limit=2&cursor=" + json_member(first.body, "next");
  const auto second = ada().get(kPath + cursor);
  EXPECT_EQ(names_on(second), " Bob");
  EXPECT_EQ(json_member(second.body, "next"), "null");
  EXPECT_EQ(names_on(ada().get(std::string(kPath) + "?text=CAR")), " Carol");
  EXPECT_EQ(ada().get(std::string(kPath) + "?text=1+2+3+4+5+6+7+8+9").status, 400);
}

TEST_F(ManagedUsersTest, TheListHasThoseWhomAnAdminHasDeactivated) {
  const Managed bob = make(ada());
  ASSERT_EQ(admin().patch(bob.as_user(), R"({"active": false})").status, 200);
  EXPECT_EQ(names_on(ada().get(kPath)), " Bob");
  EXPECT_EQ(json_member(ada().get(bob.path()).body, "active"), "false");
}

TEST_F(ManagedUsersTest, AManagerWritesNamesTimezoneAndDescription) {
  const Managed bob = make(ada());
  const auto changed =
      ada().patch(bob.path(),
                  R"({"first_name": "Rob", "last_name": "Smit", "timezone": "Europe/Paris",
          "description": "Runs."})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(json_member(changed.body, "display_name"), "Rob Smit");
  EXPECT_EQ(json_member(changed.body, "timezone"), "Europe/Paris");
  EXPECT_EQ(json_member(changed.body, "description"), "Runs.");
  EXPECT_EQ(ada().get(bob.path()).body, changed.body);
  for (const char* other : {R"({"active": false})",
                            R"({"username": "bob"})",
                            R"({"email": "bob@example.org"})",
                            R"({"roles": ["staff"]})",
                            R"({"timezone": null})",
                            R"({"timezone": "Mars/Olympus"})"}) {
    EXPECT_EQ(ada().patch(bob.path(), other).status, 422) << other;
  }
}

TEST_F(ManagedUsersTest, AChangeAndADeletionNeedTheStateThatWasSeen) {
  const Managed bob = make(ada());
  const std::string seen = ada().get(bob.path()).header("ETag");
  EXPECT_EQ(ada().with("If-None-Match", seen).get(bob.path()).status, 304);
  app().clock().advance(std::chrono::seconds(1));
  const auto first = ada().with("If-Match", seen).patch(bob.path(), R"({"first_name": "Rob"})");
  EXPECT_EQ(first.status, 200) << first.body;
  const testing::Client late = ada().with("If-Match", seen);
  EXPECT_EQ(late.patch(bob.path(), R"({"first_name": "Hob"})").status, 412);
  EXPECT_EQ(late.remove(bob.path()).status, 412);
  EXPECT_EQ(ada().with("If-Match", first.header("ETag")).remove(bob.path()).status, 204);
}

TEST_F(ManagedUsersTest, WhoIsDeletedIsGoneEverywhere) {
  const Managed bob = make(ada());
  EXPECT_EQ(ada().remove(bob.path()).status, 204);
  EXPECT_EQ(ada().get(bob.path()).status, 404);
  EXPECT_EQ(ada().remove(bob.path()).status, 404);
  EXPECT_EQ(admin().get(bob.as_user()).status, 404);
  EXPECT_EQ(names_on(ada().get(kPath)), "");
}

TEST_F(ManagedUsersTest, AManagerHasNoMoreThanTheLimit) {
  start({{"managed_per_user", "2"}});
  const Managed bob = make(ada(), "Bob");
  make(ada(), "Carol");
  const auto refused = ada().post(kPath, R"({"first_name": "Dan"})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(json_member(refused.body, "code"), "too_many_managed_users");
  EXPECT_EQ(eve().post(kPath, R"({"first_name": "Zoe"})").status, 201);
  EXPECT_EQ(ada().remove(bob.path()).status, 204);
  EXPECT_EQ(ada().post(kPath, R"({"first_name": "Dan"})").status, 201);
}

TEST_F(ManagedUsersTest, TheLimitHoldsForWhoeverAreMadeAtTheSameTime) {
  constexpr int kLimit = 5;
  constexpr int kThreads = 4;
  start({{"managed_per_user", std::to_string(kLimit)}});
  std::atomic<int> made = 0;
  std::atomic<int> others = 0;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, client = ada()] {
      for (bool full = false; !full;) {
        const int status = client.post(kPath, R"({"first_name": "Bob"})").status;
        if (status == 201) ++made;
        full = status == 409;
        if (status != 201 && status != 409 && status != 503) {
          ++others;
          break;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(others, 0);
  EXPECT_EQ(made, kLimit);
  EXPECT_EQ(names_on(ada().get(kPath)), " Bob Bob Bob Bob Bob");
}

TEST_F(ManagedUsersTest, AnIdempotencyKeyMakesOneUser) {
  const testing::Client keyed = ada().with("Idempotency-Key", "new-bob");
  const auto first = keyed.post(kPath, R"({"first_name": "Bob"})");
  const auto again = keyed.post(kPath, R"({"first_name": "Bob"})");
  EXPECT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(again.header("Idempotent-Replay"), "true");
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(names_on(ada().get(kPath)), " Bob");
}

}  // namespace
}  // namespace gatehouse::managed_users
