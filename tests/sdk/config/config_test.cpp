// The typed reading of a configuration and the mistakes it collects.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/config.hpp>
#include <gatehouse/runtime/config_node.hpp>

namespace gatehouse {
namespace {

using std::chrono::seconds;
using Strings = std::vector<std::string>;
using Kind = ConfigNode::Kind;

ConfigNode scalar(std::string text, int line, bool quoted = false) {
  ConfigNode node;
  node.kind = Kind::Scalar;
  node.scalar = std::move(text);
  node.quoted = quoted;
  node.origin = "gatehouse.yaml:" + std::to_string(line);
  return node;
}

ConfigNode list(const Strings& items, int line) {
  ConfigNode node;
  node.kind = Kind::List;
  for (const std::string& item : items) node.items.push_back(scalar(item, line));
  node.origin = "gatehouse.yaml:" + std::to_string(line);
  return node;
}

ConfigNode map(std::vector<ConfigMember> members, int line) {
  ConfigNode node;
  node.kind = Kind::Map;
  node.members = std::move(members);
  node.origin = "gatehouse.yaml:" + std::to_string(line);
  return node;
}

// A plugin's settings as the host opens them.
class ConfigOfNotes : public testing::Test {
 protected:
  Config open(ConfigNode node) {
    node_ = std::move(node);
    return ConfigAccess::open(&node_, "plugins.notes.config", "gatehouse.yaml:2", mistakes_);
  }

