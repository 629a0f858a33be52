// Digests and encodings against the vectors of their standards. SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include <gatehouse/digest.hpp>

namespace gatehouse {
namespace {

using namespace std::string_view_literals;

Sha256 hmac(std::string_view key, std::string_view data) {
  return hmac_sha256(std::as_bytes(std::span(key)), data);
}

TEST(Digest, Blake2bIsThatOfItsRfc) {
  // hashlib.blake2b(b"abc", digest_size=16)
  EXPECT_EQ(to_hex(blake2b_128("abc")), "cf4ab791c62b8d2b2109c90275287816");
  EXPECT_EQ(to_hex(blake2b_128("")), "cae66941d9efbd404e4d88758ea67670");
}

TEST(Sha256, MatchesTheVectorsOfFips180) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

// A null of no length, which libsodium may not be given (UBSan).
TEST(HmacSha256, TakesNothingForAKeyAndForAText) {
  EXPECT_EQ(to_hex(hmac_sha256({}, std::string_view())), to_hex(hmac("", "")));
  EXPECT_EQ(sha256_hex(std::string_view()), sha256_hex(""));
  EXPECT_EQ(to_hex(blake2b_128(std::string_view())), to_hex(blake2b_128("")));
}

TEST(HmacSha256, MatchesTheVectorsOfRfc4231) {
  struct Case {
    std::string key;
    std::string data;
    std::string expected;
  };
  const Case cases[] = {
      {std::string(20, '\x0b'),
       "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe",
       "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'),
       std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {std::string(131, '\xaa'),
       "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
  };
  for (const Case& each : cases) EXPECT_EQ(to_hex(hmac(each.key, each.data)), each.expected);
}

TEST(HmacSha256, KeepsItsPartsApart) {
  const auto key = std::as_bytes(std::span("key"sv));
  EXPECT_NE(hmac_sha256(key, {"ab", "c"}), hmac_sha256(key, {"a", "bc"}));
  EXPECT_NE(hmac_sha256(key, {"abc"}), hmac_sha256(key, {"abc", ""}));
  EXPECT_EQ(hmac_sha256(key, {"ab", "c"}), hmac_sha256(key, {"ab", "c"}));
  // The length of each part as eight bytes, then the part.
  EXPECT_EQ(hmac_sha256(key, {"ab"}),
            hmac("key",
                 "\0\0\0\0\0\0\0\x02"
                 "ab"sv));
}

TEST(ConstantTimeEqual, ComparesWholeTexts) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("same", "same"));
  EXPECT_FALSE(constant_time_equal("same", "sama"));
  EXPECT_FALSE(constant_time_equal("same", "same "));
}

TEST(Base64, DecodesTheVectorsOfRfc4648) {
  EXPECT_EQ(base64_decode(""), "");
  EXPECT_EQ(base64_decode("Zg=="), "f");
  EXPECT_EQ(base64_decode("Zm8="), "fo");
  EXPECT_EQ(base64_decode("Zm9v"), "foo");
  EXPECT_EQ(base64_decode("Zm9vYg=="), "foob");
  EXPECT_EQ(base64_decode("Zm9vYmFy"), "foobar");
  EXPECT_EQ(base64_decode("+/8="), "\xfb\xff");
}

TEST(Base64, RefusesEverythingThatIsNotTheOneSpelling) {
  struct Case {
    const char* name;
    std::string_view text;
  };
  const Case cases[] = {{"no padding", "Zg"},
                        {"half the padding", "Zg="},
                        {"too much padding", "Zg==="},
                        {"padding alone", "=="},
                        {"unused bits set", "Zh=="},
                        {"a blank", "Zm 9v"},
                        {"a line end", "Zm9v\n"},
                        {"the other alphabet", "-_8="},
                        {"text after the padding", "Zg==Zg=="},
                        {"one character", "Z"},
                        {"NUL", "Zm9\0"sv}};
  for (const Case& each : cases) EXPECT_EQ(base64_decode(each.text), std::nullopt) << each.name;
}

TEST(Base64Url, GoesBothWaysWithoutPadding) {
  EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8");
  EXPECT_EQ(base64url_decode("-_8"), "\xfb\xff");
  EXPECT_EQ(base64url_encode(""), "");
  for (std::size_t length = 0; length < 70; ++length) {
    const std::string bytes(length, static_cast<char>(length * 37));
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
  }
}

TEST(Base64Url, RefusesPaddingTheOtherAlphabetAndUnusedBits) {
  for (const char* text : {"-_8=", "+/8", "-_9", "a"}) {
    EXPECT_EQ(base64url_decode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace gatehouse
