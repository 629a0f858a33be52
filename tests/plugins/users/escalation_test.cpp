// Two calls in a row must not lead up (security.md 1): every pair of calls is tried for every kind
// of actor, and what stands in the database afterwards is judged.
// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/policy.hpp>
#include <gatehouse/storage.hpp>

#include "accounts_fixture.hpp"

namespace gatehouse::users {
namespace {

// As the fixture makes them, from 2 on: the consultancy looks after the account.
constexpr std::int64_t kConsultancy = 2;
constexpr std::int64_t kAccount = 3;
constexpr std::int64_t kOtherAccount = 4;
constexpr std::int64_t kLastPerson = 15;

// A user as far as rights, credentials and ways to sign in go.
struct Row {
  std::int64_t number = 0;
  std::string username;
  std::string email;
  std::string recovery_email;
  std::int64_t account = 0;
  std::int64_t manager = 0;
  std::int64_t role_bits = 0;
  bool active = true;
  bool locked = false;
  bool api_access = true;
  std::int64_t clearance_bits = 1;
  std::int64_t expires_at = 0;
  std::int64_t password_version = 0;
  std::string heir;  // who is invited to take over
  bool operator==(const Row&) const = default;
};
BOOST_DESCRIBE_STRUCT(Row,
                      (),
                      (number,
                       username,
                       email,
                       recovery_email,
                       account,
                       manager,
                       role_bits,
                       active,
                       locked,
                       api_access,
                       clearance_bits,
                       expires_at,
                       password_version,
                       heir))

constexpr Sql kRows =
    "select u.number as number, coalesce(u.username, '') as username, coalesce(u.email, '') as "
    "email, coalesce(u.recovery_email, '') as recovery_email, coalesce(u.account, 0) as account, "
    "coalesce(u.manager, 0) as manager, u.role_bits as role_bits, u.active as active, u.locked as "
    "locked, u.api_access as api_access, u.clearance_bits as clearance_bits, "
    "coalesce(u.expires_at, 0) as expires_at, coalesce(c.version, 0) as password_version, "
    "coalesce(h.username, '') as heir from users_user u "
    "left join users_credential c on c.user_number = u.number "
    "left join users_handover h on h.user_number = u.number order by u.number";
// Whoever stands at the number as they were in the beginning, whatever has become of them.
constexpr Sql kForget = "delete from users_user where number > 1";
constexpr Sql kForgetDeleted = "delete from users_deleted";
constexpr Sql kForgetBudgets = "delete from users_throttle";
constexpr Sql kPlace =
    "insert into users_user (number, id, username, username_key, email, email_key, "
    "recovery_email, email_verified, first_name_key, last_name_key, timezone, description, "
    "account, manager, role_bits, active, locked, clearance_bits, can_inbox, api_access, "
    "created_at, updated_at) values (:number, :id, :username, :username_key, :email, :email_key, "
    ":recovery_email, false, '', '', 'UTC', '', :account, :manager, :role_bits, true, false, 1, "
    "true, true, 0, 0)";
constexpr Sql kPlaceName = "insert into users_name (name_key, user_number) values (:key, :number)";
constexpr Sql kPlacePassword =
    "insert into users_credential (user_number, password_hash, version, changed_at) "
    "values (:number, '!', 7, 0)";

struct Person {
  std::int64_t number;
  std::string_view name;
  Roles roles;
  std::int64_t account;
  std::int64_t manager;
};
// Numbers from 2 on: 1 is the first admin.
const Person kPeople[] = {
    {2, "admin2", Role::Admin, kAccount, 0},
    {3, "staff", Role::Staff, 0, 0},
    {4, "staff2", Role::Staff, kAccount, 0},
    {5, "reader", Role::AdminReader, kAccount, 0},
    {6, "head", Role::AccountAdmin, kAccount, 0},
    {7, "head2", Role::AccountAdmin, kOtherAccount, 0},
    {8, "consultant", Role::Consultant, kAccount, 0},
    {9, "plain", {}, kAccount, 0},
    {10, "plain2", {}, kAccount, 0},
    {11, "managed", {}, 0, 9},
    {12, "risen", Role::Staff, 0, 9},  // managed by somebody plain, and more than that
    {13, "advisor", Role::Consultant, kConsultancy, 0},
    {14, "advisor-head", Roles(Role::AccountAdmin) | Role::Consultant, kConsultancy, 0},
    {15, "plain3", {}, kConsultancy, 13},  // managed by a consultant
};

struct Step {
  std::string_view method;  // of HTTP, or of UserEditor
  std::string target;
  std::string body;
};

class Escalation : public UsersInAccounts {
 protected:
  void put_back() {
    const auto placed = app().storage().write([&](Session& db) -> Result<None> {
      GATEHOUSE_CHECK(db.run(kForget));
      GATEHOUSE_CHECK(db.run(kForgetDeleted));
      GATEHOUSE_CHECK(db.run(kForgetBudgets));
      for (const Person& person : kPeople) {
        const std::string name(person.name);
        const std::string email = name + "@example.org";
        std::string id = "65f1c0ffee000000000000";
        id += static_cast<char>('a' + person.number / 10);
        id += static_cast<char>('a' + person.number % 10 % 6);
        id[20] = static_cast<char>('0' + person.number % 10);
        const auto zero_is_null = [](std::int64_t number) {
          return number == 0 ? std::nullopt : std::optional(number);
        };
        GATEHOUSE_CHECK(db.run(kPlace,
                               person.number,
                               id,
                               name,
                               name,
                               email,
                               email,
                               email,
                               zero_is_null(person.account),
                               zero_is_null(person.manager),
                               std::int64_t{person.roles.bits()}));
        GATEHOUSE_CHECK(db.run(kPlaceName, name, person.number));
        GATEHOUSE_CHECK(db.run(kPlaceName, email, person.number));
        GATEHOUSE_CHECK(db.run(kPlacePassword, person.number));
      }
      return None{};
    });
    ASSERT_TRUE(placed) << placed.error().message;
  }

