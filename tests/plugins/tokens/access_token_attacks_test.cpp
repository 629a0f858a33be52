// What is no access token of ours, and why (RFC 8725). SPDX-License-Identifier: Apache-2.0
#include "tests/plugins/tokens/forging_fixture.hpp"

namespace gatehouse::tokens {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kIssuer = "https://id.example.org";

class AccessTokenAttack : public ForgingTest {
 protected:
  void SetUp() override {
    ForgingTest::SetUp();
    opened_ = sign_in();
    learn(opened_.access_token);
  }

  SignedIn opened_;
};

TEST_F(AccessTokenAttack, ATokenSaysWhatRfc9068Wants) {
  EXPECT_EQ(header_, R"({"alg":"ES256","typ":"at+jwt","kid":")" + kid_ + "\"}");
  EXPECT_EQ(claims_.iss, kIssuer);
  EXPECT_EQ(claims_.aud, std::string(kIssuer) + "/v1");
  EXPECT_EQ(claims_.sub, opened_.user.id);
  EXPECT_EQ(claims_.client_id, "gatehouse");
  EXPECT_EQ(claims_.exp - claims_.iat, 300);
  EXPECT_GE(claims_.jti.size(), 22u);
  EXPECT_EQ(claims_.sid, opened_.session);
  EXPECT_EQ(base64url_decode(parts_[1])->find("role"), std::string::npos);
  EXPECT_EQ(opens(with_claims([](AccessClaims&) {})), 200) << "so that the others fail for their "
                                                              "own reason";
}

