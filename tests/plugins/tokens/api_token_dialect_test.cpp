// API tokens as dialects use them: gatehouse/services/api_tokens.hpp.
// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "tests/plugins/tokens/api_tokens_fixture.hpp"
#include "tests/sdk/routes/fake_call.hpp"

namespace gatehouse::tokens {
namespace {

constexpr const char* kMount = "/edge/api";

class ApiTokensOfDialects : public ApiTokensTest {
 protected:
  ApiTokens& tokens() { return *app().services().find<ApiTokens>(); }
  template <class F>
  auto write(F work) {
    return app().storage().write([&](Session& db) { return work(db); });
  }
  MintedApiToken mint_hex() {
    ApiTokenDraft draft{"edge"};
    draft.format = ApiTokenFormat::Hex40;
    draft.made_on = kMount;
    const auto made =
        write([&](Session& db) { return tokens().mint(db, principal(ada_), ada_, draft); });
    if (!made) throw std::runtime_error(made.error().message);
    return *made;
  }
  // The method that a check gives, or "" when it refuses.
  std::string check(std::string_view mount, std::string_view secret) {
    FakeCall call;
    call.mount_text = mount;
    const auto who = tokens().check(call, secret);
    if (who) return who->method;
    EXPECT_EQ(who.error().code, ErrorCode::Unauthenticated);
    return "";
  }
};

TEST_F(ApiTokensOfDialects, OpenTheMountTheyWereMadeOnOnly) {
  const MintedApiToken made = mint_hex();
  EXPECT_EQ(made.secret.size(), 40U);
  EXPECT_EQ(check(kMount, made.secret), "token");
  EXPECT_EQ(check("/other/api", made.secret), "");
  EXPECT_EQ(check("/v1", made.secret), "");
  EXPECT_EQ(use(made.secret), 401);
  EXPECT_EQ(check(kMount, std::string(40, '0')), "");
}

TEST_F(ApiTokensOfDialects, OfTheCanonicalMountOpenWhoeverAsks) {
  const std::string secret = mint().secret;
  EXPECT_EQ(check("/v1", secret), "token");
  EXPECT_EQ(check(kMount, secret), "token");
}

TEST_F(ApiTokensOfDialects, ThatAreMadeByThemAndPrefixedDoNotOpenTheCanonicalMount) {
  ApiTokenDraft draft{"edge"};
  draft.made_on = kMount;
  const auto made =
      write([&](Session& db) { return tokens().mint(db, principal(ada_), ada_, draft); });
  ASSERT_TRUE(made);
  EXPECT_EQ(use(made->secret), 401);
  EXPECT_EQ(check(kMount, made->secret), "token");
}

TEST_F(ApiTokensOfDialects, WithAnIdNeedBoth) {
  const Minted one = mint();
  const Minted other = mint();
  const FakeCall call;
  const auto who = tokens().check_pair(call, one.id, one.secret);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->user, ada_);
  EXPECT_EQ(who->credential, one.id);
  EXPECT_FALSE(who->scopes);
  EXPECT_FALSE(who->signed_in_at);
  EXPECT_FALSE(tokens().check_pair(call, other.id, one.secret));
  EXPECT_FALSE(tokens().check_pair(call, "", one.secret));
  EXPECT_FALSE(tokens().check_pair(call, one.id, one.id));
}

TEST_F(ApiTokensOfDialects, AreListedFoundChangedAndRemoved) {
  mint();
  const std::string id = mint_hex().record.id;
  const Principal who = principal(ada_);
  const auto list = app().storage().read([&](Session& db) { return tokens().list(db, who, ada_); });
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2U);
  EXPECT_EQ(list->front().id, id);
  EXPECT_EQ(list->front().made_on, kMount);
  EXPECT_EQ(list->back().made_on, "/v1");
  const auto changed = write([&](Session& db) {
    ApiTokenChange change;
    change.active = false;
    return tokens().change(db, who, ada_, id, change);
  });
  ASSERT_TRUE(changed);
  const auto found =
      app().storage().read([&](Session& db) { return tokens().find(db, who, ada_, id); });
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->active);
  EXPECT_TRUE(write([&](Session& db) { return tokens().remove(db, who, ada_, id); }));
  EXPECT_EQ(titles(), std::vector<std::string>{"backup"});
}

TEST_F(ApiTokensOfDialects, KeepTheirFormatWhenRotated) {
  const std::string path = std::string(kOwnTokens) + "/" + mint_hex().record.id;
  const auto rotated = ada().post(path + "/rotate", "");
  EXPECT_EQ(json_member(rotated.body, "token").size(), 40U) << rotated.body;
}

// A dialect never widens (security.md 2): the same rights, whoever asks.
TEST_F(ApiTokensOfDialects, AreJudgedLikeThoseOfTheCanonicalMount) {
  const Principal stranger = principal(77);
  const auto list =
      app().storage().read([&](Session& db) { return tokens().list(db, stranger, ada_); });
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().code, ErrorCode::NotFound);
  Principal scoped = principal(ada_);
  scoped.scopes = std::vector<std::string>{"users:read"};
  const auto made =
      write([&](Session& db) { return tokens().mint(db, scoped, ada_, ApiTokenDraft{"more"}); });
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().reason, "exceeds_credential");
}

}  // namespace
}  // namespace gatehouse::tokens
