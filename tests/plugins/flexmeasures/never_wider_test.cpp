// What the dialect allows, /v1 allows too (security.md 2): every change by everybody of everybody.
// SPDX-License-Identifier: Apache-2.0
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

}  // namespace
}  // namespace gatehouse::flexmeasures
