// Every route of the identity plugins, called by everybody upon everything: the answers stand in
// the files expected_*.hpp, and a route that is not there fails (bar.md 29). Each cell is a call of
// its own upon somebody who was made for it. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/identity/expected_accounts.hpp"
#include "tests/identity/expected_audit.hpp"
#include "tests/identity/expected_grants.hpp"
#include "tests/identity/expected_managed_users.hpp"
#include "tests/identity/expected_sessions.hpp"
#include "tests/identity/expected_tokens.hpp"
#include "tests/identity/expected_users.hpp"
#include "tests/identity/world.hpp"

namespace gatehouse::identity {
namespace {

using Expectations = std::span<const RouteExpectations>;
const Expectations kAll[] = {kUsersExpectations,
                             kAccountsExpectations,
                             kAuditExpectations,
                             kGrantsExpectations,
                             kSessionsExpectations,
                             kTokensExpectations,
                             kManagedUsersExpectations};

constexpr std::int64_t kMissing = 999'999'999'999;

struct Cell {
  int wanted = 0;    // by the contract
  int answered = 0;  // by the code, as far as anybody knows
};

struct Line {
  std::string object;
  std::vector<Cell> cells;
};

struct Block {
  std::vector<std::string> actors;
  std::vector<Line> lines;
};

Block read_block(std::string_view text) {
  Block block;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    if (!(words >> word)) continue;
    if (block.actors.empty()) {
      do block.actors.push_back(word);
      while (words >> word);
      continue;
    }
    Line& added = block.lines.emplace_back();
    added.object = word;
    while (words >> word) {
      const std::size_t mark = word.find('!');
      added.cells.push_back({std::stoi(word), std::stoi(word.substr(mark + 1))});
    }
  }
  return block;
}

void replace(std::string& text, std::string_view what, const std::string& with) {
  for (std::size_t at; (at = text.find(what)) != text.npos;) text.replace(at, what.size(), with);
}

// What a line is about.
struct Object {
  std::int64_t user = kMissing;
  std::int64_t account = kMissing;
};

// What a credential leaves of its owner's rights.
struct Restriction {
  bool api_access = true;
  std::optional<std::vector<std::string>> scopes = {};
  std::int64_t actor = 0;  // who has it, to act for the owner in all that can be shared
};

class Matrix : public ::testing::Test {
 protected:
  // Calls the route as the actor upon the object; both are of the tables.
  testing::Reply call(const RouteExpectations& route,
                      const std::string& actor,
                      const std::string& line,
                      const Restriction& restriction = {}) {
    const bool anonymous = actor == "anon";
    const Person who = anonymous ? Person{.account = firm_} : actor_for(actor, line);
    const bool aimed_at_account = route.route.find("{account}") != route.route.npos;
    const Object object = aimed_at_account ? find_account(line, who) : find(line, who);
    const std::string_view words = route.route;
    const std::size_t blank = words.find(' ');
    std::string target(words.substr(blank + 1));
    std::string body(route.body);
    replace(target, "{user}", std::to_string(object.user));
    replace(target, "{account}", std::to_string(object.account));
    if (target.find("{session}") != target.npos) {
      replace(target, "{session}", world_.place_session(object.user));
    }
    if (target.find("{token}") != target.npos) {
      replace(target, "{token}", world_.place_token(object.user));
    }
    if (target.find("/grants") != target.npos) fill_grant(target, body, line, object.user, who);
    if (target.ends_with("/handover") && body.empty()) world_.place_handover(object.user);
    replace(target, "{code}", "nobody-was-sent-this");
    replace(body, "{account}", std::to_string(object.account));
    replace(body, "{elsewhere}", std::to_string(elsewhere_));
    replace(body, "{fresh}", "fresh-" + std::to_string(++fresh_));
    Principal principal = who.principal();
    principal.api_access = restriction.api_access;
    principal.scopes = restriction.scopes;
    principal.actor = restriction.actor;
    if (restriction.actor != 0) principal.grant_scopes = {"data:read", "data:write"};
    const testing::Client client =
        anonymous ? world_.app().anonymous() : world_.app().as(principal);
    return client.send(words.substr(0, blank), target, body);
  }

