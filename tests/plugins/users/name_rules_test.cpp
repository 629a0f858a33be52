// The rules of security.md 9 and 15 for names and passwords. SPDX-License-Identifier: Apache-2.0
#include "plugins/users/directory/name_rules.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace gatehouse::users {
namespace {

std::string repeat(std::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

struct Case {
  std::string_view name;
  std::string text;
  bool good;
};

TEST(NameRules, JudgeUsernames) {
  const Case cases[] = {
      {"a plain name", "ada", true},
      {"capitals, digits, dots", "Ada.Lovelace-1815", true},
      {"other letters", "Żółć", true},
      {"a blank inside", "ada lovelace", true},
      {"an e-mail address", "ada@example.org", true},
      {"255 characters", std::string(255, 'x'), true},
      {"24 hex digits and one more", "65f1c0ffee0000000000000aa", true},
      {"255 characters of two bytes", repeat("é", 255), true},
      {"nothing", "", false},
      {"256 characters", std::string(256, 'x'), false},
      {"a colon, which ends the name in HTTP Basic", "a:b", false},
      {"a full-width colon, which folds to one", "a\uFF1Ab", false},
      {"a slash", "a/b", false},
      {"digits only", "123", false},
      {"full-width digits only", "\uFF11\uFF12", false},
      {"24 hex digits", "65f1c0ffee00000000000001", false},
      {"24 hex digits in capitals", "65F1C0FFEE00000000000001", false},
      {"me", "me", false},
      {"ME", "ME", false},
      {"like a token", "GAT_abc", false},
      {"a blank before", " ada", false},
      {"a no-break space after", "ada\u00A0", false},
      {"a line end", "ada\nb", false},
      {"NUL", std::string("a\0b", 3), false},
      {"DEL", "a\x7f", false},
      {"zero width space", "a\u200Bb", false},
      {"soft hyphen", "a\u00ADb", false},
      {"right-to-left override", "a\u202Eb", false},
      {"an isolate", "a\u2066b", false},
      {"a Hangul filler, invisible though a letter", "a\u3164", false},
      {"a variation selector", "a\uFE0F", false},
      {"private use", "a\uE000", false},
      {"a noncharacter", "a\U0010FFFF", false},
      {"broken UTF-8", "a\xC3", false},
      {"a dot inside", "a.b", true},
      {"three dots", "...", true},
      {"a dot", ".", false},
      {"two dots", "..", false},
      {"a one dot leader, which folds to a dot", "\u2024", false},
      {"a Braille blank", "\u2800", false},
      {"a Braille blank inside", "a\u2800b", false},
      {"a note without a head", "\U0001D159", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(std::string_view(check_username(c.text)).empty(), c.good)
        << c.name << ": " << check_username(c.text);
  }
}

TEST(NameRules, JudgeEmailAddresses) {
  const Case cases[] = {
      {"plain", "ada@example.org", true},
      {"the first admin's", "admin@localhost", true},
      {"with a tag", "ada+news@example.org", true},
      {"with other letters", "jürgen@beispiel.de", true},
      {"nothing", "", false},
      {"without @", "ada", false},
      {"two @", "a@b@c", false},
      {"no local part", "@example.org", false},
      {"no domain", "ada@", false},
      {"a domain with two dots", "ada@example..org", false},
      {"a domain that ends in a dot", "ada@example.", false},
      {"a header injection", "ada@example.org\r\nBcc: x@y", false},
      {"a display name", "Ada <ada@example.org>", false},
      {"a list", "a@b.org,c@d.org", false},
      {"a colon", "a:b@example.org", false},
      {"65 bytes before the @", repeat("a", 65) + "@example.org", false},
      {"256 characters", "a@" + repeat("b", 254), false},
      {"a zero width joiner", "a\u200D@example.org", false},
      {"255 characters", "a@" + repeat("b", 253), true},
      {"255 characters that fold to three times as many", "a@" + repeat("\u3316", 250), false},
      {"a Braille blank", "a\u2800@example.org", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(std::string_view(check_email(c.text)).empty(), c.good)
        << c.name << ": " << check_email(c.text);
  }
}

TEST(NameRules, JudgeTextForPeople) {
  struct TextCase {
    std::string_view name;
    std::string text;
    bool one_line;
    bool several_lines;
  };
  const TextCase cases[] = {
      {"nothing", "", true, true},
      {"a name", "Grace Brewster Hopper", true, true},
      {"a zero width non-joiner, which Persian needs", "\u0645\u06cc\u200c\u062e", true, true},
      {"right to left", "\u05d0\u05d1", true, true},
      {"two lines", "a\n\tb", false, true},
      {"a carriage return", "a\rb", false, false},
      {"an escape", "a\x1b[31m", false, false},
      {"a C1 control", "a\u009bb", false, false},
      {"a line separator", "a\u2028b", false, false},
      {"a right-to-left override", "a\u202eb", false, false},
      {"an isolate", "a\u2066b", false, false},
      {"a right-to-left mark", "a\u200f", false, false},
      {"a blank", " ", false, false},
      {"other blanks", "\u00a0\u3000", false, false},
      {"a zero width space", "\u200b", false, false},
      {"a Braille blank", "\u2800", false, false},
  };
  for (const TextCase& c : cases) {
    EXPECT_EQ(std::string_view(check_line(c.text)).empty(), c.one_line) << c.name;
    EXPECT_EQ(std::string_view(check_lines(c.text)).empty(), c.several_lines) << c.name;
  }
}

TEST(NameRules, JudgeTimeZones) {
  for (const std::string_view good :
       {"UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "US/Pacific", "Etc/GMT+1"}) {
    EXPECT_EQ(std::string_view(check_timezone(good)), "") << good;
  }
  for (const std::string_view bad : {"",
                                     "Europe/Atlantis",
                                     "../../etc/passwd",
                                     "/etc/passwd",
                                     "zone.tab",
                                     "Europe",
                                     "UTC ",
                                     "localtime",
                                     "posixrules",
                                     "Factory",
                                     "right/Europe/Berlin",
                                     "posix/Europe/Berlin"}) {
    EXPECT_NE(std::string_view(check_timezone(bad)), "") << bad;
  }
}

}  // namespace
}  // namespace gatehouse::users
