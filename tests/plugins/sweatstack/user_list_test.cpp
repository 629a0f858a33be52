// GET users/: whom one sees, in which order, and when there are too many.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <atomic>
#include <thread>

#include "tests/plugins/sweatstack/sweatstack_fixture.hpp"

namespace gatehouse::sweatstack {
namespace {

class UserList : public SweatStackTest {
 protected:
  // Two whom the manager manages, and two who share, in that order.
  void SetUp() override {
    SweatStackTest::SetUp();
    fill();
  }
  void fill() {
    const auto me = client(manager());
    make(me, "Bob");
    app().clock().advance(std::chrono::seconds(1));
    make(me, "Carla");
    for (const std::string_view name : {"Zoe", "Abe"}) {
      const Person owner = world().place({.first_name = std::string(name), .last_name = "S"});
      world().place_grant(owner.number, manager().number, true);
    }
  }
};

TEST_F(UserList, IsOneselfThenTheManagedThenWhoSharesAsTheyCame) {
  const auto list = client(manager()).get(kUsers);
  EXPECT_EQ(all(list, "first_name"), "Mona Bob Carla Zoe Abe");
  EXPECT_EQ(all(list, "is_managed"), "false true true false false");
  EXPECT_EQ(all(list, "scopes"),
            R"(["data:read","data:write"] ["data:read","data:write"] ["data:read","data:write"] )"
            R"(["data:read"] ["data:read"])");
  EXPECT_EQ(all(client(stranger()).get(kUsers), "display_name"), "Otto");
}

TEST_F(UserList, LeavesOutWhatIsNotAskedFor) {
  struct Case {
    std::string_view query;
    std::string_view names;
  };
  const auto me = client(manager());
  for (const Case& one : {
           Case{"", "Mona Bob Carla Zoe Abe"},
           Case{"?include_managed=true&include_shared=true", "Mona Bob Carla Zoe Abe"},
           Case{"?include_managed=false", "Mona Zoe Abe"},
           Case{"?include_shared=False", "Mona Bob Carla"},
           Case{"?include_managed=0&include_shared=OfF", "Mona"},
           Case{"?include_managed=n&include_shared=NO", "Mona"},
           Case{"?include_managed=F&include_shared=tRUE", "Mona Zoe Abe"},
           Case{"?include_managed=1&include_shared=f", "Mona Bob Carla"},
           Case{"?include_managed=yes&include_shared=ON", "Mona Bob Carla Zoe Abe"},
           Case{"?include_managed=Y&include_shared=t", "Mona Bob Carla Zoe Abe"},
           Case{"?name=smIT", "Bob Carla"},
           Case{"?name=b+sm", "Bob"},
           Case{"?name=o&include_managed=false", "Mona Zoe"},
           Case{"?name=nobody", ""},
           Case{"?name=", "Mona Bob Carla Zoe Abe"},
           Case{"?name=%25", ""},
           Case{"?name=%E2%80%8B", ""},
           Case{"?unknown=1", "Mona Bob Carla Zoe Abe"},
       }) {
    EXPECT_EQ(all(me.get(std::string(kUsers) + std::string(one.query)), "first_name"), one.names)
        << one.query;
  }
}

TEST_F(UserList, HasNoScopesOverTheManagedWhoAreShutOut) {
  const Person away = world().place(
      {.manager = manager().number, .active = false, .first_name = "Al", .last_name = "A"});
  const auto list = client(manager()).get(std::string(kUsers) + "?name=Al+A");
  EXPECT_EQ(all(list, "id"), away.id);
  EXPECT_EQ(all(list, "scopes"), "[]");
}

// security.md, "Unpaged lists": never less than there is.
TEST_F(UserList, IsWholeOrAnError) {
  begin({{"password_grant", "true"}, {"max_unpaged_rows", "5"}});
  fill();
  const auto me = client(manager());
  EXPECT_EQ(all(me.get(kUsers), "first_name"), "Mona Bob Carla Zoe Abe");
  make(me, "Dora");
  const auto refused = me.get(kUsers);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.body,
            R"({"detail":"More than 5 users are accessible to you, which is as many as one answer )"
            R"(has: ask for a name, or leave some out with include_managed or include_shared."})");
  EXPECT_EQ(all(me.get(std::string(kUsers) + "?include_shared=false"), "first_name"),
            "Mona Bob Carla Dora");
}

TEST_F(UserList, GoesBeyondThousandUsers) {
  std::vector<Person> people(2'100, Person{.manager = manager().number, .first_name = "M"});
  world().place_all(people);
  const auto list = client(manager()).get(kUsers);
  EXPECT_EQ(json_parts(list.body).size(), 2'105u);
}

// The SDK asks for lists side by side; what one page holds costs no more than any other request.
TEST_F(UserList, IsMadeSideBySideWhereItIsShort) {
  std::vector<Person> people(300, Person{.manager = manager().number, .first_name = "M"});
  world().place_all(people);
  const auto me = client(manager());
  std::array<int, 4> refused{};
  std::vector<std::jthread> threads;
  threads.reserve(refused.size());
  for (int& mine : refused) {
    threads.emplace_back([&me, &mine] {
      for (int i = 0; i < 10; ++i) mine += me.get(kUsers).status == 200 ? 0 : 1;
    });
  }
  threads.clear();
  EXPECT_EQ(refused, (std::array<int, 4>{}));
}

// Two ask until one of them is told to wait, which the first overlap does; whatever else comes is
// whole.
TEST_F(UserList, IsMadeOneAtATimeWhereItIsLong) {
  std::vector<Person> people(2'100, Person{.manager = manager().number, .first_name = "M"});
  world().place_all(people);
  const auto me = client(manager());
  std::atomic<bool> is_told = false;
  const auto ask = [&] {
    for (int i = 0; i < 100 && !is_told; ++i) {
      const auto reply = me.get(kUsers);
      if (reply.status == 200) {
        EXPECT_EQ(json_parts(reply.body).size(), 2'105u);
        continue;
      }
      EXPECT_EQ(reply.status, 503);
      EXPECT_EQ(reply.body, R"({"detail":"Another list of yours is being made: wait for it."})");
      is_told = true;
    }
  };
  std::vector<std::jthread> threads;
  threads.reserve(2);
  for (int i = 0; i < 2; ++i) threads.emplace_back(ask);
  threads.clear();
  EXPECT_TRUE(is_told);
  EXPECT_EQ(me.get(kUsers).status, 200) << "the turn is over";
}

}  // namespace
}  // namespace gatehouse::sweatstack
