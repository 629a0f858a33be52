// What the ETag of an account and an Idempotency-Key promise. SPDX-License-Identifier: Apache-2.0
#include "accounts_fixture.hpp"

namespace gatehouse::accounts {
namespace {

class AccountETag : public AccountsTest {
 protected:
  std::string tag(std::int64_t account) { return admin().get(path(account)).header("ETag"); }
};

TEST_F(AccountETag, StandsForTheAccountsState) {
  const auto made = admin().post("/v1/accounts", R"({"name": "Engines"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.header("ETag"), tag(2));
  EXPECT_EQ(admin().with("If-None-Match", tag(2)).get(path(2)).status, 304);
  const auto changed = admin().patch(path(2), R"({"roles": ["a"]})");
  EXPECT_EQ(changed.header("ETag"), tag(2));
  EXPECT_NE(changed.header("ETag"), made.header("ETag"));
}

TEST_F(AccountETag, IsNotMovedByUsers) {
  const std::int64_t engines = create("Engines");
  const std::string before = tag(engines);
  users().by_account[engines] = 3;
  EXPECT_EQ(read(engines).user_count, 3);
  EXPECT_EQ(tag(engines), before);
  EXPECT_EQ(admin().with("If-Match", before).patch(path(engines), R"({"name": "Motors"})").status,
            200);
}

TEST_F(AccountETag, AChangeAndADeletionNeedTheStateThatWasSeen) {
  const std::int64_t engines = create("Engines");
  const std::string seen = tag(engines);
  const auto late = admin().with("If-Match", seen);
  EXPECT_EQ(late.patch(path(engines), R"({"name": "Motors"})").status, 200);
  EXPECT_EQ(late.patch(path(engines), R"({"name": "Turbines"})").status, 412);
  EXPECT_EQ(late.remove(path(engines)).status, 412);
  EXPECT_EQ(read(engines).name, "Motors");
  // Who may not see the account hears nothing of states; who may not change it, of its state first.
  EXPECT_EQ(as(77).with("If-Match", seen).patch(path(engines), "{}").status, 404);
  EXPECT_EQ(as(77).with("If-Match", seen).remove(path(engines)).status, 404);
  EXPECT_EQ(as(engines).with("If-Match", tag(engines)).remove(path(engines)).status, 403);
  EXPECT_EQ(admin().with("If-Match", tag(engines)).remove(path(engines)).status, 204);
}

TEST_F(AccountETag, AnIdempotencyKeyMakesOneAccount) {
  const auto keyed = admin().with("Idempotency-Key", "new-engines");
  const char* const body = R"({"name": "Engines", "roles": ["a"]})";
  const auto first = keyed.post("/v1/accounts", body);
  ASSERT_EQ(first.status, 201) << first.body;
  const auto again = keyed.post("/v1/accounts", body);
  EXPECT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(again.header("Idempotent-Replay"), "true");
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("Location"), first.header("Location"));
  EXPECT_EQ(names_in(admin()), "Default,Engines,");
}

}  // namespace
}  // namespace gatehouse::accounts
