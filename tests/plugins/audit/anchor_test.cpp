// Heads of chains outside the database, and what they show. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "kept_trail.hpp"

namespace gatehouse::audit {
namespace {

class Anchored : public Keeping {
 protected:
  Anchored() : Keeping() {}
  testing::Settings settings() const override { return {{"anchor", folder_.file("anchor")}}; }
  std::string anchor() const { return folder_.file("anchor"); }
  testing::CommandRun verify_anchored() { return app().run("audit verify --anchor " + anchor()); }
  Folder folder_;
};

TEST_F(Anchored, HeadsThatMovedAreWrittenForTheOwnerAlone) {
  app().run_jobs();
  const std::string first = content(anchor());
  EXPECT_NE(first.find("2026-01-06T00:00:00.000Z 20 5 "), std::string::npos) << first;
  app().run_jobs();
  EXPECT_EQ(content(anchor()), first) << "nothing has moved";
  do_deed({.account = 20});
  app().run_jobs();
  EXPECT_EQ(content(anchor()).substr(first.size()).substr(0, 30), "2026-01-06T00:00:00.000Z 20 6 ");
  EXPECT_EQ(std::filesystem::status(anchor()).permissions() & std::filesystem::perms::all,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(verify_anchored().exit_code, 0);
}

TEST_F(Anchored, AForgedHeadIsNotAnchored) {
  app().run_jobs();
  const std::string good = content(anchor());
  ASSERT_TRUE(change("update audit_chain set mac = 'x', sequence = 4 where chain = 20"));
  do_deed({.account = 21});
  app().run_jobs();
  do_deed({.account = 20});
  app().run_jobs();
  const std::string added = content(anchor()).substr(good.size());
  EXPECT_EQ(added.find(" 20 "), std::string::npos) << added;
  EXPECT_NE(added.find(" 21 1 "), std::string::npos) << "the others are";
  EXPECT_GT(app().log().count("audit_head_forged"), 0);
}

// Whoever has a copy of the chain's old head can put it back: only the anchor tells.
TEST_F(Anchored, ACutTailShows) {
  app().run_jobs();
  ASSERT_TRUE(
      change("insert into audit_chain (chain, sequence, hash, mac, first, first_hash, "
             "cut_mac) select 1020, sequence, hash, mac, first, first_hash, cut_mac from "
             "audit_chain where chain = 20"));
  for (int i = 0; i < 3; ++i) do_deed({.account = 20});
  app().clock().advance(std::chrono::minutes(1));
  app().run_jobs();
  ASSERT_TRUE(change("delete from audit_chain where chain = 20"));
  ASSERT_TRUE(change("update audit_chain set chain = 20 where chain = 1020"));
  ASSERT_TRUE(
      change("delete from audit_personal where number in (select number from audit_event "
             "where chain = 20 and sequence > 5)"));
  ASSERT_TRUE(change("delete from audit_event where chain = 20 and sequence > 5"));
  EXPECT_EQ(verify().exit_code, 0) << "from inside nothing is to be seen";
  const auto run = verify_anchored();
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.output.front(),
            "account 20: sequence 6 is missing: 8 was anchored at 2026-01-06T00:01:00.000Z, and "
            "the chain has been cut");
}

TEST_F(Anchored, AChainThatIsGoneAltogetherShows) {
  app().run_jobs();
  ASSERT_TRUE(change("delete from audit_chain where chain = 20"));
  ASSERT_TRUE(
      change("delete from audit_personal where number in (select number from audit_event where "
             "chain = 20)"));
  ASSERT_TRUE(change("delete from audit_event where chain = 20"));
  EXPECT_EQ(verify().exit_code, 0);
  const auto run = verify_anchored();
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.output.front().starts_with("account 20: sequence 1 is missing"))
      << run.output.front();
}

TEST_F(Anchored, ARowThatIsNotTheOneThatWasAnchoredShows) {
  app().run_jobs();
  std::string lines = content(anchor());
  const std::size_t at = lines.find(" 20 5 ") + 6;
  lines[at] = lines[at] == '0' ? '1' : '0';
  std::ofstream(anchor(), std::ios::trunc) << lines;
  const auto run = verify_anchored();
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.output.front().starts_with("account 20: sequence 1 or one up to 5 "))
      << run.output.front();
}

TEST_F(Anchored, WhatWasPrunedIsNotMissing) {
  app().run_jobs();
  ASSERT_EQ(app().run("audit prune --keep 0s").exit_code, 0);
  EXPECT_EQ(verify_anchored().exit_code, 0) << verify_anchored().output.front();
  ASSERT_TRUE(change("update audit_chain set first = 5 where chain = 20"));
  EXPECT_EQ(verify_anchored().exit_code, 1);
}

TEST_F(Anchored, AFileThatIsNoAnchorIsNamed) {
  std::ofstream(folder_.file("other")) << "something else\n";
  const auto run = app().run("audit verify --anchor " + folder_.file("other"));
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.errors.front().find("other:1"), std::string::npos) << run.errors.front();
  EXPECT_EQ(run.errors.back(),
            "error: " + folder_.file("other") + " holds no anchored head: is it another file?");
  EXPECT_EQ(app().run("audit verify --anchor " + folder_.file("missing")).exit_code, 1);
}

