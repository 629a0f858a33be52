// The logs of accounts and users: the table of contracts/flexmeasures.md, 3.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>
#include <vector>

#include <gatehouse/services/audit_trail.hpp>

#include "flexmeasures_fixture.hpp"

namespace gatehouse::flexmeasures {
namespace {

using identity::json_member;
using identity::json_parts;

class FlexMeasuresTrail : public FlexMeasuresPeople {
 protected:
  static std::vector<std::string> events(const testing::Reply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    const std::string list =
        reply.body.starts_with('[') ? reply.body : json_member(reply.body, "data");
    std::vector<std::string> found;
    for (const auto& [name, text] : json_parts(list)) found.push_back(json_member(text, "event"));
    return found;
  }
  std::string of_user(const identity::Person& person, std::string_view query = "") const {
    return user(person, "/auditlog" + std::string(query));
  }
  std::string of_account() const { return account(account_, "/auditlog"); }
  void change(const identity::Person& who, const std::string& path, const std::string& body) {
    const auto reply = as(who).patch(path, body);
    ASSERT_EQ(reply.status, 200) << reply.body;
    app().clock().advance(std::chrono::minutes(1));
  }
};

TEST_F(FlexMeasuresTrail, TellsWhatFlexMeasuresTells) {
  people();
  change(admin_, account(account_), R"({"name": "Renamed", "primary_color": "#111111"})");
  change(admin_, user(member_), R"({"flexmeasures_roles": [4, 5]})");
  change(admin_, user(member_), R"({"flexmeasures_roles": [2], "active": false})");
  change(admin_, user(member_), R"({"active": true})");
  change(admin_, user(member_), R"({"timezone": "Asia/Seoul"})");
  change(head_, user(colleague_, "/password-reset"), "");
  const std::vector<std::string> of_member{
      "Added role(s): [account-admin,consultant].",
      "Removed role(s): [account-admin,consultant].Added role(s): [admin-reader].Active status "
      "set to 'False'.",
      "Active status set to 'True'."};
  std::vector<std::string> expected{"Account Updated, Field: name, primary_color"};
  expected.insert(expected.end(), of_member.begin(), of_member.end());
  EXPECT_EQ(events(as(head_).get(of_account())), expected) << "no passwords";
  EXPECT_EQ(events(as(head_).get(of_user(member_))), of_member);
  EXPECT_EQ(events(as(head_).get(of_user(colleague_))),
            (std::vector<std::string>{
                "Password reset for user " + std::to_string(colleague_.number),
                "Reset password instructions sent for user " + std::to_string(colleague_.number)}))
      << "their name is their id, which clients do not know";
  EXPECT_EQ(events(as(admin_).get(of_user(admin_))),
            (std::vector<std::string>{"Account Updated, Field: name, primary_color"}));
}

TEST_F(FlexMeasuresTrail, TellsOfUsersWhoAreMadeAndDeleted) {
  people();
  const auto made = world().root().post(
      "/v1/users", R"({"username": "Ada", "account": )" + std::to_string(account_) + "}");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string id = json_member(made.body, "id");
  ASSERT_EQ(world().root().remove("/v1/users/" + id).status, 204);
  EXPECT_EQ(events(as(head_).get(of_account())),
            (std::vector<std::string>{"User Ada created", "User Ada deleted"}));
}

TEST_F(FlexMeasuresTrail, NamesWhoIsManagedByTheirNumber) {
  people();
  const auto manager = place(account_);
  const auto made = world().sign_in(manager).post("/v1/managed-users", R"({"first_name": "Ada"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string id = json_member(made.body, "id");
  const std::string log = as(head_).get(of_account()).body;
  EXPECT_NE(log.find("User " + json_member(made.body, "number") + " created"), std::string::npos)
      << log;
  EXPECT_EQ(log.find(id), std::string::npos) << log;
}

TEST_F(FlexMeasuresTrail, HasTheFormsOfTheContract) {
  people();
  const Time then{std::chrono::seconds(1795281045) + std::chrono::microseconds(169675)};
  app().clock().advance(then - app().clock().now());
  ASSERT_EQ(as(head_).patch(user(member_), R"({"active": false})").status, 200);
  EXPECT_EQ(as(head_).get(of_account()).body,
            R"([{"active_user_id":)" + std::to_string(head_.number) +
                R"(,"event":"Active status set to 'False'.",)"
                R"("event_datetime":"Sat, 21 Nov 2026 17:10:45 GMT"}])");
  const std::string entry = R"({"active_user_id":)" + std::to_string(head_.number) +
                            R"(,"active_user_name":")" + head_.id +
                            R"(","event":"Active status set to 'False'.",)"
                            R"("event_datetime":"2026-11-21T17:10:45.169675"})";
  EXPECT_EQ(as(head_).get(of_user(member_)).body, "[" + entry + "]");
  EXPECT_EQ(as(head_).get(of_user(member_, "?page=1")).body,
            R"({"data":[)" + entry + R"(],"num-records":1,"filtered-records":1,"status":200})");
}

TEST_F(FlexMeasuresTrail, TheLogOfAUserIsFilteredSortedAndCutIntoPages) {
  people();
  change(admin_, user(member_), R"({"active": false})");
  change(admin_, user(member_), R"({"active": true})");
  change(head_, user(member_), R"({"flexmeasures_roles": [5]})");
  const std::string off = "Active status set to 'False'.";
  const std::string on = "Active status set to 'True'.";
  const std::string role = "Added role(s): [consultant].";
  struct Case {
    std::string query;
    std::vector<std::string> expected;
  };
  for (const Case& one : std::vector<Case>{
           {"", {off, on, role}},
           {"?page=1&per_page=2", {off, on}},
           {"?page=2&per-page=2", {role}},
           {"?page=1&sort_by=event_datetime&sort_dir=desc", {role, on, off}},
           {"?page=1&sort-by=event_datetime&sort-dir=asc", {off, on, role}},
           {"?page=1&sort_dir=desc", {off, on, role}},
           {"?page=1&filter=ACTIVE", {off, on}},
           {"?page=1&filter=%22true+consultant%22", {on, role}},
           {"?page=1&filter=true+consultant", {on}},
           {"?filter=" + head_.id, {role}},
           {"?page=1&filter=nothing", {}},
       }) {
    EXPECT_EQ(events(as(head_).get(of_user(member_, one.query))), one.expected) << one.query;
  }
  EXPECT_EQ(as(head_).get(of_user(member_, "?page=2")).status, 404);
  EXPECT_EQ(as(head_).get(of_user(member_, "?sort_by=username&sort_dir=asc")).body,
            rejected(R"({"query":{"sort_by":["Must be one of: event_datetime."]}})"));
  EXPECT_EQ(as(head_).get(of_user(member_, "?filter=%27")).status, 422);
}

TEST_F(FlexMeasuresTrail, ALogThatIsTooLongIs503) {
  people({.settings = {{"max_unpaged_rows", "1"}}});
  change(admin_, user(member_), R"({"active": false})");
  EXPECT_EQ(as(head_).get(of_account()).status, 200);
  change(admin_, user(member_), R"({"active": true})");
  const auto account_log = as(head_).get(of_account());
  EXPECT_EQ(account_log.status, 503);
  EXPECT_NE(account_log.body.find("/v1/accounts/{account}/audit-events"), std::string::npos)
      << account_log.body;
  EXPECT_EQ(as(head_).get(of_user(member_)).status, 503);
  EXPECT_EQ(as(head_).get(of_user(member_, "?page=1")).status, 503)
      << "a page is cut out of the whole log";
}

TEST_F(FlexMeasuresTrail, ALongLogComesWholeAndGivesItsTurnBack) {
  people();
  constexpr int kEntries = 1'200;
  const auto fill = [&](Session& db) -> Result<None> {
    auto& trail = app().services().require<AuditTrail>();
    for (int i = 0; i < kEntries; ++i) {
      AuditRecord record;
      record.event.action = "user.updated";
      record.event.user = member_.number;
      record.event.account = account_;
      record.event.user_id = member_.id;
      record.event.user_name = "Ada";
      record.event.active = i % 2 == 0;
      record.at = app().clock().now();
      GATEHOUSE_CHECK(trail.append(db, record));
    }
    return None{};
  };
  ASSERT_TRUE(app().storage().write(fill));
  EXPECT_EQ(events(as(head_).get(of_user(member_))).size(), std::size_t{kEntries});
  EXPECT_EQ(events(as(head_).get(of_account())).size(), std::size_t{kEntries});
  EXPECT_EQ(events(as(head_).get(of_user(member_, "?page=120"))).size(), 10u)
      << "the turn is given back";
}

}  // namespace
}  // namespace gatehouse::flexmeasures
