// Tokens under the server's own signature: nothing but the words is wrong.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/digest.hpp>
#include <gatehouse/es256.hpp>
#include <gatehouse/keys.hpp>

#include "plugins/tokens/access_tokens/signed_tokens.hpp"
#include "tests/plugins/tokens/sessions_fixture.hpp"

namespace gatehouse::tokens {

class ForgingTest : public TokensTest {
 protected:
  // Takes one that the server gave as the model.
  void learn(std::string_view token) {
    parts_ = split(token);
    header_ = *base64url_decode(parts_[0]);
    const auto claims = decode_json<AccessClaims>(*base64url_decode(parts_[1]));
    ASSERT_TRUE(claims);
    claims_ = *claims;
    kid_ = header_.substr(header_.find("\"kid\":\"") + 7, 16);
    const auto sealed =
        ask<std::string>("select sealed_secret from tokens_signing_key where kid = :kid", kid_);
    const auto x = ask<std::string>("select x from tokens_signing_key where kid = :kid", kid_);
    const auto y = ask<std::string>("select y from tokens_signing_key where kid = :kid", kid_);
    key_.emplace(*Es256Key::from_parts(
        {*base64url_decode(x), *base64url_decode(y), *host().keys().open("signing_key", sealed)}));
    public_key_ = *base64url_decode(x) + *base64url_decode(y);
  }

  static std::vector<std::string> split(std::string_view token) {
    std::vector<std::string> parts;
    while (true) {
      const std::size_t dot = token.find('.');
      parts.emplace_back(token.substr(0, dot));
      if (dot == token.npos) return parts;
      token.remove_prefix(dot + 1);
    }
  }

  std::string signed_by_us(std::string_view header, std::string_view payload) {
    const std::string text = base64url_encode(header) + "." + base64url_encode(payload);
    return text + "." + base64url_encode(key_->sign(text));
  }
  std::string with_claims(const std::function<void(AccessClaims&)>& alter) {
    AccessClaims claims = claims_;
    alter(claims);
    return signed_by_us(header_, encode_json(claims));
  }
  std::string with_header(std::string_view header) {
    return signed_by_us(header, *base64url_decode(parts_[1]));
  }
  std::string header_with(std::string_view more) {
    return header_.substr(0, header_.size() - 1) + "," + std::string(more) + "}";
  }

  std::vector<std::string> parts_;
  std::string header_;
  AccessClaims claims_;
  std::string kid_;
  std::optional<Es256Key> key_;
  std::string public_key_;
};

}  // namespace gatehouse::tokens
