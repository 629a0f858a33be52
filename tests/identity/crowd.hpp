// A thousand people in thirty accounts with roles, consultancies and managers by chance, and what
// contracts/v1.md lets each of them read, said once more and without gatehouse/policy.hpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/body/describe.hpp>

#include "tests/identity/world.hpp"

namespace gatehouse::identity {

// What chance begins with; every failure prints it.
constexpr std::uint64_t kSeed = 20261122;

using Numbers = std::set<std::int64_t>;

inline Numbers common(const Numbers& a, const Numbers& b) {
  Numbers both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(both, both.end()));
  return both;
}

// Somebody as they stand in the table now.
struct Somebody {
  std::int64_t number = 0;
  std::string id;
  std::int64_t account = 0;
  std::int64_t manager = 0;
  std::int64_t role_bits = 0;

  Roles roles() const { return Roles::from_bits(static_cast<std::uint32_t>(role_bits)); }
  bool has(Role role) const { return roles().has(role); }
  bool reads_everything() const {
    return has(Role::Admin) || has(Role::AdminReader) || has(Role::Staff);
  }
  Principal principal() const {
    Person person{.account = account, .roles = roles(), .manager = manager};
    person.number = number;
    person.id = id;
    return person.principal();
  }
};
BOOST_DESCRIBE_STRUCT(Somebody, (), (number, id, account, manager, role_bits))

class Crowd : public ::testing::Test {
 protected:
  static constexpr int kAccounts = 30;
  static constexpr int kPeople = 1000;

  Crowd() {
    make_accounts();
    place_people();
  }

  World world_;
  std::mt19937_64 random_{kSeed};
  std::vector<std::int64_t> accounts_;                // of the crowd, without the default account
  std::map<std::int64_t, std::int64_t> consultancy_;  // account -> who looks after it; 0: nobody

  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool in(int percent) { return below(100) < static_cast<std::size_t>(percent); }

  std::vector<Somebody> everybody() {
    constexpr Sql kEverybody =
        "select number, id, coalesce(account, 0) as account, coalesce(manager, 0) as manager, "
        "role_bits from users_user order by number";
    auto found =
        world_.app().storage().read([&](Session& db) { return db.list<Somebody>(kEverybody); });
    if (!found) throw std::runtime_error(found.error().message);
    return *std::move(found);
  }

  std::int64_t consultancy_of(std::int64_t account) const {
    const auto found = consultancy_.find(account);
    return found == consultancy_.end() ? 0 : found->second;
  }
  // Like an account-admin of the account.
  bool tends(const Somebody& who, std::int64_t account) const {
    return (who.has(Role::AccountAdmin) && who.account == account) ||
           (who.has(Role::Consultant) && consultancy_of(account) == who.account);
  }
  bool reads(const Somebody& who, const Somebody& whom) const {
    return who.reads_everything() || who.number == whom.number || who.number == whom.manager ||
           tends(who, whom.account);
  }
  bool reads_account(const Somebody& who, std::int64_t account) const {
    return who.reads_everything() || who.account == account ||
           (who.has(Role::Consultant) && consultancy_of(account) == who.account);
  }

  // By name, some of each kind; one where all of a kind read everything, which takes time.
  std::vector<std::pair<std::string, Somebody>> sample(std::size_t of_each) {
    const std::vector<Somebody> all = everybody();
    Numbers managers;
    for (const Somebody& one : all) managers.insert(one.manager);
    Numbers consultancies;
    for (const auto& [client, consultancy] : consultancy_) consultancies.insert(consultancy);
    const auto only = [](Roles roles) {
      return [roles](const Somebody& one) { return one.roles() == roles; };
    };
    const auto with_clients = [&](const Somebody& one) {
      return consultancies.count(one.account) != 0;
    };
    const std::vector<std::pair<std::string, std::function<bool(const Somebody&)>>> kinds = {
        {"nobody special", [&](auto& one) { return only({})(one) && !managers.count(one.number); }},
        {"a manager", [&](auto& one) { return only({})(one) && managers.count(one.number); }},
        {"an account-admin", only(Role::AccountAdmin)},
        {"a consultant",
         [&](auto& one) { return only(Role::Consultant)(one) && with_clients(one); }},
        {"an account-admin and consultant",
         [&](auto& one) {
           return only(Roles(Role::AccountAdmin) | Role::Consultant)(one) && with_clients(one);
         }},
        {"an admin-reader", only(Role::AdminReader)},
        {"staff", only(Role::Staff)},
        {"an admin", only(Role::Admin)},
    };
    std::vector<std::pair<std::string, Somebody>> chosen;
    for (const auto& [name, is_one] : kinds) {
      std::size_t found = 0;
      for (const Somebody& one : all) {
        if (found == (one.reads_everything() ? 1 : of_each) || !is_one(one)) continue;
        chosen.emplace_back(name + " (" + std::to_string(one.number) + ")", one);
        ++found;
      }
      EXPECT_GT(found, 0U) << "chance made no " << name;
    }
    return chosen;
  }

  // Of what there is, what a single read by the client shows, by number; all else must be unknown
  // to it.
  using Bodies = std::map<std::int64_t, std::string>;
  static Bodies readable(const testing::Client& client,
                         const std::string& path,
                         const Numbers& all) {
    Bodies shown;
    for (const std::int64_t number : all) {
      testing::Reply reply = client.get(path + std::to_string(number));
      EXPECT_TRUE(reply.status == 200 || reply.status == 404)
          << path << number << ": " << reply.body;
      if (reply.status == 200) shown.emplace(number, std::move(reply.body));
    }
    return shown;
  }
  static Numbers numbers_of(const Bodies& bodies) {
    Numbers numbers;
    for (const auto& [number, body] : bodies) numbers.insert(number);
    return numbers;
  }

