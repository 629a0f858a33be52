// What the dialect allows, /v1 allows too (security.md 2): everything that one can do to somebody,
// by everybody to everybody. SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gatehouse/body.hpp>

#include "flexmeasures_fixture.hpp"

namespace gatehouse::flexmeasures {
namespace {

class FlexMeasuresNeverWider : public FlexMeasuresPeople {
 protected:
  struct Change {
    std::string dialect;
    std::string canonical;
  };
  static std::vector<Change> changes() {
    std::vector<Change> all{{R"({"timezone": "Asia/Seoul"})", R"({"timezone": "Asia/Seoul"})"},
                            {R"({"active": false})", R"({"active": false})"},
                            {R"({"email": "new@example.org"})", R"({"email": "new@example.org"})"},
                            {R"({"username": "new"})", R"({"username": "new"})"},
                            {R"({"flexmeasures_roles": []})", R"({"roles": []})"}};
    int number = 0;
    for (const Role role : all_roles()) {
      all.push_back({R"({"flexmeasures_roles": [)" + std::to_string(++number) + "]}",
                     R"({"roles": [")" + std::string(role_name(role)) + "\"]}"});
    }
    return all;
  }
  struct Asked {
    std::string method;
    std::string path;
    std::string body = {};
  };
  // Whether the dialect allows it; /v1 then has to.
  bool is_allowed(const identity::Person& who, const Asked& dialect, const Asked& canonical) {
    if (as(who).send(dialect.method, dialect.path, dialect.body).status != 200) return false;
    const auto reply = world().sign_in(who).send(canonical.method, canonical.path, canonical.body);
    EXPECT_EQ(reply.status / 100, 2)
        << who.number << ": " << dialect.path << ' ' << dialect.body << reply.body;
    return true;
  }
  static std::string canonical(std::string_view what, std::int64_t number, std::string_view rest) {
    return "/v1/" + std::string(what) + "/" + std::to_string(number) + std::string(rest);
  }
  std::vector<identity::Person> everybody() {
    return {member_,
            head_,
            stranger_,
            consultant_,
            beside_,
            reader_,
            admin_,
            place(other_, Role::Staff),
            place(account_, Roles(Role::AccountAdmin) | Role::Consultant)};
  }
  void restore(const identity::Person& person) {
    const std::string body = R"({"active": true, "timezone": "UTC", "username": "p)" +
                             std::to_string(person.number) + R"(", "email": ")" + email_of(person) +
                             R"(", "roles": )" + encode_json(role_names(person.roles)) + "}";
    const auto reply = world().root().patch("/v1/users/" + std::to_string(person.number), body);
    ASSERT_EQ(reply.status, 200) << reply.body;
    forget(person);
  }
};

TEST_F(FlexMeasuresNeverWider, ThanV1) {
  people({.policy = {{"grant_admin_over_api", "true"}}});
  const auto all = everybody();
  int allowed = 0;
  for (const auto& who : all) {
    for (const auto& target : all) {
      for (const Change& change : changes()) {
        if (as(who).patch(user(target), change.dialect).status != 200) continue;
        ++allowed;
        ASSERT_NO_FATAL_FAILURE(restore(target));
        const auto reply = world().sign_in(who).patch("/v1/users/" + std::to_string(target.number),
                                                      change.canonical);
        EXPECT_EQ(reply.status, 200)
            << who.number << " of " << target.number << ": " << change.dialect << reply.body;
        ASSERT_NO_FATAL_FAILURE(restore(target));
      }
    }
  }
  EXPECT_GT(allowed, 150);
}

// Whoever is reset is new each time, for it ends their tokens.
TEST_F(FlexMeasuresNeverWider, ThanV1InResetsLongAfterTheSignIn) {
  people({.settings = {{"token_lifetime", "1d"}}});
  const auto all = everybody();
  for (const auto& who : all) as(who);
  app().clock().advance(std::chrono::hours(5));
  int allowed = 0;
  for (const auto& who : all) {
    for (const auto& target : all) {
      const bool is_own = who.number == target.number;
      const auto reset = is_own ? who : place(target.account, target.roles);
      allowed += is_allowed(who,
                            {"PATCH", user(reset, "/password-reset")},
                            {"POST", canonical("users", reset.number, "/password-reset")});
    }
  }
  EXPECT_GT(allowed, 15);
}

TEST_F(FlexMeasuresNeverWider, ThanV1InChangesOfAccounts) {
  const std::vector<Change> all{
      {R"({"name": "Renamed"})", R"({"name": "Renamed"})"},
      {R"({"primary_color": "#111111"})", R"({"primary_color": "#111111"})"},
      {R"({"logo_url": null})", R"({"logo_url": null})"},
      {R"({"account_roles": []})", R"({"roles": []})"},
      {R"({"consultancy_account_id": null})", R"({"consultancy_account": null})"}};
  for (const char* members_may : {"true", "false"}) {
    people({.policy = {{"members_may_edit_account", members_may}}});
    int allowed = 0;
    for (const auto& who : everybody()) {
      for (const std::int64_t number : {account_, other_, consultancy_}) {
        for (const Change& change : all) {
          allowed += is_allowed(who,
                                {"PATCH", account(number), change.dialect},
                                {"PATCH", canonical("accounts", number, ""), change.canonical});
          const auto reply = world().root().patch(
              canonical("accounts", number, ""),
              R"({"name": "Account )" + std::to_string(number) + R"(", "consultancy_account": )" +
                  (number == account_ ? std::to_string(consultancy_) : "null") + "}");
          ASSERT_EQ(reply.status, 200) << reply.body;
        }
      }
    }
    EXPECT_GT(allowed, 30);
  }
}

TEST_F(FlexMeasuresNeverWider, ThanV1InReadsAndLogs) {
  for (const char* members_may : {"true", "false"}) {
    people({.policy = {{"members_may_read_each_other", members_may}}});
    const auto all = everybody();
    int allowed = 0;
    for (const auto& who : all) {
      for (const auto& target : all) {
        allowed +=
            is_allowed(who, {"GET", user(target)}, {"GET", canonical("users", target.number, "")});
        allowed += is_allowed(who,
                              {"GET", user(target, "/auditlog")},
                              {"GET", canonical("users", target.number, "/audit-events")});
      }
      for (const std::int64_t number : {account_, other_, consultancy_}) {
        allowed +=
            is_allowed(who, {"GET", account(number)}, {"GET", canonical("accounts", number, "")});
        allowed += is_allowed(who,
                              {"GET", account(number, "/auditlog")},
                              {"GET", canonical("accounts", number, "/audit-events")});
      }
    }
    EXPECT_GT(allowed, 60);
  }
}

}  // namespace
}  // namespace gatehouse::flexmeasures
