// Who may do what with whose data, while people share, take back, confirm, are shut out, hand over
// and go by chance, against the rules said once more in a few lines and without memory.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/plugins/managed_users/grants_fixture.hpp"

namespace gatehouse::managed_users {
namespace {

// What chance begins with; every failure prints it.
constexpr std::uint64_t kSeed = 20261122;

struct Somebody {
  TestUser user;
  std::size_t manager = kNobody;
  bool active = true;
  bool gone = false;

  static constexpr std::size_t kNobody = ~std::size_t{0};
};

struct Shared {
  std::string path;
  std::string scopes;
  std::optional<Time> until;
  bool waits = false;
};

class AccessCrowd : public GrantsTest {
 protected:
  void SetUp() override {
    GrantsTest::SetUp();
    for (const TestUser& user : {ada_, grace_, mia_}) people_.push_back({user});
    for (int i = 0; i < 3; ++i) people_.push_back({add_user("more" + std::to_string(i))});
    people_.push_back({kid_, 2});
    people_.push_back({add_managed("Lou", mia_), 2});
    people_.push_back({add_managed("Max", ada_), 0});
    remember(grace_, ada_);
  }

  std::size_t below(std::size_t limit) { return random_() % limit; }
  Time now() { return app().clock().now(); }
  bool is_over(const Shared& shared) { return shared.until && *shared.until <= now(); }

  // The rules.
  Names expected(std::size_t who, std::size_t owner) {
    const Somebody& whose = people_[owner];
    if (who == owner || whose.gone || !whose.active) return kNone;
    if (whose.manager == who) return kAll;
    const auto found = shared_.find({owner, who});
    if (found == shared_.end()) return kNone;
    const Shared& shared = found->second;
    if (shared.waits || is_over(shared)) return kNone;
    if (shared.scopes == "both") return kAll;
    return Names{shared.scopes};
  }

  // Who writes for the owner.
  const TestUser& keeper(std::size_t owner) {
    const std::size_t manager = people_[owner].manager;
    return people_[manager == Somebody::kNobody ? owner : manager].user;
  }
  bool keeper_may_act(std::size_t owner) {
    const std::size_t manager = people_[owner].manager;
    const Somebody& one = people_[manager == Somebody::kNobody ? owner : manager];
    return one.active && !one.gone;
  }

  void share(std::size_t owner, std::size_t grantee) {
    const Names choices = {"data:read", "data:write", "both"};
    const std::string scopes = choices[below(3)];
    std::optional<Time> until;
    if (below(2) == 0) until = now() + std::chrono::minutes(1 + below(10));
    const auto reply =
        as(keeper(owner))
            .post(people_[owner].user.grants(),
                  body_for(
                      people_[grantee].user,
                      scopes == "both" ? R"(["data:write", "data:read"])" : "[\"" + scopes + "\"]",
                      until ? ", \"expires_at\": \"" + to_rfc3339(*until) + "\"" : ""));
    const auto known = shared_.find({owner, grantee});
    const bool is_new = known == shared_.end() || is_over(known->second);
    const bool useless = owner == grantee || people_[grantee].manager != Somebody::kNobody ||
                         people_[grantee].gone || people_[owner].manager == grantee;
    const int wanted = people_[owner].gone      ? 404
                       : !keeper_may_act(owner) ? 401
                       : useless                ? 422
                                                : (is_new ? 201 : 409);
    ASSERT_EQ(reply.status, wanted) << reply.body;
    if (reply.status == 201) shared_[{owner, grantee}] = {reply.header("Location"), scopes, until};
  }

  void take_back(std::size_t owner, std::size_t grantee) {
    const auto found = shared_.find({owner, grantee});
    if (found == shared_.end()) return;
    const bool was_over = is_over(found->second);
    const TestUser& by = below(2) == 0 ? people_[grantee].user : keeper(owner);
    EXPECT_EQ(as(by).remove(found->second.path).status, was_over ? 404 : 204);
    shared_.erase(found);
  }

