// Claim: times are read as RFC 3339 says and written so that they sort.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <gatehouse/time.hpp>

namespace {

using gatehouse::parse_rfc3339;
using gatehouse::Time;
using gatehouse::to_rfc3339;

TEST(Time, ReadsEveryFormOfRfc3339) {
  struct Case {
    const char* text;
    std::int64_t microseconds;
  };
  for (const Case& one : {Case{"1970-01-01T00:00:00Z", 0},
                          Case{"1970-01-01t00:00:00z", 0},
                          Case{"1970-01-01T01:00:00+01:00", 0},
                          Case{"1969-12-31T23:30:00-00:30", 0},
                          Case{"1970-01-01T00:00:00.5Z", 500'000},
                          Case{"1970-01-01T00:00:00.123456789Z", 123'456},
                          Case{"1969-12-31T23:59:59.999999Z", -1},
                          Case{"2000-02-29T12:00:00-00:00", 951'825'600'000'000},
                          Case{"2026-11-21T17:10:47.169Z", 1'795'281'047'169'000}}) {
    const auto time = parse_rfc3339(one.text);
    ASSERT_TRUE(time) << one.text;
    EXPECT_EQ(time->time_since_epoch().count(), one.microseconds) << one.text;
  }
}

TEST(Time, RefusesEverythingElse) {
  for (const char* const text : {"",                                 // nothing
                                 "2026-11-21",                       // no time
                                 "2026-11-21T17:10:47",              // no zone
                                 "2026-11-21 17:10:47Z",             // a blank
                                 "2026-11-21T17:10:60Z",             // a leap second
                                 "2026-11-21T24:00:00Z",             // hour 24
                                 "2026-02-29T00:00:00Z",             // no such day
                                 "2026-13-01T00:00:00Z",             // no such month
                                 "2026-11-21T17:10:47.Z",            // an empty fraction
                                 "2026-11-21T17:10:47.1234567890Z",  // ten digits
                                 "2026-11-21T17:10:47+0100",         // no colon in the zone
                                 "2026-11-21T17:10:47+24:00",
                                 "2026-11-21T17:10:47Z ",
                                 " 2026-11-21T17:10:47Z",
                                 "26-11-21T17:10:47Z",
                                 "2026-1-21T17:10:47Z",
                                 "-026-11-21T17:10:47Z",
                                 "0000-01-01T00:00:00+00:01"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Time, IsWrittenWithMilliseconds) {
  EXPECT_EQ(to_rfc3339(Time{std::chrono::microseconds(1'795'281'047'169'999)}),
            "2026-11-21T17:10:47.169Z");
  EXPECT_EQ(to_rfc3339(Time{std::chrono::microseconds(-1)}), "1969-12-31T23:59:59.999Z");
}

TEST(Time, StaysInsideFourDigitsOfYears) {
  EXPECT_EQ(to_rfc3339(Time::max()), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(to_rfc3339(Time::min()), "0000-01-01T00:00:00.000Z");
}

}  // namespace