  std::map<std::int64_t, Row> rows() {
    const auto read = app().storage().read([](Session& db) { return db.list<Row>(kRows); });
    EXPECT_TRUE(read);
    std::map<std::int64_t, Row> found;
    for (const Row& row : *read) found.emplace(row.number, row);
    return found;
  }

  // Signed in anew for every call, as somebody who has just changed would be.
  static Principal principal(const Row& row) {
    Principal who;
    who.user = row.number;
    who.account = row.account;
    who.roles = Roles::from_bits(static_cast<std::uint32_t>(row.role_bits));
    who.api_access = row.api_access;
    who.method = "basic";
    return who;
  }
  static UserObject object(const Row& row) {
    UserObject whom;
    whom.user = row.number;
    whom.account = row.account;
    whom.account_consultancy = row.account == kAccount ? kConsultancy : 0;
    whom.manager = row.manager;
    whom.roles = Roles::from_bits(static_cast<std::uint32_t>(row.role_bits));
    return whom;
  }

  // Everything that changes something, aimed at everybody, and at whoever a step has made.
  static std::vector<Step> steps() {
    const std::string_view patches[] = {
        R"({"roles": ["admin"]})",
        R"({"roles": ["staff"]})",
        R"({"roles": ["admin-reader"]})",
        R"({"roles": ["account-admin"]})",
        R"({"roles": ["consultant"]})",
        R"({"roles": []})",
        R"({"username": "taken-over"})",
        R"({"email": "mine@example.net"})",
        R"({"email": null})",
        R"({"active": false})",
        R"({"locked": true})",
        R"({"api_access": false})",
        R"({"clearances": ["RED"]})",
        R"({"expires_at": "2001-01-01T00:00:00Z"})",
        R"({"account": 4})",
        R"({"first_name": "X"})",
    };
    std::vector<Step> all;
    for (std::int64_t number = 1; number <= kLastPerson; ++number) {
      const std::string target = "/v1/users/" + std::to_string(number);
      for (const std::string_view patch : patches)
        all.push_back({"PATCH", target, std::string(patch)});
      all.push_back({"POST", target + "/password-reset", ""});
      all.push_back({"POST", target + "/move", R"({"account": 4})"});
      all.push_back({"DELETE", target, ""});
      for (const std::string_view edit : {"change_managed", "erase_managed", "hand_over"}) {
        all.push_back({edit, target, ""});
      }
    }
    all.push_back({"create_managed", "/v1/users", ""});
    for (const std::string_view roles : {"[]",
                                         R"(["admin"])",
                                         R"(["staff"])",
                                         R"(["admin-reader"])",
                                         R"(["account-admin"])",
                                         R"(["consultant"])"}) {
      for (const std::string_view account : {"", R"(, "account": 3)"}) {
        all.push_back({"POST",
                       "/v1/users",
                       R"({"username": "made", "roles": )" + std::string(roles) +
                           std::string(account) + "}"});
      }
    }
    // Who looks after an account is a right over its users.
    all.push_back({"PATCH", "/v1/accounts/2", R"({"consultancy_account": 3})"});
    all.push_back({"PATCH", "/v1/accounts/3", R"({"consultancy_account": 4})"});
    all.push_back({"PATCH", "/v1/accounts/4", R"({"consultancy_account": 2})"});
    all.push_back({"PATCH", "/v1/accounts/4", R"({"consultancy_account": 3})"});
    // The one made by a first step: its number is put in.
    for (const std::string_view patch : patches)
      all.push_back({"PATCH", "MADE", std::string(patch)});
    all.push_back({"hand_over", "MADE", ""});
    return all;
  }

