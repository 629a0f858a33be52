// What is no delegated token of ours, even under our own signature (RFC 8725 3.11, 3.12).
// SPDX-License-Identifier: Apache-2.0
#include "tests/plugins/tokens/delegation_fixture.hpp"

namespace gatehouse::tokens {
namespace {

class DelegatedAttack : public DelegationTest {
 protected:
  void SetUp() override {
    DelegationTest::SetUp();
    opened_ = sign_in();
    token_ = act_for(bearer(opened_.access_token), bea(), R"({"scopes": ["data:read"]})");
    learn(token_);
  }
  std::string id_of(std::int64_t user) {
    return ask<std::string>("select id from users_user where number = :number", user);
  }

  SignedIn opened_;
  std::string token_;
};

TEST_F(DelegatedAttack, WhateverIsWrongIsRefused) {
  const std::string ada_id = id_of(ada());
  const std::string cid_id = id_of(cid());
  const std::string text = parts_[0] + "." + parts_[1];
  const auto altered_payload = [&](const std::function<void(AccessClaims&)>& alter) {
    AccessClaims claims = claims_;
    alter(claims);
    return parts_[0] + "." + base64url_encode(encode_json(claims)) + "." + parts_[2];
  };
  const SignedIn of_bea = sign_in("bea");
  const auto of_another = make_token(bearer(of_bea.access_token));
  struct Case {
    std::string name;
    std::string token;
  };
  const std::vector<Case> cases = {
      {"no signature", text + "."},
      {"act removed, unsigned", altered_payload([](auto& claims) { claims.act.reset(); })},
      {"act changed, unsigned", altered_payload([&](auto& claims) { claims.act->sub = cid_id; })},
      {"scope widened, unsigned",
       altered_payload([](auto& claims) { claims.scope = "data:read data:write"; })},
      {"sub swapped, unsigned", altered_payload([&](auto& claims) { claims.sub = cid_id; })},
      {"act removed", with_claims([](auto& claims) { claims.act.reset(); })},
      {"act emptied", with_claims([](auto& claims) { claims.act->sub = ""; })},
      {"another actor in act", with_claims([&](auto& claims) { claims.act->sub = cid_id; })},
      {"the user in act", with_claims([](auto& claims) { claims.act->sub = claims.sub; })},
      {"another actor in the delegation",
       with_claims([&](auto& claims) { claims.delegation->actor = cid(); })},
      {"the user as actor", with_claims([&](auto& claims) {
         claims.delegation->actor = bea();
         claims.act->sub = claims.sub;
       })},
      {"no such actor", with_claims([](auto& claims) { claims.delegation->actor = 0; })},
      {"another actor with the actor's session", with_claims([&](auto& claims) {
         claims.delegation->actor = cid();
         claims.act->sub = cid_id;
       })},
      {"sub swapped", with_claims([&](auto& claims) { claims.sub = cid_id; })},
      {"the actor as sub", with_claims([&](auto& claims) { claims.sub = ada_id; })},
      {"the user swapped", with_claims([&](auto& claims) { claims.delegation->user = cid(); })},
      {"somebody who shares nothing", with_claims([&](auto& claims) {
         claims.sub = id_of(1);
         claims.delegation->user = 1;
         claims.epoch = 0;
       })},
      {"the actor for themselves", with_claims([&](auto& claims) {
         claims.sub = ada_id;
         claims.delegation->user = ada();
         claims.epoch = claims.delegation->actor_epoch;
       })},
      {"no scope claim", with_claims([](auto& claims) { claims.scope.reset(); })},
      {"an empty scope claim", with_claims([](auto& claims) { claims.scope = ""; })},
      {"a scope claim of blanks", with_claims([](auto& claims) { claims.scope = "  "; })},
      {"scopes that nobody granted", with_claims([](auto& claims) { claims.scope = "data:all"; })},
      {"scopes parted by a comma",
       with_claims([](auto& claims) { claims.scope = "data:read,data:write"; })},
      {"no delegation", with_claims([](auto& claims) { claims.delegation.reset(); })},
      {"a session besides", with_claims([&](auto& claims) { claims.sid = opened_.session; })},
      {"a session instead of act", with_claims([&](auto& claims) {
         claims.sid = opened_.session;
         claims.act.reset();
       })},
      {"a session's claims for the user", with_claims([&](auto& claims) {
         claims.sid = opened_.session;
         claims.act.reset();
         claims.scope.reset();
         claims.delegation.reset();
       })},
      {"another epoch of the user", with_claims([](auto& claims) { claims.epoch += 1; })},
      {"another epoch of the actor",
       with_claims([](auto& claims) { claims.delegation->actor_epoch += 1; })},
      {"another epoch of the deployment", with_claims([](auto& claims) { claims.dep += 1; })},
      {"another mount", with_claims([](auto& claims) { claims.aud += "/one"; })},
      {"another issuer", with_claims([](auto& claims) { claims.iss = "https://evil.example"; })},
      {"expired", with_claims([](auto& claims) { claims.iat -= 300, claims.exp -= 300; })},
      {"valid for too long", with_claims([](auto& claims) { claims.exp += 1; })},
      {"an unknown kind of credential",
       with_claims([](auto& claims) { claims.delegation->method = "other"; })},
      {"an unknown session", with_claims([](auto& claims) {
         claims.delegation->credential = "65f1c0ffee00000000000001";
       })},
      {"the user's session",
       with_claims([&](auto& claims) { claims.delegation->credential = of_bea.session; })},
      {"the session as an API token",
       with_claims([](auto& claims) { claims.delegation->method = "token"; })},
      {"the user's API token", with_claims([&](auto& claims) {
         claims.delegation->method = "token";
         claims.delegation->credential = of_another.id;
       })},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(acts(one.token), 401) << one.name;
  }
  EXPECT_EQ(acts(token_), 200) << "so that the others fail for their own reason";
}

// The grant decides at each use, so that even a token of ours that says more opens no more.
TEST_F(DelegatedAttack, WhatItSaysBeyondTheGrantCountsForNothing) {
  const std::string wide =
      with_claims([](auto& claims) { claims.scope = "data:write data:admin data:read"; });
  EXPECT_EQ(principal_with(wide).grant_scopes,
            (std::vector<std::string>{"data:write", "data:read"}));
  const std::string other = with_claims([&](auto& claims) {
    claims.sub = id_of(cid());
    claims.delegation->user = cid();
    claims.scope = "data:write data:read";
  });
  const Principal who = principal_with(other);
  EXPECT_EQ(who.user, cid());
  EXPECT_EQ(who.grant_scopes, std::vector<std::string>{"data:read"});
}

TEST_F(DelegatedAttack, EveryChangeOfACharacterIsRefused) {
  for (std::size_t at = 0; at < token_.size(); ++at) {
    std::string changed = token_;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(acts(changed), 401) << at;
  }
}

TEST_F(DelegatedAttack, IsNoOtherCredential) {
  EXPECT_EQ(try_refresh(token_).status, 401);
  EXPECT_EQ(app().anonymous().get("/v1/acting?access_token=" + token_).status, 401);
  EXPECT_EQ(bearer(token_).get("/v1/sessions/current").status, 403);
  EXPECT_EQ(bearer(opened_.access_token).get("/v1/acting").status, 200) << "as ada herself";
}

}  // namespace
}  // namespace gatehouse::tokens
