// ES256 (RFC 7518 3.4). SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include <gtest/gtest.h>

#include <gatehouse/digest.hpp>
#include <gatehouse/es256.hpp>

namespace gatehouse {
namespace {

std::string bytes(std::string_view base64url) {
  return base64url_decode(base64url).value_or("");
}

// The example of RFC 7515 A.3.
const Es256Key::Parts kExample = {bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                                  bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
                                  bytes("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")};
constexpr std::string_view kText =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view kSignature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

TEST(Es256, VerifiesTheExampleOfTheRfc) {
  const auto key = Es256Key::from_parts({kExample.x, kExample.y, ""});
  ASSERT_TRUE(key);
  EXPECT_FALSE(key->can_sign());
  EXPECT_TRUE(key->verify(kText, bytes(kSignature)));
  EXPECT_FALSE(key->verify(std::string(kText) + "x", bytes(kSignature)));
  EXPECT_THROW(key->sign(kText), std::logic_error);
}

TEST(Es256, SignsWhatItVerifiesInSixtyFourBytes) {
  const Es256Key key = Es256Key::generate();
  const auto again = Es256Key::from_parts(key.parts());
  ASSERT_TRUE(again);
  for (int i = 0; i < 300; ++i) {  // one in 128 has a leading zero in r or s
    const std::string signature = key.sign(kText);
    ASSERT_EQ(signature.size(), 64u);
    ASSERT_TRUE(again->verify(kText, signature));
  }
  EXPECT_FALSE(Es256Key::generate().verify(kText, key.sign(kText)));
}

TEST(Es256, TakesNoOtherBytesForASignature) {
  const auto key = Es256Key::from_parts(kExample);
  ASSERT_TRUE(key);
  const std::string right = bytes(kSignature);
  const std::string zeros(32, '\0');
  EXPECT_FALSE(key->verify(kText, ""));
  EXPECT_FALSE(key->verify(kText, right.substr(1)));
  EXPECT_FALSE(key->verify(kText, right + "x"));
  EXPECT_FALSE(key->verify(kText, zeros + zeros));
  EXPECT_FALSE(key->verify(kText, zeros + right.substr(32)));
  EXPECT_FALSE(key->verify(kText, right.substr(0, 32) + zeros));
  EXPECT_FALSE(key->verify(kText, right.substr(32) + right.substr(0, 32)));
  for (std::size_t at = 0; at < right.size(); ++at) {
    std::string changed = right;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(key->verify(kText, changed)) << at;
  }
}

TEST(Es256, IsMadeOfNothingElse) {
  EXPECT_TRUE(Es256Key::from_parts(kExample));
  EXPECT_EQ(Es256Key::from_parts(kExample)->parts().secret, kExample.secret);
  const Es256Key::Parts other = Es256Key::generate().parts();
  const std::string zeros(32, '\0');
  const std::string ones(32, '\xff');
  const auto is_key = [](const std::string& x, const std::string& y, const std::string& secret) {
    return Es256Key::from_parts({x, y, secret}).has_value();
  };
  EXPECT_FALSE(is_key("", "", ""));
  EXPECT_FALSE(is_key(kExample.x, kExample.x, "")) << "not on the curve";
  EXPECT_FALSE(is_key(kExample.x, kExample.y.substr(1), ""));
  EXPECT_FALSE(is_key(kExample.x, kExample.y, kExample.secret.substr(1)));
  EXPECT_FALSE(is_key(kExample.x, kExample.y, other.secret));
  EXPECT_FALSE(is_key(kExample.x, kExample.y, zeros));
  EXPECT_FALSE(is_key(kExample.x, kExample.y, ones));
  EXPECT_FALSE(is_key(zeros, zeros, ""));
}

}  // namespace
}  // namespace gatehouse
