// Which account looks after which. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <thread>
#include <vector>

#include "accounts_fixture.hpp"

namespace gatehouse::accounts {
namespace {

class Consultancy : public AccountsTest {
 protected:
  int set(std::int64_t account, const std::string& value) {
    return admin().patch(path(account), "{\"consultancy_account\": " + value + "}").status;
  }
  int set(std::int64_t account, std::int64_t value) { return set(account, std::to_string(value)); }
};

TEST_F(Consultancy, IsNamedByNumberOrId) {
  const std::int64_t keeper = create("Keeper");
  const std::int64_t engines = create("Engines");
  EXPECT_EQ(set(engines, "\"" + read(keeper).id + "\""), 200);
  EXPECT_EQ(read(engines).consultancy_account->number, keeper);
  EXPECT_EQ(set(engines, "null"), 200);
  EXPECT_FALSE(read(engines).consultancy_account);
  EXPECT_EQ(set(engines, keeper), 200);
  EXPECT_EQ(read(engines).consultancy_account->name, "Keeper");
}

// A consultant names account-admins of a client, and those name its consultants: in a chain they
// would reach the clients' clients.
TEST_F(Consultancy, IsOneLevelNeitherACircleNorAChain) {
  const std::int64_t keeper = create("Keeper");
  const std::int64_t client = create("Client", consultancy(keeper));
  const std::int64_t other = create("Other");
  const std::int64_t free = create("Free");
  ASSERT_EQ(set(other, keeper), 200);
  struct Case {
    std::int64_t account;
    std::int64_t consultancy;
    std::string_view code;
  };
  for (const Case& c : {Case{keeper, keeper, "circle"},
                        Case{keeper, client, "circle"},
                        Case{free, client, "chain"},     // which is looked after
                        Case{client, other, "chain"},    // likewise, for who is so already
                        Case{keeper, free, "chain"}}) {  // who looks after others
    const auto reply = admin().patch(
        path(c.account), "{\"consultancy_account\": " + std::to_string(c.consultancy) + "}");
    EXPECT_EQ(reply.status, 422) << c.account << " by " << c.consultancy;
    const std::string said =
        R"("pointer":"/consultancy_account","code":")" + std::string(c.code) + '"';
    EXPECT_NE(reply.body.find(said), reply.body.npos) << reply.body;
  }
  EXPECT_FALSE(read(keeper).consultancy_account);
  EXPECT_EQ(set(client, "null"), 200);
  EXPECT_EQ(set(other, "null"), 200);
  EXPECT_EQ(set(keeper, client), 200) << "free to turn it round";
}

TEST_F(Consultancy, TwoWhoCloseACircleAtOnceDoNotBothSucceed) {
  const std::int64_t a = create("a");
  const std::int64_t b = create("b");
  const testing::Client client = admin();
  for (int round = 0; round < 20; ++round) {
    std::thread first(
        [&] { client.patch(path(a), "{\"consultancy_account\": " + std::to_string(b) + "}"); });
    std::thread second(
        [&] { client.patch(path(b), "{\"consultancy_account\": " + std::to_string(a) + "}"); });
    first.join();
    second.join();
    const bool both = read(a).consultancy_account && read(b).consultancy_account;
    EXPECT_FALSE(both);
    EXPECT_TRUE(read(a).consultancy_account || read(b).consultancy_account);
    client.patch(path(a), R"({"consultancy_account": null})");
    client.patch(path(b), R"({"consultancy_account": null})");
  }
}

TEST_F(Consultancy, StandsInTheTrailOfBoth) {
  const std::int64_t keeper = create("Keeper");
  const std::int64_t other = create("Other");
  heard();
  const std::int64_t engines = create("Engines", consultancy(keeper));
  using Lines = std::vector<std::string>;
  EXPECT_EQ(heard(),
            (Lines{"account.created 4 name consultancy_account", "account.client_added 2 of 4"}));
  set(engines, other);
  EXPECT_EQ(heard(),
            (Lines{"account.updated 4 consultancy_account",
                   "account.client_removed 2 of 4",
                   "account.client_added 3 of 4"}));
  set(engines, other);
  EXPECT_EQ(heard(), Lines{});
  admin().remove(path(engines));
  EXPECT_EQ(heard(), (Lines{"account.deleted 4", "account.client_removed 3 of 4"}));
}

TEST_F(Consultancy, OfOthersStaysWhileItHasClients) {
  const std::int64_t keeper = create("Keeper");
  const std::int64_t engines = create("Engines", consultancy(keeper));
  const auto refused = admin().remove(path(keeper));
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_EQ(code_of(refused), "in_use");
  EXPECT_EQ(admin().remove(path(engines)).status, 204);
  EXPECT_EQ(admin().remove(path(keeper)).status, 204);
}

TEST_F(Consultancy, EndsForItsConsultantsWhenItIsTakenAway) {
  const std::int64_t keeper = create("Keeper");
  const std::int64_t engines = create("Engines", consultancy(keeper));
  const testing::Client consultant = as(keeper, Role::Consultant);
  EXPECT_EQ(consultant.get(path(engines)).status, 200);
  EXPECT_EQ(set(engines, "null"), 200);
  EXPECT_EQ(consultant.get(path(engines)).status, 404);
  EXPECT_EQ(names_in(consultant), "Keeper,");
}

}  // namespace
}  // namespace gatehouse::accounts