  ConfigNode node_;
  Strings mistakes_;
};

TEST_F(ConfigOfNotes, GivesWhatIsWritten) {
  Config config = open(map({{"welcome", scalar("hello", 3)},
                            {"max", scalar("500", 4)},
                            {"on", scalar("Yes", 5)},
                            {"life", scalar("2h", 6)},
                            {"tags", list({"a", "b"}, 7)},
                            {"mode", scalar("fast", 8)}},
                           2));
  EXPECT_EQ(config.text("welcome", "x"), "hello");
  EXPECT_EQ(config.integer("max", 1, 1000, 7), 500);
  EXPECT_TRUE(config.flag("on", false));
  EXPECT_EQ(config.duration("life", seconds(1), seconds(10'000), seconds(5)), seconds(7'200));
  EXPECT_EQ(config.list("tags", {}), (Strings{"a", "b"}));
  EXPECT_EQ(config.choice("mode", {"slow", "fast"}, "slow"), "fast");
  ConfigAccess::finish(config);
  EXPECT_EQ(mistakes_, Strings{});
}

TEST_F(ConfigOfNotes, GivesDefaultsForWhatIsAbsentOrHasNoValue) {
  Config config = open(map({{"welcome", ConfigNode{}}}, 2));
  EXPECT_EQ(config.text("welcome", "x"), "x");
  EXPECT_EQ(config.integer("max", 1, 1000, 7), 7);
  EXPECT_FALSE(config.contains("max"));
  EXPECT_EQ(config.section("below").list("tags", {"z"}), Strings{"z"});
  EXPECT_EQ(mistakes_, Strings{});
}

TEST_F(ConfigOfNotes, NamesFileLineKeyAndCauseOfAMistake) {
  Config config = open(map({{"max_length", scalar("0", 3)}}, 2));
  EXPECT_EQ(config.integer("max_length", 1, 10'000, 500), 500);
  EXPECT_EQ(
      mistakes_,
      Strings{"gatehouse.yaml:3: plugins.notes.config.max_length: 0 is out of range 1..10000"});
}

TEST_F(ConfigOfNotes, CollectsTheMistakesOfAllGetters) {
  Config config = open(map({{"a", scalar("ten", 3)},
                            {"b", scalar("7", 4, true)},
                            {"c", scalar("maybe", 5)},
                            {"d", scalar("5 minutes", 6)},
                            {"e", scalar("2d", 7)},
                            {"f", scalar("blue", 8)},
                            {"g", list({"x"}, 9)},
                            {"h", map({}, 10)},
                            {"i", scalar("99999999999999999999", 11)}},
                           2));
  config.integer("a", 0, 9, 1);
  config.integer("b", 0, 9, 1);
  config.flag("c", true);
  config.duration("d", seconds(1), seconds(60), seconds(1));
  config.duration("e", seconds(60), seconds(3'600), seconds(60));
  config.choice("f", {"red", "green"}, "red");
  config.text("g", "");
  config.list("h", {});
  config.integer("i", 0, 9, 1);
  const std::string at = "gatehouse.yaml:";
  const std::string key = ": plugins.notes.config.";
  EXPECT_EQ(mistakes_,
            (Strings{at + "3" + key + "a: 'ten' is not a whole number",
                     at + "4" + key + "b: \"7\" is not a whole number",
                     at + "5" + key + "c: 'maybe' is not true or false",
                     at + "6" + key + "d: '5 minutes' is not a duration such as 30s, 10m, 2h or 7d",
                     at + "7" + key + "e: 2d is out of range 1m..1h",
                     at + "8" + key + "f: 'blue' is not one of red, green",
                     at + "9" + key + "g: is a list, but text is expected",
                     at + "10" + key + "h: is a section, but a list is expected",
                     at + "11" + key + "i: '99999999999999999999' is not a whole number"}));
}

TEST_F(ConfigOfNotes, SuggestsTheKeyThatWasMeant) {
  Config config = open(map({{"welcom", scalar("hi", 3)}, {"colour", scalar("red", 4)}}, 2));
  config.text("welcome", "");
  ConfigAccess::finish(config);
  EXPECT_EQ(mistakes_,
            (Strings{"gatehouse.yaml:3: plugins.notes.config.welcom: unknown key (did you mean "
                     "'welcome'?)",
                     "gatehouse.yaml:4: plugins.notes.config.colour: unknown key (known keys: "
                     "welcome)"}));
}

TEST_F(ConfigOfNotes, FindsUnknownKeysInSectionsThatWereOpened) {
  Config config = open(map({{"mail", map({{"hots", scalar("x", 4)}}, 3)}}, 2));
  config.section("mail").text("host", "");
  ConfigAccess::finish(config);
  EXPECT_EQ(mistakes_,
            Strings{"gatehouse.yaml:4: plugins.notes.config.mail.hots: unknown key (did you mean "
                    "'host'?)"});
}

TEST_F(ConfigOfNotes, OpensASectionTwiceAsOneAndTheSame) {
  Config config =
      open(map({{"mail", map({{"host", scalar("x", 4)}, {"port", scalar("1", 5)}}, 3)}}, 2));
  config.section("mail").text("host", "");
  config.section("mail").integer("port", 1, 2, 1);
  ConfigAccess::finish(config);
  EXPECT_EQ(mistakes_, Strings{});
}

TEST_F(ConfigOfNotes, RefusesAValueWhereASectionIsExpected) {
  Config config = open(map({{"mail", scalar("x", 3)}}, 2));
  EXPECT_EQ(config.section("mail").text("host", "y"), "y");
  ConfigAccess::finish(config);
  EXPECT_EQ(mistakes_,
            Strings{"gatehouse.yaml:3: plugins.notes.config.mail: is 'x', but a section of keys is "
                    "expected"});
}

TEST_F(ConfigOfNotes, ListsTheKeysOfMapsWithFreeNames) {
  Config config =
      open(map({{"zeta", map({{"on", scalar("true", 3)}}, 3)}, {"alpha", map({}, 4)}}, 2));
  EXPECT_EQ(config.keys(), (Strings{"zeta", "alpha"}));
  for (const std::string& key : config.keys()) config.section(key).flag("on", false);
  ConfigAccess::finish(config);
  EXPECT_EQ(mistakes_, Strings{});
}

TEST_F(ConfigOfNotes, SplitsOneTextAtCommasAsVariablesGiveLists) {
  Config config = open(map({{"some", scalar("a, b ,c", 3)}, {"none", scalar("", 4)}}, 2));
  EXPECT_EQ(config.list("some", {}), (Strings{"a", "b", "c"}));
  EXPECT_EQ(config.list("none", {"x"}), Strings{});
}

TEST_F(ConfigOfNotes, RecordsTheJudgementOfThePlugin) {
  Config config = open(map({{"welcome", scalar("rude", 3)}}, 2));
  config.fail("welcome", "is not polite");
  config.fail("absent", "has to be set");
  EXPECT_EQ(mistakes_,
            (Strings{"gatehouse.yaml:3: plugins.notes.config.welcome: is not polite",
                     "gatehouse.yaml:2: plugins.notes.config.absent: has to be set"}));
}

TEST_F(ConfigOfNotes, KeepsForeignTextInAMistakeOnOneShortLine) {
  Config config = open(map({{"max", scalar("1\n2\x1b[31m" + std::string(500, 'x'), 3)}}, 2));
  config.integer("max", 1, 2, 1);
  ASSERT_EQ(mistakes_.size(), 1U);
  EXPECT_EQ(mistakes_[0].find_first_of("\n\x1b"), std::string::npos);
  EXPECT_LT(mistakes_[0].size(), 200U);
}

TEST_F(ConfigOfNotes, ReadsDurationsInEveryUnit) {
  struct Case {
    const char* text;
    seconds expected;
  };
  const Case cases[] = {{"30s", seconds(30)},
                        {"10m", seconds(600)},
                        {"2h", seconds(7'200)},
                        {"7d", seconds(604'800)},
                        {"45", seconds(45)}};
  for (const Case& each : cases) {
    Config config = open(map({{"life", scalar(each.text, 3)}}, 2));
    EXPECT_EQ(config.duration("life", seconds(0), seconds(1'000'000), seconds(1)), each.expected)
        << each.text;
  }
  EXPECT_EQ(mistakes_, Strings{});
}

TEST_F(ConfigOfNotes, RefusesDurationsThatAreNone) {
  for (const char* text : {"", "s", "-", "1w", "1.5h", "9223372036854775807d", "10 m"}) {
    mistakes_.clear();
    Config config = open(map({{"life", scalar(text, 3)}}, 2));
    config.duration("life", seconds(0), seconds(1'000'000), seconds(1));
    EXPECT_EQ(mistakes_.size(), 1U) << text;
  }
}

TEST_F(ConfigOfNotes, TellsWhichKeysItWasAskedFor) {
  Config config = open(map({}, 2));
  config.text("welcome", "");
  config.section("mail").text("host", "");
  EXPECT_EQ(ConfigAccess::known_keys(config),
            (Strings{"plugins.notes.config.welcome", "plugins.notes.config.mail.host"}));
}

}  // namespace
}  // namespace gatehouse
