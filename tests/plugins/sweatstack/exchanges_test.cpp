// Claim: whatever is exchanged for whatever, nobody ends with more than they began with: no longer
// life, no refresh token, no more scopes, no other principal (security.md 3).
// Method: from each kind of credential every sequence of exchanges, with the setting that allows
// most. SPDX-License-Identifier: Apache-2.0
#include <gatehouse/digest.hpp>

#include "tests/plugins/sweatstack/sweatstack_fixture.hpp"

namespace gatehouse::sweatstack {
namespace {

using namespace std::chrono_literals;

class Exchanges : public SweatStackTest {
 protected:
  static constexpr int kSteps = 4;

  void SetUp() override {
    begin(kFaithful);
    bob_ = make(client(manager()));
  }

  const std::string& bob() const { return bob_; }

  static std::int64_t end_of(std::string_view token) { return std::stoll(claim(token, "exp")); }
  static std::string claim(std::string_view token, std::string_view name) {
    const std::string_view payload = token.substr(token.find('.') + 1);
    return json_member(*base64url_decode(payload.substr(0, payload.find('.'))), name);
  }

  // Every sequence from there; `latest`: when all that comes of it has ended, in seconds.
  void walk(const std::string& token, std::int64_t latest, bool may_write, int steps) {
    const auto holder = bearer(token);
    const auto written = holder.put(path_of(bob()), R"({"first_name": "Bob"})");
    EXPECT_EQ(written.status == 200, may_write && !is_delegated(token)) << written.body;
    if (steps == 0) return;
    for (const auto& reply :
         {holder.get("/api/v1/oauth/principal-token"),
          holder.post("/api/v1/oauth/delegated-token", R"({"sub": ")" + bob() + R"("})")}) {
      if (reply.status != 200) {
        EXPECT_EQ(reply.status, 403) << reply.body;
        continue;
      }
      ++exchanges_;
      EXPECT_EQ(json_member(reply.body, "refresh_token"), "");
      const std::string next = json_member(reply.body, "access_token");
      EXPECT_LE(end_of(next), latest);
      EXPECT_EQ(claim(next, "sub"), is_delegated(next) ? bob() : manager().id);
      walk(next, std::min(latest, end_of(next)), may_write, steps - 1);
    }
  }

  int exchanges_ = 0;

 private:
  static bool is_delegated(std::string_view token) {
    return token.find('.') != token.npos && !claim(token, "act").empty();
  }
  std::string bob_;
};

TEST_F(Exchanges, OfASessionEndWithTheAccessToken) {
  const std::string token = access_token(manager());
  app().clock().advance(290s);
  walk(token, end_of(token), true, kSteps);
  EXPECT_GT(exchanges_, kSteps);
}

TEST_F(Exchanges, OfADelegatedTokenEndWithIt) {
  const std::string session = access_token(manager());
  app().clock().advance(100s);
  const std::string token = delegated_token(bearer(session), bob());
  app().clock().advance(100s);
  walk(token, end_of(token), true, kSteps);
  EXPECT_GT(exchanges_, kSteps);
}

TEST_F(Exchanges, OfAnApiTokenHaveItsScopesAndEnd) {
  const std::string token = api_token(manager(),
                                      R"(, "scopes": ["managed_users:read", )"
                                      R"("managed_users:delegate"], )"
                                      R"("expires_at": "2026-01-01T00:01:00.000Z")");
  constexpr std::int64_t kEnd = 1'767'225'660;
  walk(token, kEnd, false, kSteps);
  EXPECT_GT(exchanges_, kSteps);
}

}  // namespace
}  // namespace gatehouse::sweatstack