// Whoever can empty the file has not made the trail right.
TEST_F(Anchored, AFileWithoutAnchoredHeadsIsNoProof) {
  for (const std::string_view text : {"", "2026-01-06T00:00:00.000Z 20 5 cut o"}) {
    std::ofstream(folder_.file("empty"), std::ios::trunc) << text;
    const auto run = app().run("audit verify --anchor " + folder_.file("empty"));
    EXPECT_EQ(run.exit_code, 1);
    ASSERT_FALSE(run.errors.empty());
    EXPECT_NE(run.errors.back().find("empty holds no anchored head"), std::string::npos)
        << run.errors.back();
  }
}

// A server that died while it wrote leaves half a line, which says nothing about the trail.
TEST_F(Anchored, ATornLineIsToldAndTheOthersAreCompared) {
  app().run_jobs();
  const std::string whole = content(anchor());
  const auto lines = std::count(whole.begin(), whole.end(), '\n');
  std::ofstream(anchor(), std::ios::app) << whole.substr(0, 40);
  const std::string warning = "warning: " + anchor() + ":" + std::to_string(lines + 1) +
                              ": is no line of an anchor, and is passed over: a write that broke "
                              "off leaves one like this";
  for (const bool is_last : {true, false}) {
    if (!is_last) {
      do_deed({.account = 20});
      app().run_jobs();
    }
    const auto run = verify_anchored();
    EXPECT_EQ(run.exit_code, 0) << run.output.front();
    ASSERT_EQ(run.errors.size(), 1U);
    EXPECT_EQ(run.errors.front(), warning);
  }
  ASSERT_TRUE(change("update audit_chain set sequence = 5 where chain = 20"));
  ASSERT_TRUE(change("delete from audit_event where chain = 20 and sequence > 5"));
  const auto run = verify_anchored();
  EXPECT_EQ(run.exit_code, 1) << "what stands behind the torn line counts";
}

TEST_F(Anchored, OfManyTornLinesAFewAreNamed) {
  app().run_jobs();
  {
    std::ofstream file(anchor(), std::ios::app);
    for (int i = 0; i < 500; ++i) file << "torn\n";
  }
  const auto run = verify_anchored();
  EXPECT_EQ(run.exit_code, 0);
  ASSERT_EQ(run.errors.size(), 11U);
  EXPECT_NE(run.errors.back().find("490 more"), std::string::npos) << run.errors.back();
}

TEST_F(Anchored, AnAnchorThatCannotBeWrittenShowsInItsAge) {
  app().run_jobs();
  EXPECT_EQ(app().metrics().value("audit_anchor_age_seconds"), 0);
  const std::string kept = anchor() + ".kept";
  std::filesystem::rename(anchor(), kept);
  std::filesystem::create_directory(anchor());
  do_deed({.account = 20});
  app().clock().advance(std::chrono::minutes(7));
  app().run_jobs();
  EXPECT_EQ(app().metrics().value("audit_anchor_age_seconds"), 420);
  EXPECT_EQ(app().log().count("anchor_failed"), 1);
  std::filesystem::remove(anchor());
  std::filesystem::rename(kept, anchor());
  app().run_jobs();
  EXPECT_EQ(app().metrics().value("audit_anchor_age_seconds"), 0);
  EXPECT_NE(content(anchor()).find(" 20 6 "), std::string::npos) << "it catches up";
}

TEST(AnchorPlaces, ThatAreNoneAreNamedAtTheStart) {
  struct Case {
    std::string_view name;
    std::string place;
    std::string says;
  };
  const Folder folder;
  std::filesystem::create_directory(folder.file("folder"));
  std::ofstream(folder.file("file")) << "";
  std::filesystem::create_symlink(folder.file("file"), folder.file("link"));
  const std::vector<Case> cases = {
      {"relative", "anchor.txt", "is neither syslog nor the whole path of a file"},
      {"no folder", folder.file("gone/anchor"), "there is no folder " + folder.file("gone")},
      {"below a file", folder.file("file/anchor"), "there is no folder " + folder.file("file")},
      {"a folder", folder.file("folder"), "it is no regular file"},
      {"a link", folder.file("link"), "it is no regular file"},
      {"a device", "/dev/full", "it is no regular file"},
      // Nobody may make a file there, root neither.
      {"no rights", "/proc/anchor", "/proc/anchor cannot be written"}};
  for (const Case& c : cases) {
    std::vector<testing::TestedPlugin> plugins;
    plugins.push_back({"audit", std::make_unique<AuditPlugin>(), {{"anchor", c.place}}});
    testing::HarnessCore app(std::move(plugins));
    ASSERT_EQ(app.mistakes().size(), 1U) << c.name;
    EXPECT_NE(app.mistakes().front().find(c.says), std::string::npos) << app.mistakes().front();
    EXPECT_NE(app.mistakes().front().find("anchor"), std::string::npos) << app.mistakes().front();
  }
}

}  // namespace
}  // namespace gatehouse::audit