  // Nor does a row say more of its object than a single read by the same client.
  void expect_rows_as_read(const testing::Client& client,
                           const std::string& target,
                           const Bodies& bodies) {
    for (const std::string& row : walk(client, target)) {
      const auto body = bodies.find(std::stoll(json_member(row, "number")));
      if (body == bodies.end()) continue;  // what numbers_in() is compared for
      const auto parts = json_parts(body->second);
      const std::map<std::string_view, std::string_view> read(parts.begin(), parts.end());
      for (const auto& [name, text] : json_parts(row)) {
        const auto member = read.find(name);
        EXPECT_TRUE(member != read.end() && member->second == text)
            << target << " shows " << name << " as " << text << " of " << body->second;
      }
    }
  }

  // The texts of all items of a list, page by page.
  std::vector<std::string> walk(const testing::Client& client, const std::string& target) {
    std::vector<std::string> items;
    const std::string joined = target + (target.find('?') == target.npos ? "?" : "&");
    std::string cursor;
    do {
      const testing::Reply page =
          client.get(joined + "limit=97" + (cursor.empty() ? "" : "&cursor=" + cursor));
      EXPECT_EQ(page.status, 200) << target << "\n" << page.body;
      if (page.status != 200) return items;
      const std::string list = json_member(page.body, "items");
      for (const auto& [name, item] : json_parts(list)) items.emplace_back(item);
      cursor = json_member(page.body, "next");
    } while (cursor != "null");
    return items;
  }

  // What a service of the plugins answers to a question inside a read.
  template <class Service, class Question>
  auto ask(Question question) {
    const auto* service = world_.app().services().find<Service>();
    auto answer = world_.app().storage().read([&](Session& db) { return question(*service, db); });
    if (!answer) throw std::runtime_error(answer.error().message);
    return *std::move(answer);
  }

  // All numbers that a service lists to `who`, page by page; `next(row)` makes the listing begin
  // after the row.
  template <class Service, class Listing, class Next>
  Numbers listed(const Principal& who, Listing listing, Next next) {
    Numbers numbers;
    listing.limit = 97;
    for (;;) {
      const auto page = ask<Service>(
          [&](const Service& service, Session& db) { return service.list(db, who, listing); });
      for (const auto& row : page) {
        EXPECT_TRUE(numbers.insert(row.number).second) << row.number << " is listed twice";
      }
      if (std::ssize(page) < listing.limit) return numbers;
      next(listing, page.back());
    }
  }
  template <class Service, class Listing>
  std::int64_t count(const Principal& who, const Listing& listing) {
    return ask<Service>(
        [&](const Service& service, Session& db) { return service.count(db, who, listing); });
  }

  // The numbers in a list, none of which comes twice.
  Numbers numbers_in(const testing::Client& client, const std::string& target) {
    Numbers numbers;
    for (const std::string& item : walk(client, target)) {
      EXPECT_TRUE(numbers.insert(std::stoll(json_member(item, "number"))).second)
          << target << " shows this twice: " << item;
    }
    return numbers;
  }

 private:
  void make_accounts() {
    const std::array words{"Harbour", "Orchard", "Quarry", "Lantern", "Meadow"};
    for (int i = 0; i < kAccounts; ++i) {
      // One level: the first ones look after others.
      constexpr int kConsultancies = kAccounts / 3;
      const std::int64_t consultancy =
          i >= kConsultancies && in(80) ? accounts_[below(kConsultancies)] : 0;
      const std::string name = std::string(words[below(words.size())]) + " " + std::to_string(i);
      accounts_.push_back(world_.make_account(name, consultancy));
      consultancy_[accounts_.back()] = consultancy;
      if (!in(30)) continue;
      const std::string target = "/v1/accounts/" + std::to_string(accounts_.back());
      EXPECT_EQ(world_.root().patch(target, R"({"roles": ["hospital"]})").status, 200);
    }
  }

  Roles some_roles() {
    if (in(70)) return {};
    const std::array<Roles, 6> sets{Roles(Role::AccountAdmin),
                                    Roles(Role::Consultant),
                                    Roles(Role::AccountAdmin) | Role::Consultant,
                                    Roles(Role::AdminReader),
                                    Roles(Role::Staff),
                                    Roles(Role::Admin)};
    if (in(90)) return sets[below(in(80) ? 3 : sets.size())];
    return Roles::from_bits(static_cast<std::uint32_t>(random_()));
  }

  void place_people() {
    const std::array first{"Ada", "Grace", "Edsger", "Barbara", "Alan", ""};
    const std::array last{"Hopper", "Lovelace", "Liskov", "Turing", "van Dyke"};
    std::vector<Person> people;
    for (int i = 0; i < kPeople; ++i) {
      Person one;
      one.account = accounts_[below(accounts_.size())];
      one.roles = some_roles();
      one.active = in(90);
      one.first_name = first[below(first.size())];
      one.last_name = last[below(last.size())];
      one.created_at = Time(std::chrono::hours(below(50)));  // with ties
      people.push_back(one);
    }
    std::vector<Person> managed;
    for (int i = 0; i < kPeople / 10; ++i) {
      managed.push_back(people.back());
      people.pop_back();
    }
    world_.place_all(people);
    for (Person& one : managed) {
      const Person& manager = people[below(people.size() / 8)];
      one.manager = manager.number;
      if (in(80)) one.account = manager.account;
      if (in(80)) one.roles = {};
    }
    world_.place_all(managed);
  }
};

}  // namespace gatehouse::identity