  // Whether the editor did something for the actor.
  bool edit(const Principal& who, std::string_view method, const std::string& target) {
    auto& editor = *app().services().find<UserEditor>();
    const auto unseen = [](const UserRecord&) -> Result<None> { return None{}; };
    const auto edited = app().storage().write([&](Session& db) -> Result<None> {
      if (method == "create_managed") {
        GATEHOUSE_CHECK(editor.create_managed(db, who, {"Kim", std::nullopt}));
        return None{};
      }
      const std::int64_t user = std::stoll(target.substr(target.rfind('/') + 1));
      if (method == "erase_managed") return editor.erase_managed(db, who, user, unseen);
      if (method == "hand_over") {
        return editor.hand_over(db, who, user, {"mine@example.net", "mine"}, unseen);
      }
      ManagedUserChange change;
      change.first_name.emplace() = "X";
      GATEHOUSE_CHECK(editor.change_managed(db, who, user, change, unseen));
      return None{};
    });
    EXPECT_TRUE(edited || http_status(edited.error().code) < 500) << method << ' ' << target;
    return edited.has_value();
  }

  // Whether the call did something, by the actor as the rows have it.
  bool take(std::int64_t actor, const Step& step, const std::map<std::int64_t, Row>& now) {
    const auto self = now.find(actor);
    if (self == now.end() || !self->second.active || self->second.locked) return false;
    std::string target = step.target;
    if (target == "MADE") {
      if (now.rbegin()->first <= kLastPerson) return false;
      target = "/v1/users/" + std::to_string(now.rbegin()->first);
    }
    const Principal who = principal(self->second);
    if (step.method.find('_') != step.method.npos) return edit(who, step.method, target);
    const auto reply = app().as(who).send(step.method, target, step.body);
    EXPECT_TRUE(reply.status < 500) << step.method << ' ' << target << ' ' << step.body;
    EXPECT_TRUE(reply.status >= 400 || !target.starts_with("/v1/accounts")) << actor << step.body;
    return reply.status < 300;
  }