TEST_F(AccessTokenAttack, WhateverIsWrongIsRefused) {
  const Es256Key other = Es256Key::generate();
  const auto signed_by_other = [&](std::string_view header) {
    const std::string text = base64url_encode(header) + "." + parts_[1];
    return text + "." + base64url_encode(other.sign(text));
  };
  const std::string text = parts_[0] + "." + parts_[1];
  const std::string raw = *base64url_decode(parts_[2]);
  const auto hmac_of = [&](std::string_view header) {
    const std::string claimed = base64url_encode(header) + "." + parts_[1];
    const Sha256 mac =
        hmac_sha256(std::as_bytes(std::span(public_key_.data(), public_key_.size())), claimed);
    const std::string_view bytes(reinterpret_cast<const char*>(mac.data()), mac.size());
    return claimed + "." + base64url_encode(bytes);
  };
  const std::string kid = "\"kid\":\"" + kid_ + "\"";
  const auto jwk = [&] {
    const auto parts = other.parts();
    return R"("jwk":{"kty":"EC","crv":"P-256","x":")" + base64url_encode(parts.x) + R"(","y":")" +
           base64url_encode(parts.y) + "\"}";
  };
  struct Case {
    std::string name;
    std::string token;
  };
  const std::vector<Case> cases = {
      {"alg none without a signature",
       base64url_encode(R"({"alg":"none","typ":"at+jwt"})") + "." + parts_[1] + "."},
      {"alg none, our kid",
       base64url_encode(R"({"alg":"none","typ":"at+jwt",)" + kid + "}") + "." + parts_[1] + "."},
      {"alg none with our signature", with_header(R"({"alg":"none","typ":"at+jwt",)" + kid + "}")},
      {"alg None", with_header(R"({"alg":"None","typ":"at+jwt",)" + kid + "}")},
      {"HS256 with the public key as secret",
       hmac_of(R"({"alg":"HS256","typ":"at+jwt",)" + kid + "}")},
      {"HS256 under our header", hmac_of(header_)},
      {"RS256", with_header(R"({"alg":"RS256","typ":"at+jwt",)" + kid + "}")},
      {"ES384", with_header(R"({"alg":"ES384","typ":"at+jwt",)" + kid + "}")},
      {"alg in lower case", with_header(R"({"alg":"es256","typ":"at+jwt",)" + kid + "}")},
      {"no alg", with_header(R"({"typ":"at+jwt",)" + kid + "}")},
      {"two algs", with_header(R"({"alg":"none","alg":"ES256","typ":"at+jwt",)" + kid + "}")},
      {"typ JWT", with_header(R"({"alg":"ES256","typ":"JWT",)" + kid + "}")},
      {"no typ", with_header(R"({"alg":"ES256",)" + kid + "}")},
      {"typ of an ID token", with_header(R"({"alg":"ES256","typ":"id+jwt",)" + kid + "}")},
      {"unknown kid", with_header(R"({"alg":"ES256","typ":"at+jwt","kid":"AAAAAAAAAAAAAAAA"})")},
      {"no kid", with_header(R"({"alg":"ES256","typ":"at+jwt"})")},
      {"kid that is a path", with_header(R"({"alg":"ES256","typ":"at+jwt","kid":"../../key"})")},
      {"kid that is SQL", with_header(R"({"alg":"ES256","typ":"at+jwt","kid":"' or 1=1 --"})")},
      {"embedded jwk", signed_by_other(header_with(jwk()))},
      {"embedded jwk, our signature", with_header(header_with(jwk()))},
      {"jku", with_header(header_with(R"("jku":"https://evil.example/jwks.json")"))},
      {"x5u", with_header(header_with(R"("x5u":"https://evil.example/cert")"))},
      {"x5c", with_header(header_with(R"("x5c":["MIIB"])"))},
      {"crit", with_header(header_with(R"("crit":["exp"])"))},
      {"b64 false", with_header(header_with(R"("b64":false)"))},
      {"another key", signed_by_other(header_)},
      {"other words under our signature",
       parts_[0] + "." + base64url_encode(encode_json([&] {
         AccessClaims claims = claims_;
         claims.sub = "65f1c0ffee00000000000001";
         return claims;
       }())) +
           "." + parts_[2]},
      {"no signature", text + "."},
      {"two parts", text},
      {"one part", parts_[0] + "."},
      {"four parts", opened_.access_token + ".AAAA"},
      {"five parts, as encrypted", opened_.access_token + ".AAAA.AAAA"},
      {"empty header", "." + parts_[1] + "." + parts_[2]},
      {"empty payload", parts_[0] + ".." + parts_[2]},
      {"a dot", "."},
      {"two dots", ".."},
      {"a blank at its end", opened_.access_token + " "},
      {"a blank in it", parts_[0] + ". " + parts_[1] + "." + parts_[2]},
      {"padded signature", opened_.access_token + "=="},
      {"padded payload", parts_[0] + "." + parts_[1] + "=." + parts_[2]},
      {"unused bits in the last character",
       [&] {
         std::string changed = opened_.access_token;
         // 64 bytes leave four unused bits in the last character.
         changed.back() = changed.back() == 'A' ? 'B' : static_cast<char>(changed.back() + 1);
         return changed;
       }()},
      {"signature in DER",
       text + "." +
           base64url_encode("\x30\x44\x02\x20" + raw.substr(0, 32) + "\x02\x20" + raw.substr(32))},
      {"signature of zeros", text + "." + base64url_encode(std::string(64, '\0'))},
      {"signature with r = 0",
       text + "." + base64url_encode(std::string(32, '\0') + raw.substr(32))},
      {"signature with s beyond the order",
       text + "." + base64url_encode(raw.substr(0, 32) + std::string(32, '\xff'))},
      {"signature too short", text + "." + base64url_encode(raw.substr(0, 63))},
      {"signature too long", text + "." + base64url_encode(raw + '\0')},
      {"base64 instead of base64url",
       [&] {
         std::string changed = parts_[2];
         changed.back() = '+';
         return text + "." + changed;
       }()},
      {"payload that is no JSON", signed_by_us(header_, "claims")},
      {"payload that is an array", signed_by_us(header_, "[]")},
      {"payload with a double claim",
       signed_by_us(header_,
                    [&] {
                      std::string payload = encode_json(claims_);
                      payload.back() = ',';
                      return payload + "\"aud\":\"" + claims_.aud + "\"}";
                    }())},
      {"another issuer", with_claims([](auto& claims) { claims.iss = "https://evil.example"; })},
      {"issuer with a slash", with_claims([](auto& claims) { claims.iss += "/"; })},
      {"no issuer", with_claims([](auto& claims) { claims.iss.clear(); })},
      {"another audience", with_claims([](auto& claims) { claims.aud = "https://other.example"; })},
      {"another mount",
       with_claims([](auto& claims) { claims.aud = "https://id.example.org/one"; })},
      {"the issuer as audience", with_claims([](auto& claims) { claims.aud = claims.iss; })},
      {"another subject",
       with_claims([](auto& claims) { claims.sub = "65f1c0ffee00000000000001"; })},
      {"another client", with_claims([](auto& claims) { claims.client_id = "other"; })},
      {"expired now", with_claims([](auto& claims) { claims.exp = claims.iat; })},
      {"expired long ago", with_claims([](auto& claims) { claims.iat -= 400, claims.exp -= 400; })},
      {"valid for too long", with_claims([](auto& claims) { claims.exp += 1; })},
      {"from the future", with_claims([](auto& claims) { claims.iat += 6, claims.exp += 6; })},
      {"not yet valid", with_claims([](auto& claims) { claims.nbf = claims.iat + 6; })},
      {"negative times", with_claims([](auto& claims) { claims.iat = -300, claims.exp = 0; })},
      {"times that overflow",
       with_claims([](auto& claims) { claims.exp = std::numeric_limits<std::int64_t>::max(); })},
      {"an unknown session",
       with_claims([](auto& claims) { claims.sid = "65f1c0ffee00000000000001"; })},
      {"no session", with_claims([](auto& claims) { claims.sid.reset(); })},
      {"an empty session", with_claims([](auto& claims) { claims.sid = ""; })},
      {"an actor", with_claims([](auto& claims) { claims.act = ActClaim{claims.sub}; })},
      {"grant scopes", with_claims([](auto& claims) { claims.scope = "data:read"; })},
      {"a delegation", with_claims([](auto& claims) { claims.delegation = DelegationClaim(); })},
      {"a delegation to oneself instead of the session", with_claims([&](auto& claims) {
         claims.sid.reset();
         claims.act = ActClaim{claims.sub};
         claims.scope = "data:read";
         claims.delegation = DelegationClaim{ada(), ada(), claims.epoch, "", "", "", {}};
       })},
      {"another epoch of the user", with_claims([](auto& claims) { claims.epoch += 1; })},
      {"another epoch of the deployment", with_claims([](auto& claims) { claims.dep += 1; })},
      {"too long", opened_.access_token + std::string(7'000, 'A')},
  };
  for (const Case& one : cases) {
    const auto reply = bearer(one.token).get("/v1/users/me");
    EXPECT_EQ(reply.status, 401) << one.name << ": " << reply.body;
  }
  EXPECT_EQ(opens(opened_.access_token), 200);
}

TEST_F(AccessTokenAttack, WithinFiveSecondsClocksMayDiffer) {
  EXPECT_EQ(opens(with_claims([](auto& claims) { claims.iat += 5, claims.exp += 5; })), 200);
  EXPECT_EQ(opens(with_claims([](auto& claims) { claims.nbf = claims.iat + 5; })), 200);
}

// The last character of the signature has unused bits, so each change is another text of no token.
TEST_F(AccessTokenAttack, EveryChangeOfACharacterIsRefused) {
  for (std::size_t at = 0; at < opened_.access_token.size(); ++at) {
    std::string changed = opened_.access_token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(bearer(changed).get("/v1/users/me").status, 401) << at;
  }
}

TEST_F(AccessTokenAttack, OpensNoOtherMount) {
  EXPECT_EQ(bearer(opened_.access_token).get("/one/me").status, 401);
}

TEST_F(AccessTokenAttack, OfASessionOfAnotherMountIsRefused) {
  run("update tokens_session set mount = '/one'");
  publish_session(opened_.session);
  EXPECT_EQ(opens(opened_.access_token), 401);
}

TEST_F(AccessTokenAttack, IsNoOtherCredential) {
  EXPECT_EQ(app().anonymous().with("X-Session", opened_.access_token).get("/one/me").status, 401);
  EXPECT_EQ(bearer(opened_.refresh_token).get("/v1/users/me").status, 401);
  EXPECT_EQ(app().anonymous().get("/v1/users/me?access_token=" + opened_.access_token).status, 401);
}

}  // namespace
}  // namespace gatehouse::tokens
