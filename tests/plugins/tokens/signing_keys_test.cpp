// The keys that sign access tokens, one after the other. SPDX-License-Identifier: Apache-2.0
#include <barrier>
#include <thread>

#include <gatehouse/digest.hpp>
#include <gatehouse/keys.hpp>

#include "tests/plugins/tokens/sessions_fixture.hpp"

namespace gatehouse::tokens {
namespace {

using namespace std::chrono_literals;
constexpr auto kDay = std::chrono::hours(24);

class SigningKeyLife : public TokensTest {
 protected:
  std::vector<std::string> published() {
    const auto reply = app().anonymous().get("/.well-known/jwks.json");
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::vector<std::string> kids;
    for (const WebKey& key : read<WebKeys>(reply).keys) kids.push_back(key.kid);
    return kids;
  }
  static std::string kid_of(const SignedIn& opened) {
    const std::string& token = opened.access_token;
    const auto header = base64url_decode(token.substr(0, token.find('.')));
    return header ? header->substr(header->find("\"kid\":\"") + 7, 16) : "";
  }
};

TEST_F(SigningKeyLife, ThePublicHalvesAreShownAndMayBeKept) {
  const auto reply = app().anonymous().get("/.well-known/jwks.json");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Cache-Control"), "public, max-age=300");
  const auto set = read<WebKeys>(reply);
  ASSERT_EQ(set.keys.size(), 1u);
  const WebKey& key = set.keys.front();
  EXPECT_EQ(key.kty, "EC");
  EXPECT_EQ(key.crv, "P-256");
  EXPECT_EQ(key.use, "sig");
  EXPECT_EQ(key.alg, "ES256");
  const auto verifying = Es256Key::from_parts(
      {base64url_decode(key.x).value_or(""), base64url_decode(key.y).value_or(""), ""});
  ASSERT_TRUE(verifying);
  const auto opened = sign_in();
  EXPECT_EQ(kid_of(opened), key.kid);
  const std::string& token = opened.access_token;
  const std::size_t dot = token.rfind('.');
  EXPECT_TRUE(verifying->verify(token.substr(0, dot), *base64url_decode(token.substr(dot + 1))));
}

TEST_F(SigningKeyLife,
       TheNextIsPublishedTenMinutesBeforeItSignsAndTheLastVerifiesAsLongAsItsTokens) {
  const auto first = published();
  app().clock().advance(90 * kDay - 10min - 1s);
  app().run_jobs();
  EXPECT_EQ(published(), first);
  app().clock().advance(1s);
  app().run_jobs();
  const auto both = published();
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both.front(), first.front());
  app().clock().advance(10min - 1s);
  const auto old = sign_in();
  EXPECT_EQ(kid_of(old), both[0]);
  app().clock().advance(1s);
  const auto opened = sign_in();
  EXPECT_EQ(kid_of(opened), both[1]);
  app().run_jobs();
  EXPECT_EQ(published(), both);
  EXPECT_EQ(opens(old.access_token), 200);
  EXPECT_EQ(opens(opened.access_token), 200);
  app().clock().advance(298s);
  app().run_jobs();
  EXPECT_EQ(opens(old.access_token), 200);
  app().clock().advance(62s);
  app().run_jobs();
  EXPECT_EQ(published(), std::vector<std::string>{both[1]});
}

TEST_F(SigningKeyLife, AfterALongPauseTheOldOneSignsUntilTheNextIsKnown) {
  const auto first = published();
  app().clock().advance(200 * kDay);
  app().run_jobs();
  ASSERT_EQ(published().size(), 2u);
  EXPECT_EQ(kid_of(sign_in()), first.front());
  app().clock().advance(10min);
  EXPECT_NE(kid_of(sign_in()), first.front());
}

TEST_F(SigningKeyLife, WhatIsSealedUnderALostKeyMakesANewOneAndIsLogged) {
  const auto old = sign_in();
  run("update tokens_signing_key set sealed_secret = 'lost'");
  ASSERT_TRUE(host().storage().write(
      [&](Session& db) { return host().bus().publish(db, "tokens.signing_key", "0"); }));
  const auto opened = sign_in();
  EXPECT_NE(kid_of(opened), kid_of(old));
  EXPECT_EQ(app().log().count("signing_key_lost"), 1);
  EXPECT_EQ(opens(opened.access_token), 200);
  EXPECT_EQ(opens(old.access_token), 200) << "the public half is still there";
}

TEST_F(SigningKeyLife, SeveralInstancesAtOnceMakeOne) {
  run("delete from tokens_signing_key");
  {
    std::barrier start(WatchedTokens::kInstances);
    std::vector<std::jthread> threads;
    for (const auto& instance : tokens().instances) {
      threads.emplace_back([&start, &instance] {
        start.arrive_and_wait();
        EXPECT_TRUE(instance->begin());
      });
    }
  }
  EXPECT_EQ(ask<std::int64_t>("select count(*) as count from tokens_signing_key"), 1);
}

TEST_F(SigningKeyLife, TheSecretHalfIsSealed) {
  const auto row = host().storage().read([](Session& db) {
    return db.get<SigningKeyRow>(
        "select kid, x, y, sealed_secret, created_at, signs_from from tokens_signing_key");
  });
  ASSERT_TRUE(row);
  EXPECT_TRUE(host().keys().open("signing_key", row->sealed_secret));
  EXPECT_FALSE(app().keys().open("signing_key", row->sealed_secret)) << "another plugin's keys";
}

}  // namespace
}  // namespace gatehouse::tokens