  // Nothing: all is well.
  std::string judge(const Row& actor, const std::map<std::int64_t, Row>& before) {
    const auto after = rows();
    const Principal was = principal(actor);
    for (const auto& [number, row] : after) {
      const bool is_actor = number == actor.number;
      const auto old = before.find(number);
      const Roles roles = Roles::from_bits(static_cast<std::uint32_t>(row.role_bits));
      const Roles had = old == before.end()
                            ? Roles()
                            : Roles::from_bits(static_cast<std::uint32_t>(old->second.role_bits));
      if (is_actor) {
        if (!had.contains(roles)) return "the actor has more roles";
        if (row.account != actor.account) return "the actor has moved";
        if (row.clearance_bits != actor.clearance_bits && !had.has(Role::Admin)) {
          return "the actor has other clearances";
        }
        continue;
      }
      if (old != before.end() && old->second.account != row.account) return "somebody has moved";
      // What an actor hands out, the actor could sign in with.
      for (const Role role : all_roles()) {
        if (!roles.has(role) || had.has(role) || was.roles.has(role)) continue;
        const bool consultants_are_the_accounts_to_name = role == Role::Consultant &&
                                                          was.roles.has(Role::AccountAdmin) &&
                                                          row.account == was.account;
        const bool its_admins_are_the_consultants_to_name =
            role == Role::AccountAdmin && was.roles.has(Role::Consultant) &&
            was.account == kConsultancy && row.account == kAccount;
        if (!was.roles.has(Role::Admin) && !consultants_are_the_accounts_to_name &&
            !its_admins_are_the_consultants_to_name) {
          return "somebody has got the role " + std::string(role_name(role));
        }
        if (role == Role::Admin) return "somebody has been made an admin";
      }
    }
    for (const auto& [number, old] : before) {
      if (number == actor.number) continue;
      if (decide(was, UserAction::ResetPassword, object(old), {}) == Decision::Allowed) continue;
      const auto now = after.find(number);
      const bool managed = old.manager == actor.number && old.role_bits == 0;
      if (managed) continue;
      if (now == after.end()) return "somebody who may do more is gone";
      if (!(now->second == old)) return "somebody who may do more has been changed";
    }
    if (after.count(1) == 0 || !after.at(1).active || after.at(1).locked) {
      return was.roles.has(Role::Admin) ? "" : "the first admin is gone";
    }
    return "";
  }
};

// The second of two calls is tried after every first one that did something; after one that was
// refused, nothing has changed, so that the second one is the first of another pair.
TEST_F(Escalation, NoTwoCallsLeadUp) {
  const std::vector<Step> all = steps();
  put_back();
  const auto before = rows();
  std::size_t tried = 0;
  for (const std::int64_t actor : {3, 5, 6, 7, 8, 9, 10, 11, 13, 14}) {
    const Row self = before.at(actor);
    std::vector<const Step*> first_steps;
    for (const Step& first : all) {
      ++tried;
      const bool did = take(actor, first, before);
      const std::string wrong = judge(self, before);
      ASSERT_EQ(wrong, "") << actor << ": " << first.method << ' ' << first.target << first.body;
      if (!did) {
        ASSERT_EQ(rows(), before) << "refused, and yet something has changed: " << first.body;
        continue;
      }
      first_steps.push_back(&first);
      put_back();
    }
    for (const Step* first : first_steps) {
      ASSERT_TRUE(take(actor, *first, before));
      auto between = rows();
      for (const Step& second : all) {
        ++tried;
        if (!take(actor, second, between)) continue;
        const std::string wrong = judge(self, before);
        ASSERT_EQ(wrong, "") << actor << ": " << first->method << ' ' << first->target
                             << first->body << ", then " << second.method << ' ' << second.target
                             << second.body;
        put_back();
        ASSERT_TRUE(take(actor, *first, before));
        between = rows();
      }
      put_back();
    }
  }
  EXPECT_GT(tried, 20'000U);
}

}  // namespace
}  // namespace gatehouse::users
