// `gatehouse audit verify` finds what is not as it was written, and names its first place.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <ostream>

#include "audit_fixture.hpp"
#include "plugins/audit/checks/chain_repository.hpp"

namespace gatehouse::audit {
namespace {

// Two accounts, whose events are the same in number: 20 and 21 have eight each.
class Verify : public AuditTest {
 protected:
  void SetUp() override {
    AuditTest::SetUp();
    for (int i = 0; i < 8; ++i) {
      for (const std::int64_t account : {20, 21}) {
        do_deed({.action = "user.updated",
                 .user = account - 16,
                 .account = account,
                 .user_name = "ada",
                 .detail = "words",
                 .changes = {"email"}});
        app().clock().advance(std::chrono::seconds(1));
      }
    }
  }
  testing::CommandRun verify(const std::string& more = "") {
    return app().run("audit verify" + more);
  }
};

TEST_F(Verify, FindsNothingWhereNothingIsWrong) {
  const auto run = verify();
  EXPECT_EQ(run.exit_code, 0);
  ASSERT_EQ(run.output.size(), 1U);
  EXPECT_EQ(run.output.front(), "All is as it was written: 17 events in 3 chains.");
  EXPECT_EQ(verify(" --account 20").output.front(),
            "All is as it was written: 8 events in 1 chains.");
}

struct Tampering {
  const char* name;
  std::vector<Sql> changes;
  const char* found;  // how the first line begins
};
std::ostream& operator<<(std::ostream& out, const Tampering& tampering) {
  return out << tampering.name;
}

// In the third row of account 20.
#define AUDIT_THIRD " where chain = 20 and sequence = 3"
#define AUDIT_EVENT_CHANGE(column, expression)                                        \
  {                                                                                   \
    "event_" column, {"update audit_event set " column " = " expression AUDIT_THIRD}, \
        "account 20: sequence 3 "                                                     \
  }
// Personal parts.
#define AUDIT_OF_EVENTS(events) " where number in (select number from audit_event where " events ")"
#define AUDIT_OF_THIRD AUDIT_OF_EVENTS("chain = 20 and sequence = 3")
#define AUDIT_PART_CHANGE(column, expression)                                                  \
  {                                                                                            \
    "personal_" column,                                                                        \
        {"update audit_personal set " column " = " expression AUDIT_OF_THIRD " and part = 2"}, \
        "account 20: sequence 3 "                                                              \
  }
#define AUDIT_HEAD_CHANGE(column, expression, found) \
  { "head_" column, {"update audit_chain set " column " = " expression " where chain = 20"}, found }

// A copy of the fifth row, as what `values` says.
#define AUDIT_COPY(number, sequence)                                                           \
  "insert into audit_event (number, chain, sequence, at, action, outcome, user_number, "       \
  "actor_number, on_behalf_of, account, changes, detail, count, request_id, method, active, "  \
  "roles_added, roles_removed, personal, hash) select " number ", chain, " sequence            \
  ", at, action, outcome, user_number, actor_number, on_behalf_of, account, changes, detail, " \
  "count, request_id, method, active, roles_added, roles_removed, personal, hash from "        \
  "audit_event "                                                                               \
  "where chain = 20 and sequence = 5"

const Tampering kTamperings[] = {
    AUDIT_EVENT_CHANGE("number", "number + 1000"),
    {"number_that_is_next",
     {"update audit_event set number = (select max(number) + 1 from audit_event)" AUDIT_THIRD},
     "account 20: sequence 3 "},
    AUDIT_EVENT_CHANGE("chain", "99"),
    AUDIT_EVENT_CHANGE("at", "at + 1"),
    AUDIT_EVENT_CHANGE("action", "'user.updates'"),
    AUDIT_EVENT_CHANGE("outcome", "1 - outcome"),
    AUDIT_EVENT_CHANGE("user_number", "5"),
    AUDIT_EVENT_CHANGE("actor_number", "2"),
    AUDIT_EVENT_CHANGE("on_behalf_of", "1"),
    AUDIT_EVENT_CHANGE("account", "21"),
    AUDIT_EVENT_CHANGE("changes", "'[\"emaim\"]'"),
    AUDIT_EVENT_CHANGE("detail", "'wordt'"),
    AUDIT_EVENT_CHANGE("count", "2"),
    AUDIT_EVENT_CHANGE("request_id", "request_id || 'x'"),
    AUDIT_EVENT_CHANGE("method", "'tess'"),
    AUDIT_EVENT_CHANGE("active", "false"),
    AUDIT_EVENT_CHANGE("roles_added", "1"),
    AUDIT_EVENT_CHANGE("roles_removed", "1"),
    AUDIT_EVENT_CHANGE("personal", "'x' || personal"),
    AUDIT_EVENT_CHANGE("hash", "'0' || substr(hash, 2, 62) || 'g'"),
    AUDIT_PART_CHANGE("part", "3"),
    AUDIT_PART_CHANGE("person", "5"),
    AUDIT_PART_CHANGE("salt", "substr(salt, 2) || '!'"),
    AUDIT_PART_CHANGE("id", "id || '0'"),
    AUDIT_PART_CHANGE("name", "'adb'"),
    AUDIT_PART_CHANGE("address", "'192.0.2.2'"),
    AUDIT_PART_CHANGE("number", "9999"),
    {"personal_deleted",
     {"delete from audit_personal" AUDIT_OF_THIRD " and part = 2"},
     "account 20: sequence 3 has lost a personal part"},
    {"personal_inserted",
     {"insert into audit_personal (person, part, number, salt, id, name, address) "
      "select 4, 7, number, '', '', '', '' from audit_event" AUDIT_THIRD},
     "event 6: has no personal part 7 of person 4"},
    {"personal_inserted_of_another",
     {"insert into audit_personal (person, part, number, salt, id, name, address) "
      "select 5, 2, number, '', '', '', '' from audit_event" AUDIT_THIRD},
     "event 6: has no personal part 2 of person 5"},
    {"personal_inserted_of_a_stranger",
     {"insert into audit_personal (person, part, number, salt, id, name, address) "
      "select 0, 3, number, '', '', '', '' from audit_event" AUDIT_THIRD},
     "account 20: sequence 3 has a personal part that is not what was written"},
    {"personal_without_an_event",
     {"insert into audit_personal (person, part, number, salt, id, name, address) "
      "values (4, 2, 9999, '', '', '', '')"},
     "event 9999: has no personal part 2 of person 4"},
    AUDIT_HEAD_CHANGE("sequence", "sequence + 1", "account 20: sequence 9 is missing"),
    {"head_sequence_lower",
     {"update audit_chain set sequence = 6 where chain = 20"},
     "account 20: sequence 7 "},
    AUDIT_HEAD_CHANGE("hash", "'0' || substr(hash, 2, 62) || 'g'", "account 20: sequence 8 "),
    AUDIT_HEAD_CHANGE("mac", "mac || 'x'", "account 20: sequence 8 "),
    AUDIT_HEAD_CHANGE("first", "2", "account 20: sequence 2 "),
    AUDIT_HEAD_CHANGE("first_hash", "'x'", "account 20: sequence 1 "),
    AUDIT_HEAD_CHANGE("cut_mac", "'x'", "account 20: sequence 1 "),
    {"head_deleted", {"delete from audit_chain where chain = 20"}, "account 20: sequence 9 "},
    {"deleted", {"delete from audit_event" AUDIT_THIRD}, "account 20: sequence 3 is missing"},
    {"deleted_with_its_parts",
     {"delete from audit_personal" AUDIT_OF_THIRD, "delete from audit_event" AUDIT_THIRD},
     "account 20: sequence 3 is missing"},
    {"first_deleted",
     {"delete from audit_event where chain = 20 and sequence = 1"},
     "account 20: sequence 1 "},
    {"last_deleted",
     {"delete from audit_event where chain = 20 and sequence = 8"},
     "account 20: sequence 8 is missing"},
    {"all_deleted",
     {"delete from audit_personal" AUDIT_OF_EVENTS("chain = 20"),
      "delete from audit_event where chain = 20"},
     "account 20: sequence 1 is missing"},
    {"tail_cut_with_its_head",
     {"delete from audit_personal" AUDIT_OF_EVENTS("chain = 20 and sequence > 6"),
      "delete from audit_event where chain = 20 and sequence > 6",
      "update audit_chain set sequence = 6, hash = (select hash from audit_event where chain = 20 "
      "and sequence = 6) where chain = 20"},
     "account 20: sequence 6 "},
    {"front_cut_with_the_head",
     {"delete from audit_personal" AUDIT_OF_EVENTS("chain = 20 and sequence < 3"),
      "update audit_chain set first = 3, first_hash = (select hash from audit_event where "
      "chain = 20 and sequence = 2) where chain = 20",
      "delete from audit_event where chain = 20 and sequence < 3"},
     "account 20: sequence 3 is where the chain begins"},
    {"inserted_at_the_end", {AUDIT_COPY("5000", "9")}, "account 20: sequence 9 "},
    {"inserted_at_the_end_with_its_head",
     {AUDIT_COPY("5000", "9"),
      "update audit_chain set sequence = 9, hash = (select hash from audit_event where chain = 20 "
      "and sequence = 9) where chain = 20"},
     "account 20: sequence 9 "},
    {"inserted_before_the_first", {AUDIT_COPY("5000", "0")}, "account 20: sequence 0 "},
    {"inserted_in_the_middle",
     {"update audit_event set sequence = -sequence where chain = 20 and sequence > 3",
      "update audit_event set sequence = 1 - sequence where chain = 20 and sequence < 0",
      AUDIT_COPY("5000", "4")},
     "account 20: sequence 4 "},
    {"swapped",
     {"update audit_event set sequence = -3 where chain = 20 and sequence = 3",
      "update audit_event set sequence = 3 where chain = 20 and sequence = 6",
      "update audit_event set sequence = 6 where chain = 20 and sequence = -3"},
     "account 20: sequence 3 "},
    {"swapped_between_chains",
     {"update audit_event set chain = 99 where chain = 20 and sequence = 3",
      "update audit_event set chain = 20 where chain = 21 and sequence = 3",
      "update audit_event set chain = 21 where chain = 99"},
     "account 20: sequence 3 "},
};

class VerifyTampered : public Verify, public ::testing::WithParamInterface<Tampering> {
 protected:
  void tamper() {
    for (const Sql& sql : GetParam().changes) {
      const auto changed = change(sql);
      ASSERT_TRUE(changed) << changed.error().message;
      ASSERT_GT(*changed, 0);
    }
  }
};

TEST_P(VerifyTampered, NamesTheFirstBadRow) {
  tamper();
  const auto run = verify();
  EXPECT_EQ(run.exit_code, 1);
  ASSERT_FALSE(run.output.empty());
  const std::string_view found = GetParam().found;
  EXPECT_EQ(run.output.front().substr(0, found.size()), found) << run.output.front();
  for (const std::string& line : run.output) {
    EXPECT_FALSE(line.starts_with("chain ")) << "of the system: " << line;
  }
}

// What the server goes on to write neither fails nor vouches for what it found.
TEST_P(VerifyTampered, IsFoundStillWhenTheChainHasGrown) {
  tamper();
  for (const std::int64_t account : {20, 21, 20}) {
    do_deed({.action = "user.updated", .user = 4, .account = account, .user_name = "ada"});
    EXPECT_EQ(verify().exit_code, 1);
  }
}

INSTANTIATE_TEST_SUITE_P(EachWay,
                         VerifyTampered,
                         ::testing::ValuesIn(kTamperings),
                         [](const auto& tested) { return std::string(tested.param.name); });

// Whoever has the database alone can make all hashes fit, but not what vouches for the last.
class VerifyRehashed : public Verify {
 protected:
  // The third row of account 20 is another one, and all behind it fit.
  void rehash() {
    const auto forged = app().storage().write([](Session& db) -> Result<None> {
      GATEHOUSE_TRY(auto events, ChainRepository().events(db, 20, 0, ChainRepository::kPage));
      std::string hash;
      for (StoredEvent& event : events) {
        if (event.sequence == 3) event.detail = "other words";
        hash = event.hash = hash_of(event, hash);
        GATEHOUSE_CHECK(
            db.run("update audit_event set detail = :detail, hash = :hash where number = :number",
                   event.detail,
                   event.hash,
                   event.number));
      }
      GATEHOUSE_CHECK(db.run("update audit_chain set hash = :hash where chain = 20", hash));
      return None{};
    });
    ASSERT_TRUE(forged) << forged.error().message;
  }
};

TEST_F(VerifyRehashed, TheServerDoesNotVouchForAForgedHead) {
  rehash();
  EXPECT_EQ(verify().exit_code, 1);
  for (int i = 0; i < 3; ++i) {
    do_deed({.account = 20});
    EXPECT_EQ(verify(" --account 20").exit_code, 1);
    EXPECT_EQ(verify(" --account 21").exit_code, 0);
  }
  EXPECT_EQ(app().log().count("audit_head_forged"), 1) << "once for each chain";
  EXPECT_EQ(app().metrics().value("audit_forged_heads_total"), 3);
}

TEST_F(VerifyRehashed, AForgedHeadThatWasTakenAwayIsNotForgotten) {
  rehash();
  ASSERT_TRUE(change("delete from audit_chain where chain = 20"));
  for (int i = 0; i < 3; ++i) {
    do_deed({.account = 20});
    EXPECT_EQ(verify().exit_code, 1);
  }
  EXPECT_EQ(number("select max(sequence) from audit_event where chain = 20"), 11);
}

// A row that fits, put where the next one goes, leaves the head as it is.
TEST_F(Verify, ARowThatFitsBehindTheEndIsNotVouchedFor) {
  const auto forged = app().storage().write([](Session& db) -> Result<None> {
    GATEHOUSE_CHECK(db.run(AUDIT_COPY("5000", "9")));
    GATEHOUSE_CHECK(db.run(
        "insert into audit_personal (person, part, number, salt, id, name, address) select "
        "p.person, "
        "p.part, 5000, p.salt, p.id, p.name, p.address from audit_personal p join audit_event e "
        "on e.number = p.number where e.chain = 20 and e.sequence = 5"));
    GATEHOUSE_TRY(auto events, ChainRepository().events(db, 20, 7, ChainRepository::kPage));
    GATEHOUSE_CHECK(db.run("update audit_event set hash = :hash where number = 5000",
                           hash_of(events.back(), events.front().hash)));
    return None{};
  });
  ASSERT_TRUE(forged) << forged.error().message;
  EXPECT_EQ(verify().output.front(), "account 20: sequence 9 is beyond the chain's head");
  for (int i = 0; i < 2; ++i) {
    do_deed({.account = 20});
    EXPECT_EQ(verify(" --account 20").exit_code, 1);
  }
}

TEST_F(Verify, OfOneAccountSaysNothingOfOthers) {
  ASSERT_TRUE(change("update audit_event set detail = 'x' where chain = 20 and sequence = 3"));
  EXPECT_EQ(verify(" --account 21").exit_code, 0);
  EXPECT_EQ(verify(" --account 20").exit_code, 1);
}

TEST_F(Verify, OfAnAccountThatHasNoChainIsNotGood) {
  ASSERT_TRUE(change("delete from audit_chain where chain = 20"));
  ASSERT_TRUE(change("delete from audit_personal" AUDIT_OF_EVENTS("chain = 20")));
  ASSERT_TRUE(change("delete from audit_event where chain = 20"));
  for (const std::string account : {"20", "4711", "-8"}) {
    const auto run = verify(" --account " + account);
    EXPECT_EQ(run.exit_code, 1) << account;
    EXPECT_TRUE(run.output.empty()) << run.output.front();
    ASSERT_FALSE(run.errors.empty());
    EXPECT_EQ(run.errors.front(), "error: There is no such chain: " + account + ".");
  }
}

TEST_F(Verify, TakesTheNumbersOfTheSystemsChainsToo) {
  const std::int64_t chain = number("select min(chain) from audit_chain");
  ASSERT_LT(chain, 0);
  const auto run = verify(" --account " + std::to_string(chain));
  EXPECT_EQ(run.exit_code, 0);
  for (const std::string account : {"0", "-9", "x", "1x"}) {
    const auto wrong = verify(" --account " + account);
    EXPECT_EQ(wrong.exit_code, 1) << account;
    EXPECT_TRUE(wrong.output.empty()) << account;
  }
}

// Nobody is erased who has no number.
TEST_F(Verify, APartOfAStrangerThatIsBlankIsWrong) {
  app().anonymous().post("/attempts", encode_json(Deed{}));
  app().run_jobs();
  ASSERT_EQ(verify().exit_code, 0);
  ASSERT_EQ(change("update audit_personal set salt = '', id = '', name = '', address = '' "
                   "where person = 0")
                .value(),
            1);
  EXPECT_EQ(verify().exit_code, 1);
}

TEST_F(Verify, WhatIsErasedIsNotWrong) {
  ASSERT_TRUE(change(
      "update audit_personal set salt = '', id = '', name = '', address = ''" AUDIT_OF_EVENTS(
          "chain = 20")));
  EXPECT_EQ(verify().exit_code, 0);
}

}  // namespace
}  // namespace gatehouse::audit