  void expect_cells(Expectations expectations) {
    for (const RouteExpectations& route : expectations) {
      const Block block = read_block(route.cells);
      for (const Line& line : block.lines) {
        for (std::size_t i = 0; i < block.actors.size(); ++i) {
          const testing::Reply reply = call(route, block.actors[i], line.object);
          const Cell& cell = line.cells[i];
          if (reply.status == cell.answered) continue;
          ADD_FAILURE() << route.route << " " << route.body << ": " << block.actors[i] << " upon "
                        << line.object << " is answered " << reply.status << ", the contract wants "
                        << cell.wanted
                        << (cell.wanted == cell.answered ? "" : " (known otherwise: see its mark)")
                        << "\n"
                        << reply.body;
        }
      }
    }
    EXPECT_EQ(world_.app().log().count("request_failed"), 0);
    EXPECT_EQ(world_.app().log().count("undeclared_answer"), 0);
  }

  World world_;

 private:
  // The actor of before, unless the call is about themselves: they may not be the same afterwards.
  Person actor_for(const std::string& name, const std::string& line) {
    static const std::map<std::string, Roles> roles = {{"user", {}},
                                                       {"colleg", {}},
                                                       {"acadm", Role::AccountAdmin},
                                                       {"consul", Role::Consultant},
                                                       {"managr", {}},
                                                       {"reader", Role::AdminReader},
                                                       {"staff", Role::Staff},
                                                       {"admin", Role::Admin}};
    const Person actor{.account = name == "user" ? home_ : firm_, .roles = roles.at(name)};
    if (line == "own") return world_.place(actor);
    const auto known = actors_.find(name);
    if (known != actors_.end()) return known->second;
    return actors_.emplace(name, world_.place(actor)).first->second;
  }

  // A grant of the line's user, and whom another one is to be made for.
  void fill_grant(std::string& target,
                  std::string& body,
                  const std::string& line,
                  std::int64_t owner,
                  const Person& actor) {
    const auto colleague = [&] { return world_.place({.account = firm_}); };
    if (body.find("{grantee}") != body.npos) replace(body, "{grantee}", colleague().id);
    if (line != "sharing" && target.find("{grant}") == target.npos) return;
    const std::int64_t grantee = line == "sharing" ? actor.number : colleague().number;
    const bool waits = target.ends_with("/confirm");
    replace(target, "{grant}", world_.place_grant(owner, grantee, !waits));
  }

  Object find(const std::string& line, const Person& actor) {
    const auto somebody = [&](std::int64_t account, Roles roles = {}, std::int64_t manager = 0) {
      const Person placed = world_.place({.account = account, .roles = roles, .manager = manager});
      return Object{placed.number, account};
    };
    if (line == "own" && actor.number != 0) return {actor.number, actor.account};
    if (line == "own" || line == "colleague") return somebody(actor.account);
    if (line == "admin") return somebody(actor.account, Role::Admin);
    if (line == "staff") return somebody(actor.account, Role::Staff);
    if (line == "acadm") return somebody(actor.account, Role::AccountAdmin);
    if (line == "managed") return somebody(actor.account, {}, manager_for(actor));
    if (line == "client") return somebody(client_);
    if (line == "c-acadm") return somebody(client_, Role::AccountAdmin);
    if (line == "c-consul") return somebody(client_, Role::Consultant);
    if (line == "stranger" || line == "sharing") return somebody(elsewhere_);
    if (line == "default") return {kMissing, default_};
    if (line == "deleted") return deleted_user(actor.account);
    return {};
  }

  // Who was in the actor's account, and has left events behind.
  Object deleted_user(std::int64_t account) {
    const Person gone = world_.place({.account = account});
    const std::string path = "/v1/users/" + std::to_string(gone.number);
    EXPECT_EQ(world_.root().remove(path).status, 204);
    return {gone.number, kMissing};
  }