  void confirm(std::size_t owner, std::size_t grantee) {
    const auto found = shared_.find({owner, grantee});
    if (found == shared_.end() || !found->second.waits || is_over(found->second)) return;
    const int status = as(people_[owner].user).post(found->second.path + "/confirm", "").status;
    EXPECT_EQ(status, people_[owner].active ? 204 : 401);
    if (status == 204) found->second.waits = false;
  }

  void shut_out_or_in(std::size_t one) {
    Somebody& who = people_[one];
    const auto reply = admin().patch("/v1/users/" + number(who.user),
                                     who.active ? R"({"active": false})" : R"({"active": true})");
    ASSERT_EQ(reply.status, who.gone ? 404 : 200) << reply.body;
    if (!who.gone) who.active = !who.active;
  }

  void take_over(std::size_t one) {
    Somebody& who = people_[one];
    if (who.manager == Somebody::kNobody || who.gone) return;
    hand_over(who.user, people_[who.manager].user);
    who.manager = Somebody::kNobody;
    for (auto& [pair, shared] : shared_) {
      if (pair.first == one) shared.waits = true;
    }
  }

  void leave(std::size_t one) {
    Somebody& who = people_[one];
    const bool manages = std::any_of(people_.begin(), people_.end(), [&](const Somebody& other) {
      return other.manager == one && !other.gone;
    });
    if (manages || who.gone || gone_ == kMostGone) return;
    ASSERT_EQ(admin().remove("/v1/users/" + number(who.user)).status, 204);
    who.gone = true;
    ++gone_;
    std::erase_if(shared_, [&](const auto& entry) {
      return entry.first.first == one || entry.first.second == one;
    });
  }

  void step() {
    const std::size_t owner = below(people_.size());
    const std::size_t grantee = below(people_.size());
    switch (below(16)) {
      case 0:
        return take_back(owner, grantee);
      case 1:
        return shut_out_or_in(owner);
      case 2:
        return app().clock().advance(std::chrono::minutes(below(4)));
      case 3:
        return below(4) == 0 ? take_over(owner) : confirm_any();
      case 4:
        return below(2) == 0 ? leave(owner) : app().run_jobs();
      default:
        return share(owner, grantee);
    }
  }
  void confirm_any() {
    const auto waiting = std::find_if(
        shared_.begin(), shared_.end(), [](const auto& entry) { return entry.second.waits; });
    if (waiting != shared_.end()) confirm(waiting->first.first, waiting->first.second);
  }

  void expect_the_rules() {
    for (std::size_t who = 0; who < people_.size(); ++who) {
      Names sharing;
      for (std::size_t owner = 0; owner < people_.size(); ++owner) {
        const Names wanted = expected(who, owner);
        EXPECT_EQ(scopes(people_[who].user, people_[owner].user), wanted) << who << " " << owner;
        if (people_[owner].manager != who && !wanted.empty()) {
          sharing.push_back(number(people_[owner].user));
        }
      }
      Names shown = sharing_with(people_[who].user);
      std::sort(shown.begin(), shown.end());
      std::sort(sharing.begin(), sharing.end());
      EXPECT_EQ(shown, sharing) << who;
    }
  }

  static constexpr int kMostGone = 3;
  std::mt19937_64 random_{kSeed};
  std::vector<Somebody> people_;
  std::map<std::pair<std::size_t, std::size_t>, Shared> shared_;  // by owner and grantee
  int gone_ = 0;
};

TEST_F(AccessCrowd, ObeysTheRulesWhateverHappens) {
  for (int i = 0; i < 200; ++i) {
    step();
    expect_the_rules();
    ASSERT_FALSE(HasFailure()) << "in step " << i << " from " << kSeed;
  }
  EXPECT_GT(gone_, 0);
}

}  // namespace
}  // namespace gatehouse::managed_users
