// The filters of lists, over HTTP and through the directory, and e-mail addresses that repeat.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/bus.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/storage.hpp>

#include "plugins/users/directory/user_repository.hpp"
#include "users_fixture.hpp"

namespace gatehouse::users {
namespace {

using Names = std::vector<std::string>;

Names names_in(std::string_view body) {
  Names names;
  constexpr std::string_view kKey = "\"username\":\"";
  for (std::size_t at; (at = body.find(kKey)) != body.npos;) {
    body.remove_prefix(at + kKey.size());
    names.emplace_back(body.substr(0, body.find('"')));
  }
  return names;
}

class UserFilters : public UsersTest {
 protected:
  void SetUp() override {
    UsersTest::SetUp();
    create("klaus", R"(, "first_name": "Klaus", "last_name": "Große Straße", "email":
        "KS@example.org")");
    create("ada", R"(, "first_name": "Ada", "last_name": "Klausen", "email":
        "countess@example.org", "roles": ["staff", "consultant"])");
    create("bob", R"(, "first_name": "Ada", "last_name": "100% _", "active": false)");
    create("eve", R"(, "roles": ["consultant"])");
  }

  Names listed(std::string_view query) {
    const auto reply = admin().get("/v1/users?order=asc&" + std::string(query));
    EXPECT_EQ(reply.status, 200) << query << ": " << reply.body;
    return names_in(reply.body);
  }
};

TEST_F(UserFilters, EachFieldIsSearchedByItselfAndAllAreAnded) {
  struct Case {
    std::string_view query;
    Names expected;
  };
  const Case cases[] = {
      {"username=LAU", {"klaus"}},
      {"username=example", {}},
      {"email=EXAMPLE.org", {"klaus", "ada"}},
      {"email=localhost", {"admin"}},
      {"first_name=aDa", {"ada"}},
      {"first_name=ada&active=any", {"ada", "bob"}},
      {"first_name=ada&active=false", {"bob"}},
      {"last_name=STRASSE", {"klaus"}},
      {"last_name=klaus", {"ada"}},
      {"last_name=gro%C3%9Fe+stra", {"klaus"}},
      {"last_name=stra+gro", {}},
      {"last_name=%25+_&active=any", {"bob"}},
      {"first_name=klaus&last_name=klaus", {}},
      {"first_name=ada&email=countess", {"ada"}},
      {"text=klaus", {"klaus", "ada"}},
      {"text=klaus&username=ada", {"ada"}},
      {"text=klaus+klausen", {"ada"}},
      {"text=%22klaus+ada%22", {}},
      {"username=%E2%80%8B", {}},
      {"text=%22+%27%22", {}},
      {"username=", {"admin", "klaus", "ada", "eve"}},
      {"role=consultant", {"ada", "eve"}},
      {"role=staff", {"ada"}},
      {"role=admin", {"admin"}},
      {"role=account-admin", {}},
      {"role=consultant&text=eve", {"eve"}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(listed(c.query), c.expected) << c.query;
  }
}

TEST_F(UserFilters, WhatCannotBeFilteredByIsRefused) {
  for (const std::string_view query : {"account=7", "account=65f1c0ffee00000000000001"}) {
    const auto reply = admin().get("/v1/users?" + std::string(query));
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(member(reply.body, "code"), "no_accounts") << query;
  }
  for (const std::string_view query : {"role=king", "sort=last_seen", "organization=x", "role="}) {
    EXPECT_EQ(admin().get("/v1/users?" + std::string(query)).status, 422) << query;
  }
  EXPECT_EQ(admin().get("/v1/roles?x=1").status, 422);
  EXPECT_EQ(admin().get("/v1/roles?limit=1").status, 422);
  EXPECT_EQ(admin().get("/v1/roles").status, 200);
}

TEST_F(UserFilters, ACursorKeepsToItsFilters) {
  const auto first = admin().get("/v1/users?limit=1&role=consultant");
  ASSERT_EQ(first.status, 200);
  const std::string cursor = member(first.body.substr(first.body.rfind("\"next\"")), "next");
  ASSERT_FALSE(cursor.empty());
  const std::string tail = "&limit=1&cursor=" + cursor;
  EXPECT_EQ(admin().get("/v1/users?role=consultant" + tail).status, 200);
  for (const std::string_view other : {"role=staff",
                                       "role=consultant&username=a",
                                       "role=consultant&email=a",
                                       "role=consultant&first_name=a",
                                       "role=consultant&last_name=a",
                                       "text=a&role=consultant"}) {
    const auto reply = admin().get("/v1/users?" + std::string(other) + tail);
    EXPECT_EQ(reply.status, 400) << other;
    EXPECT_EQ(member(reply.body, "code"), "cursor_mismatch") << other;
  }
}

TEST_F(UserFilters, TheDirectoryFiltersSortsAndGoesOnFromAPosition) {
  const auto* directory = app().services().find<UserDirectory>();
  ASSERT_NE(directory, nullptr);
  const auto move = [&](std::int64_t number, std::int64_t account) {
    ASSERT_TRUE(app().storage().write([&](Session& db) {
      return db.run(
          "update users_user set account = :account, last_seen_at = :seen where "
          "number = :number",
          account,
          number * 1000,
          number);
    }));
  };
  move(2, 7);  // klaus
  move(3, 8);  // ada
  move(5, 7);  // eve
  Principal reader;
  reader.user = 1;
  reader.roles = Role::AdminReader;
  Principal head;
  head.user = 900;
  head.account = 7;
  head.roles = Role::AccountAdmin;

  const auto listed_by = [&](const Principal& who, const UserListing& listing) {
    Names names;
    const auto read = app().storage().read([&](Session& db) -> Result<None> {
      GATEHOUSE_TRY(const auto page, directory->list(db, who, listing));
      for (const UserRecord& user : page) names.push_back(user.username.value_or("-"));
      GATEHOUSE_TRY(const std::int64_t count, directory->count(db, who, listing));
      if (static_cast<std::int64_t>(page.size()) < listing.limit) {
        EXPECT_EQ(count, static_cast<std::int64_t>(page.size()));
      }
      return None{};
    });
    EXPECT_TRUE(read);
    return names;
  };
  UserListing listing;
  listing.descending = false;
  listing.text = "klaus";
  EXPECT_EQ(listed_by(reader, listing), (Names{"klaus", "ada"}));
  listing.text_in = UserListing::kUsername | UserListing::kFirstName;
  EXPECT_EQ(listed_by(reader, listing), Names{"klaus"});
  listing.text = std::string("kl\0aus", 6);
  EXPECT_EQ(listed_by(reader, listing), Names{}) << "no name holds NUL, and no error comes of it";
  listing.text = "klaus";
  listing.text_in = UserListing::kEmail;
  EXPECT_EQ(listed_by(reader, listing), Names{});
  listing = {};
  listing.descending = false;
  listing.account = 7;
  EXPECT_EQ(listed_by(reader, listing), (Names{"klaus", "eve"}));
  EXPECT_EQ(listed_by(head, listing), (Names{"klaus", "eve"}));
  listing.account = 8;
  EXPECT_EQ(listed_by(reader, listing), Names{"ada"});
  EXPECT_EQ(listed_by(head, listing), Names{}) << "a filter never widens what one sees";
  listing.account = 0;
  EXPECT_EQ(listed_by(head, listing), (Names{"klaus", "eve"}));
  listing.roles = Role::Consultant;
  EXPECT_EQ(listed_by(head, listing), Names{"eve"});
  listing.roles = Roles(Role::Consultant) | Role::Staff;
  EXPECT_EQ(listed_by(reader, listing), Names{"ada"});
  listing.roles = {};
  listing.first_name = "ada";
  EXPECT_EQ(listed_by(reader, listing), (Names{"ada", "bob"}));
  listing.active = true;
  EXPECT_EQ(listed_by(reader, listing), Names{"ada"});

  for (const auto sort : {UserListing::Sort::Created,
                          UserListing::Sort::Username,
                          UserListing::Sort::Email,
                          UserListing::Sort::LastLogin,
                          UserListing::Sort::LastSeen}) {
    listing = {};
    listing.sort = sort;
    const Names whole = listed_by(reader, listing);
    EXPECT_EQ(whole.size(), 5U);
    Names walked;
    listing.limit = 2;
    for (bool more = true; more;) {
      const auto read = app().storage().read([&](Session& db) -> Result<None> {
        GATEHOUSE_TRY(const auto page, directory->list(db, reader, listing));
        for (const UserRecord& user : page) walked.push_back(user.username.value_or("-"));
        more = !page.empty();
        if (more) listing.after = directory->position_of(page.back(), sort);
        return None{};
      });
      ASSERT_TRUE(read);
    }
    EXPECT_EQ(walked, whole);
  }
  listing = {};
  listing.sort = UserListing::Sort::LastSeen;
  listing.limit = 3;
  EXPECT_EQ(listed_by(reader, listing), (Names{"eve", "ada", "klaus"}));
}

class RepeatedEmails : public ::testing::Test {
 protected:
  RepeatedEmails() {
    setenv("GATEHOUSE_ADMIN_PASSWORD", std::string(kAdminPassword).c_str(), 1);
    app_ = std::make_unique<testing::Harness<UsersPlugin>>(
        "users", testing::Settings{{"unique_email", "false"}});
    Principal who;
    who.user = 1;
    who.roles = Role::Admin;
    admin_ = std::make_unique<testing::Client>(app_->as(who));
  }
  int made(std::string_view body) { return admin_->post("/v1/users", body).status; }

  std::unique_ptr<testing::Harness<UsersPlugin>> app_;
  std::unique_ptr<testing::Client> admin_;
};

TEST_F(RepeatedEmails, MayBeSharedButAreNobodysUsername) {
  EXPECT_EQ(made(R"({"username": "ada", "email": "one@example.org"})"), 201);
  EXPECT_EQ(made(R"({"username": "bob", "email": "ONE@example.org"})"), 201);
  EXPECT_EQ(made(R"({"username": "One@Example.org"})"), 409);
  EXPECT_EQ(made(R"({"username": "x@example.org", "email": "x@example.org"})"), 201);
  EXPECT_EQ(made(R"({"username": "eve", "email": "X@example.org"})"), 409);
  EXPECT_EQ(made(R"({"username": "ADA"})"), 409);
  const auto* directory = app_->services().find<UserDirectory>();
  const auto found = app_->storage().read(
      [&](Session& db) { return directory->find_by_email(db, "one@example.org"); });
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found) << "two have it";
}

TEST_F(RepeatedEmails, AreNoWayToSignIn) {
  ASSERT_EQ(
      made(
          R"({"username": "ada", "email": "one@example.org", "password": "enchantress of number"})"),
      201);
  const auto sign_in = [&](std::string_view credential) {
    return app_->anonymous()
        .with("Authorization", "Basic " + std::string(credential))
        .get("/v1/users/me")
        .status;
  };
  EXPECT_EQ(sign_in("YWRhOmVuY2hhbnRyZXNzIG9mIG51bWJlcg=="), 200);  // ada:enchantress of number
  EXPECT_EQ(sign_in("b25lQGV4YW1wbGUub3JnOmVuY2hhbnRyZXNz"), 401);  // one@example.org:...
  EXPECT_EQ(sign_in("YWRtaW5AbG9jYWxob3N0OmNvcnJlY3QgaG9yc2UgYmF0dGVyeQ=="), 401);
}

// Nobody listens.
class SilentBus final : public Bus {
 public:
  Result<None> publish(Session&, std::string_view, std::string_view) override { return None{}; }
  void subscribe(std::string_view, Handler) override {}
  std::chrono::nanoseconds staleness() const override { return std::chrono::nanoseconds::max(); }
};

// The names that are claimed follow the setting, whatever it was before.
TEST(UniqueEmail, CanBeSwitchedWhereTheUsersAllowIt) {
  setenv("GATEHOUSE_ADMIN_PASSWORD", std::string(kAdminPassword).c_str(), 1);
  testing::Harness<UsersPlugin> app("users");
  SilentBus bus;
  const UserRepository unique(Emails::Unique, bus);
  const UserRepository repeatable(Emails::Repeatable, bus);
  const auto align = [&](const UserRepository& users) {
    return app.storage().write([&](Session& db) { return users.align_names(db); });
  };
  const auto who_is = [&](std::string_view name) {
    return app.storage()
        .read([&](Session& db) { return unique.find_by_name(db, name); })
        ->has_value();
  };
  EXPECT_TRUE(who_is("admin@localhost"));
  ASSERT_TRUE(align(repeatable));
  EXPECT_FALSE(who_is("admin@localhost"));
  EXPECT_TRUE(who_is("admin"));
  ASSERT_TRUE(align(unique));
  ASSERT_TRUE(align(unique));
  EXPECT_TRUE(who_is("admin@localhost"));

  ASSERT_TRUE(align(repeatable));
  StoredUser twin;
  twin.id = "65f1c0ffee00000000000001";
  twin.username = "twin";
  twin.email = "ADMIN@localhost";
  twin.timezone = "UTC";
  ASSERT_TRUE(app.storage().write([&](Session& db) { return repeatable.insert(db, twin); }));
  const auto refused = align(unique);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "email_taken");
}

}  // namespace
}  // namespace gatehouse::users