  // Accounts that may be changed: new ones, with somebody in each.
  Object find_account(const std::string& line, const Person& actor) {
    if (line == "empty") return {kMissing, make_account(firm_)};
    if (line == "deleted") {
      const std::int64_t gone = make_account(firm_);
      const std::string path = "/v1/accounts/" + std::to_string(gone);
      EXPECT_EQ(world_.root().remove(path).status, 204);
      return {kMissing, gone};
    }
    if (line != "client" && line != "stranger") return find(line, actor);
    const std::int64_t account = make_account(line == "client" ? firm_ : 0);
    return {world_.place({.account = account}).number, account};
  }

  std::int64_t manager_for(const Person& actor) {
    const auto manager = actors_.find("managr");
    if (manager != actors_.end() && manager->second.number == actor.number) return actor.number;
    return world_.place({.account = actor.account}).number;
  }

  std::int64_t make_account(std::int64_t consultancy) {
    return world_.make_account("Account " + std::to_string(++fresh_), consultancy);
  }

  int fresh_ = 0;
  std::int64_t firm_ = make_account(0);
  std::int64_t client_ = make_account(firm_);
  std::int64_t home_ = make_account(0);
  std::int64_t elsewhere_ = make_account(0);
  std::int64_t default_ = world_.default_account();
  std::map<std::string, Person> actors_;
};

TEST_F(Matrix, EveryRouteHasExpectationsAndEveryExpectationARoute) {
  std::set<std::string> expected;
  for (const Expectations expectations : kAll) {
    for (const RouteExpectations& route : expectations) expected.emplace(route.route);
  }
  const auto routes = operations_of(world_.app().openapi());
  ASSERT_FALSE(routes.empty());
  for (const auto& [route, permission] : routes) {
    EXPECT_EQ(expected.count(route), 1U)
        << route << " has no lines in tests/identity/expected_*.hpp: say who is answered what";
  }
  for (const std::string& route : expected) {
    EXPECT_EQ(routes.count(route), 1U)
        << route << " is in tests/identity/expected_*.hpp, but is no route";
  }
}

TEST(MatrixTables, HaveEveryActorAndEveryObject) {
  std::map<std::string, std::set<std::string>> lines;
  for (const Expectations expectations : kAll) {
    for (const RouteExpectations& route : expectations) {
      const Block block = read_block(route.cells);
      const std::vector<std::string> actors{
          "anon", "user", "colleg", "acadm", "consul", "managr", "reader", "staff", "admin"};
      EXPECT_EQ(block.actors, actors) << route.route;
      for (const Line& line : block.lines) {
        EXPECT_EQ(line.cells.size(), actors.size()) << route.route << ": " << line.object;
        lines[std::string(route.route)].insert(line.object);
      }
    }
  }
  for (const auto& [route, objects] : lines) {
    std::vector<std::string_view> wanted;
    if (route.find("{user}") != route.npos)
      wanted = {"own", "colleague", "managed", "client", "stranger", "missing"};
    if (route.find("{account}") != route.npos) wanted = {"own", "client", "stranger", "missing"};
    for (const std::string_view object : wanted) {
      EXPECT_EQ(objects.count(std::string(object)), 1U) << route << " has no line " << object;
    }
  }
}

TEST_F(Matrix, UsersAnswersEveryCellAsExpected) {
  expect_cells(kUsersExpectations);
}

TEST_F(Matrix, AccountsAnswersEveryCellAsExpected) {
  expect_cells(kAccountsExpectations);
}

TEST_F(Matrix, AuditAnswersEveryCellAsExpected) {
  expect_cells(kAuditExpectations);
}

TEST_F(Matrix, GrantsAnswersEveryCellAsExpected) {
  expect_cells(kGrantsExpectations);
}

TEST_F(Matrix, TokensAnswersEveryCellAsExpected) {
  expect_cells(kTokensExpectations);
}

TEST_F(Matrix, ManagedUsersAnswersEveryCellAsExpected) {
  expect_cells(kManagedUsersExpectations);
}

TEST_F(Matrix, SessionsAnswersEveryCellAsExpected) {
  expect_cells(kSessionsExpectations);
}

// security.md 4. To sign in is to sign out, too.
TEST_F(Matrix, WithoutApiAccessTheOwnUserIsLeftButToAdminsAndStaff) {
  const std::set<std::string_view> open = {"GET /v1/users/{user}",
                                           "PATCH /v1/users/{user}",
                                           "PUT /v1/users/{user}/password",
                                           "DELETE /v1/sessions/current"};
  for (const Expectations expectations : kAll) {
    for (const RouteExpectations& route : expectations) {
      const Block block = read_block(route.cells);
      for (const Line& line : block.lines) {
        const bool is_public = line.cells.front().wanted != 401;
        const bool is_left = is_public || (open.count(route.route) != 0 && line.object == "own");
        for (std::size_t i = 1; i < block.actors.size(); ++i) {
          const std::string& actor = block.actors[i];
          if (actor == "user" || actor == "consul" || actor == "managr") continue;  // as colleg
          const bool is_free = is_left || actor == "staff" || actor == "admin";
          const testing::Reply reply = call(route, actor, line.object, {.api_access = false});
          EXPECT_EQ(reply.status, is_free ? line.cells[i].answered : 403)
              << route.route << " " << route.body << ": " << actor << " upon " << line.object;
          EXPECT_EQ(json_member(reply.body, "code") == "no_api_access", !is_free)
              << route.route << ": " << reply.body;
        }
      }
    }
  }
}

// security.md 3: none of these routes is delegable(), whoever it is who is acted for.
TEST_F(Matrix, WhoActsForSomebodyIsRefusedOnEveryRoute) {
  for (const Expectations expectations : kAll) {
    for (const RouteExpectations& route : expectations) {
      const Block block = read_block(route.cells);
      for (const Line& line : block.lines) {
        const bool is_public = line.cells.front().wanted != 401;
        for (const char* owner : {"colleg", "managr", "admin"}) {
          const auto column = std::find(block.actors.begin(), block.actors.end(), owner);
          const Cell& cell = line.cells[static_cast<std::size_t>(column - block.actors.begin())];
          const testing::Reply reply = call(route, owner, line.object, {.actor = 1});
          EXPECT_EQ(reply.status, is_public ? cell.answered : 403)
              << route.route << " " << route.body << ": for " << owner << " upon " << line.object;
          EXPECT_EQ(json_member(reply.body, "code") == "delegated", !is_public)
              << route.route << ": " << reply.body;
        }
      }
    }
  }
}

TEST_F(Matrix, AScopeOpensTheRoutesOfItsPermissionAndNoOthers) {
  const auto routes = operations_of(world_.app().openapi());
  std::set<std::string> permissions;
  for (const auto& [route, permission] : routes) permissions.insert(permission);
  permissions.erase("public");
  for (const Expectations expectations : kAll) {
    for (const RouteExpectations& route : expectations) {
      const std::string needed = routes.at(std::string(route.route));
      const Line line = read_block(route.cells).lines.front();
      const auto status = [&](const std::set<std::string>& scopes) {
        return call(route,
                    "admin",
                    line.object,
                    {.scopes = std::vector(scopes.begin(), scopes.end())})
            .status;
      };
      const int answered = line.cells.back().answered;
      std::set<std::string> others = permissions;
      others.erase(needed);
      // With all of them, for what could be exchanged for more takes those of the other one, too.
      EXPECT_EQ(status(permissions), answered) << route.route << " " << route.body;
      EXPECT_EQ(status(others), needed == "public" ? answered : 403)
          << route.route << " " << route.body << ": without the scope " << needed;
      EXPECT_EQ(status({}), needed == "public" ? answered : 403)
          << route.route << " " << route.body << ": without any scope";
    }
  }
}

}  // namespace
}  // namespace gatehouse::identity
