// What leaves the trail: erasure, pruning, export.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <sstream>

#include "kept_trail.hpp"

namespace gatehouse::audit {
namespace {

TEST_F(Keeping, WhoIsDeletedIsErasedFromAllEventsAndTheChainHolds) {
  app().as(user(4)).post("/deeds", encode_json(Deed{.user = 6, .account = 20, .user_name = "b"}));
  ASSERT_EQ(parts_of_4(), 4);
  ASSERT_TRUE(world().erase(4));
  ASSERT_EQ(parts_of_4(), 4) << "a job does it";
  app().run_jobs();
  EXPECT_EQ(parts_of_4(), 0);
  EXPECT_EQ(verify().exit_code, 0);
  const auto shown = page_of(admin().get("/v1/accounts/20/audit-events")).items;
  ASSERT_EQ(shown.size(), 6U);
  ASSERT_TRUE(shown.front().actor) << "that there was somebody stays";
  EXPECT_EQ(shown.front().actor->id, std::nullopt);
  EXPECT_EQ(shown.front().actor->username, std::nullopt);
  EXPECT_EQ(shown.front().remote_address, std::nullopt);
  EXPECT_EQ(shown.front().user->username, "b");
  EXPECT_EQ(shown.back().user->username, std::nullopt);
  EXPECT_EQ(shown.back().actor->username, "user1");
}

TEST_F(Keeping, WhatWasOnItsWayWhenSomebodyWasDeletedIsErasedToo) {
  ASSERT_TRUE(world().erase(4));
  app().run_jobs();
  do_deed({.user = 4, .account = 20, .user_name = "late"});
  ASSERT_EQ(parts_of_4(), 1);
  app().clock().advance(std::chrono::minutes(61));
  app().run_jobs();
  EXPECT_EQ(parts_of_4(), 0);
  EXPECT_EQ(number("select count(*) from audit_erasure"), 0) << "nobody is looked for for ever";
}

TEST_F(Keeping, ManyPartsAreErasedInBatches) {
  for (int i = 0; i < 600; ++i) do_deed({.user = 4, .account = 21, .user_name = "ada"});
  ASSERT_TRUE(world().erase(4));
  app().run_jobs();
  EXPECT_EQ(parts_of_4(), 0);
}

TEST_F(Keeping, WhoWasActedForIsErasedToo) {
  app()
      .as(delegate_of(4, 7))
      .post("/deeds", encode_json(Deed{.user = 6, .account = 20, .user_name = "b"}));
  ASSERT_EQ(
      number("select count(*) from audit_personal where person = 4 and part = 3 and id <> ''"), 1);
  EXPECT_EQ(app().run("audit erase 4").exit_code, 0);
  EXPECT_EQ(parts_of_4(), 0);
}

// In each of the ways in which somebody is in an event, and among many whom the directory knows.
TEST_F(Keeping, WhoWasDeletedWhileThePluginWasOffIsErasedToo) {
  app()
      .as(delegate_of(8, 9))
      .post("/deeds", encode_json(Deed{.user = 6, .account = 20, .user_name = "b"}));
  app().as(user(7)).post("/deeds", encode_json(Deed{.user = 6, .account = 20, .user_name = "b"}));
  const Sql theirs = "select count(*) from audit_personal where person in (4, 7, 8) and salt <> ''";
  ASSERT_EQ(number(theirs), 5);
  const std::int64_t all = number("select count(*) from audit_personal where salt <> ''");
  for (const std::int64_t gone : {4, 7, 8}) world().forget(gone);
  find_the_gone();
  EXPECT_EQ(number(theirs), 0);
  EXPECT_EQ(number("select count(*) from audit_personal where salt <> ''"), all - 5)
      << "the others stay";
  EXPECT_EQ(verify().exit_code, 0);
  // Numbers stay, but are not looked for for ever.
  app().clock().advance(std::chrono::minutes(61));
  app().run_jobs();
  find_the_gone();
  EXPECT_EQ(number("select count(*) from audit_erasure"), 0);
}

TEST_F(Keeping, ManyWhoAreGoneAreFoundInBatches) {
  for (int i = 100; i < 310; ++i) do_deed({.user = i, .account = 21, .user_name = "ada"});
  find_the_gone();
  EXPECT_EQ(number("select count(*) from audit_erasure"), 210);
}

class WithoutUsers : public AuditTest {
 protected:
  WithoutUsers() : AuditTest(World::Directories::Missing) {}
};

TEST_F(WithoutUsers, NobodyIsTakenForGone) {
  do_deed({.user = 4, .account = 20, .user_name = "ada"});
  for (int i = 0; i < 10; ++i) app().run_jobs();
  EXPECT_EQ(number("select count(*) from audit_erasure"), 0);
  EXPECT_EQ(number("select count(*) from audit_personal where person = 4"), 1);
}

TEST_F(Keeping, AnOperatorErasesWhoStays) {
  for (const std::string& who : {std::string("4"), id_of(6)}) {
    const auto run = app().run("audit erase " + who);
    EXPECT_EQ(run.exit_code, 0) << run.errors.front();
  }
  EXPECT_EQ(number("select count(*) from audit_personal where person in (4, 6) and salt <> ''"), 0);
  EXPECT_EQ(verify().exit_code, 0);
  const auto told = events_of("audit.erased");
  ASSERT_EQ(told.size(), 2U);
  EXPECT_NE(told.back().detail.text.find("\"method\":\"command\""), std::string::npos);
  EXPECT_EQ(app().run("audit erase " + id_of(98)).exit_code, 1);
}

TEST_F(Keeping, ARestoreIsTold) {
  ASSERT_TRUE(world().restore(1'796'000'000));
  app().run_jobs();
  app().run_jobs();
  const auto told = events_of("server.restored");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told.front().detail.text.find("\"reason\":\"epoch 1796000000\""), std::string::npos)
      << told.front().detail.text;
  EXPECT_EQ(verify().exit_code, 0);
}

// Erasing says how much there was; nobody is erased who never was.
TEST_F(Keeping, NobodyIsErasedWhomNeitherTheTrailNorTheDirectoryKnows) {
  for (const std::string& who : {std::string("999999"), id_of(98)}) {
    const auto run = app().run("audit erase " + who);
    EXPECT_EQ(run.exit_code, 1) << who;
    EXPECT_TRUE(run.output.empty()) << run.output.front();
    EXPECT_EQ(run.errors.front().find("error: There is no user " + who), 0U) << run.errors.front();
  }
  EXPECT_TRUE(events_of("audit.erased").empty());
  EXPECT_EQ(number("select count(*) from audit_erasure"), 0);
  EXPECT_EQ(app().run("audit erase 3").exit_code, 0) << "the directory alone knows";
  world().forget(4);
  EXPECT_EQ(app().run("audit erase 4").exit_code, 0) << "the trail alone knows";
  app().as(user(12)).post("/deeds", encode_json(Deed{.account = 20}));
  EXPECT_EQ(app().run("audit erase 12").exit_code, 0) << "as somebody who did something";
}

TEST_F(Keeping, WhatAServerHadYetToWriteWhenAnOperatorErasedIsErasedToo) {
  ASSERT_EQ(app().run("audit erase 4").exit_code, 0);
  do_deed({.user = 4, .account = 20, .user_name = "late"});
  ASSERT_EQ(parts_of_4(), 1);
  app().run_jobs();
  EXPECT_EQ(parts_of_4(), 0);
}

TEST_F(Keeping, PruningTakesTheFrontOfChainsAndTheRestCanBeChecked) {
  const auto run = app().run("audit prune --before 2026-01-03T00:00:00Z");
  ASSERT_EQ(run.exit_code, 0) << run.errors.front();
  EXPECT_EQ(run.output.front(), "Pruned 3 events before 2026-01-03T00:00:00.000Z.");
  EXPECT_EQ(number("select min(sequence) from audit_event where chain = 20"), 3);
  EXPECT_EQ(number("select count(*) from audit_personal where person in (4, 6)"), 3)
      << "with their parts";
  EXPECT_EQ(number("select count(*) from audit_personal where number not in (select number from "
                   "audit_event)"),
            0);
  EXPECT_EQ(number("select first from audit_chain where chain = 20"), 3);
  EXPECT_EQ(verify().exit_code, 0);
  do_deed({.account = 20});
  EXPECT_EQ(number("select max(sequence) from audit_event where chain = 20"), 6);
  app().clock().advance(std::chrono::seconds(1));
  EXPECT_EQ(app().run("audit prune --keep 0s").exit_code, 0);
  EXPECT_EQ(number("select count(*) from audit_event where chain = 20"), 0) << "all of it";
  EXPECT_EQ(verify().exit_code, 0);
  do_deed({.account = 20});
  EXPECT_EQ(number("select max(sequence) from audit_event where chain = 20"), 7);
  EXPECT_EQ(verify().exit_code, 0);
  const auto told = events_of("audit.pruned");
  ASSERT_FALSE(told.empty());
  for (const ShownItem& item : told) {
    EXPECT_NE(item.at, "2026-01-06T00:00:00.000Z") << "those before are pruned, too";
  }
}

TEST_F(Keeping, WhatIsPrunedIsToldOfInTheTransactionThatTakesIt) {
  for (int i = 0; i < 1'100; ++i) do_deed({.account = 21});
  app().clock().advance(std::chrono::seconds(1));
  ASSERT_EQ(app().run("audit prune --keep 0s").exit_code, 0);
  std::vector<std::string> told;
  for (const ShownItem& item : events_of("audit.pruned")) {
    if (item.detail.text.find("chain 21 ") != std::string::npos) told.push_back(item.detail.text);
  }
  ASSERT_EQ(told.size(), 2U) << "one for each transaction";
  EXPECT_NE(told[1].find("1000 events of chain 21 before 2026-01-06T00:00:01.000Z"),
            std::string::npos)
      << told[1];
  EXPECT_NE(told[0].find("\"100 events of chain 21 "), std::string::npos) << told[0];
}

TEST_F(Keeping, AChainThatIsNotAsItWasWrittenIsNotPruned) {
  ASSERT_TRUE(change("update audit_event set detail = 'x' where chain = 20 and sequence = 2"));
  const auto run = app().run("audit prune --keep 0s");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.errors.front().find("sequence 2"), std::string::npos) << run.errors.front();
  EXPECT_EQ(number("select count(*) from audit_event where chain = 20"), 5);
}

TEST_F(Keeping, AChainThatWasAlteredBehindWhatGoesIsNotPrunedAndTheOthersAre) {
  do_deed({.account = 21});
  app().clock().advance(std::chrono::hours(24));
  const Sql alterations[] = {
      "update audit_chain set mac = 'x' where chain = 20",
      "delete from audit_chain where chain = 20",
      "update audit_event set detail = 'x' where chain = 20 and sequence = 5",
  };
  for (const Sql& alteration : alterations) {
    ASSERT_TRUE(change(alteration));
    do_deed({.account = 21});
    app().clock().advance(std::chrono::seconds(1));
    ASSERT_GT(number("select count(*) from audit_event where chain = 21"), 0);
    const auto run = app().run("audit prune --keep 0s");
    EXPECT_EQ(run.exit_code, 1);
    ASSERT_FALSE(run.errors.empty());
    EXPECT_TRUE(run.errors.front().starts_with("Chain 20: sequence ")) << run.errors.front();
    EXPECT_EQ(number("select count(*) from audit_event where chain = 20"), 5);
    EXPECT_EQ(number("select count(*) from audit_event where chain = 21"), 0);
    EXPECT_FALSE(events_of("audit.pruned").empty());
  }
}

TEST_F(Keeping, PruneSaysWhatItTakes) {
  for (const std::string words : {"",
                                  " --keep 1d --before 2026-01-03T00:00:00Z",
                                  " --keep 1y",
                                  " --keep -1d",
                                  " --keep d",
                                  " --before yesterday"}) {
    EXPECT_EQ(app().run("audit prune" + words).exit_code, 1) << words;
  }
  EXPECT_EQ(number("select count(*) from audit_event where chain = 20"), 5);
}

TEST_F(Keeping, AnExportHasAllEventsInTheirOrderForItsOwnerAlone) {
  const Folder folder;
  const std::string file = folder.file("trail.json");
  const auto run = app().run("audit export " + file);
  ASSERT_EQ(run.exit_code, 0) << run.errors.front();
  EXPECT_EQ(run.output.front(), "Exported 6 events.");
  EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::all,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::istringstream lines(content(file));
  std::string line;
  std::vector<std::string> actions;
  while (std::getline(lines, line)) {
    ASSERT_TRUE(line.starts_with("{\"number\":")) << line;
    EXPECT_NE(line.find("\"hash\":\""), std::string::npos);
    actions.push_back(line.substr(line.find("\"action\":") + 10, 6));
  }
  EXPECT_EQ(actions,
            (std::vector<std::string>{"server", "thing.", "thing.", "thing.", "thing.", "thing."}));
  EXPECT_EQ(app().run("audit export " + file).exit_code, 1) << "never over another file";
  EXPECT_EQ(app()
                .run("audit export --since 2026-01-03T00:00:00Z --until 2026-01-05T00:00:00Z")
                .output.size(),
            2U);
}

}  // namespace
}  // namespace gatehouse::audit
