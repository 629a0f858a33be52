// Hashes of other systems: that they verify, what is taken and what is not, and what they cost. The
// vectors were made with Python's hashlib, bcrypt, argon2-cffi and passlib, and with crypt(3).
// SPDX-License-Identifier: Apache-2.0
#include <ctime>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <gatehouse/runtime/passwords.hpp>

namespace gatehouse {
namespace {

constexpr std::string_view kPassword = "correct horse pas\xc3\xb6";

struct Vector {
  const char* name;
  std::string_view label;  // of its cost; "over:...": too little, hashed once more
  std::string_view text;
};
constexpr Vector kVectors[] = {
    {"bcrypt of Python",
     "bcrypt:10",
     "$2b$10$OCiNKsR.zIBMPtt.KCAP8e8/1KAIVUxD5.W8yo.sWZCzCbQEMt.w."},
    {"Flask-Security over bcrypt",
     "bcrypt:10",
     "flask-security$YSBzYWx0IG9mIHRoZSB3aG9sZSBzaXRl$$2b$10$"
     "abcdefghijklmnopqrstuu61QGGy4IJ8Xvp5nhO8EyBIBAVa/4.XK"},
    {"Flask-Security over bcrypt, few",
     "over:19456:2:bcrypt:5",
     "flask-security$YSBzYWx0IG9mIHRoZSB3aG9sZSBzaXRl$$2b$05$"
     "abcdefghijklmnopqrstuuBBGxBejfyBHslSf9/Bv6xo/UHcQnmoS"},
    {"Flask-Security over sha512-crypt",
     "sha512-crypt:656000",
     "flask-security$YSBzYWx0IG9mIHRoZSB3aG9sZSBzaXRl$$6$rounds=656000$saltsalt$"
     "dQRtPpMSmWGqPVXXjVJ1EM6sxkX6VnLK8tLAPNNes7cKwPPZXHZgCB9Ph44K0I.ghKelsQEMez.aAReSj2KGk1"},
    {"bcrypt 2a",
     "over:19456:2:bcrypt:5",
     "$2a$05$nKt9Pwx4lG3gW23.3pqWQuV5cTAJsKcmMo92AfGi70H.HvyXdaGf6"},
    {"bcrypt 2y of PHP",
     "bcrypt:10",
     "$2y$10$abcdefghijklmnopqrstuuno0WhhzNOINqve1I92IdIyv9Ysj.Q72"},
    {"sha256-crypt by default",
     "over:19456:2:sha256-crypt:5000",
     "$5$saltstring$k8o6Rmx1TG7shhFJMuAaMiwupHyeYTXXY6nzYISXyyB"},
    {"sha256-crypt of passlib",
     "sha256-crypt:535000",
     "$5$rounds=535000$YaoL6kFXZT6eUjFj$6gORJ5HG8cNy7m1dT790RY.jK0ShjQtHVzcwXf1wLY1"},
    {"sha512-crypt of passlib",
     "sha512-crypt:656000",
     "$6$rounds=656000$uuQttHT4ALjkXM5K$w78hGDdPEXhRcCq4cqqKZQIA2UPx3AVzFUp.1PKCzpQWGx"
     "tOvxVFdvSz7Mz8LKycmSDNEJyPd4YW/6QzKJgqx/"},
    {"sha512-crypt by default",
     "over:19456:2:sha512-crypt:5000",
     "$6$saltsalt$x3MAfathIM3YdvGwcESWLMM/CYqBbkFNZicvDGL80wZ2uVuiGlMtzvlfPV6cWQ2GG//w"
     "5eBB4VcS2Rz4KBXCi/"},
    {"yescrypt of Debian",
     "yescrypt:12:32",
     "$y$j9T$abcdefghijklmnopqrstu.$w7xU1gregRpGPmrCpy9kT3FaaoRYmzWpa5R1QBRwVrB"},
    {"gost-yescrypt",
     "gost-yescrypt:12:32",
     "$gy$j9T$abcdefghijklmnopqrstu.$Hikq0TMbXlqW3EzuiWq1aTU6if63KCV8f8KRauu.vI."},
    {"yescrypt, small",
     "over:19456:2:yescrypt:10:8",
     "$y$j75$abcdefghijklmnopqrstu.$3SBjq9W9SJlKmyW7gUdqGMKYXFShN6lG2K79B9SRFdC"},
    {"passlib, PBKDF2 with SHA-1",
     "pbkdf2-sha1:1300000",
     "$pbkdf2$1300000$MWas9V5LyRkjZOzdG8NYCw$oTlzH6mpu6yKkcqaohcjk6UaqoU"},
    {"passlib, PBKDF2 with SHA-256, few",
     "over:19456:2:pbkdf2-sha256:29000",
     "$pbkdf2-sha256$29000$HYPQ.n8PAaDU.n9vzTmnVA$AURtey7ZOSb2q1W.V.l3hJh6pl7mT/g7ORDu"
     "H7bw1RU"},
    {"passlib, PBKDF2 with SHA-256",
     "pbkdf2-sha256:600000",
     "$pbkdf2-sha256$600000$/t/731ur9V5LKQXgXGsNwQ$HK.lzF2.L5xBbbmsRbF756hZhIXveF1hreO"
     "kX0j2Arg"},
    {"passlib, PBKDF2 with SHA-512",
     "pbkdf2-sha512:210000",
     "$pbkdf2-sha512$210000$rlVqLSXE.N9b631vjTFm7A$Ro0xRHn0S7zi8y/mnp7CJUDWzmTeMQly3RF"
     "hfnqzlAO3sVCpNRU6LL7H7D7LtzA7dwRWfSssCt8i8hFuAartxg"},
    {"Django",
     "pbkdf2-sha256:600000",
     "pbkdf2_sha256$600000$Xh3jJ2Dx8aVb$MO2U8NFc+nWL+MEVXaR1QNxTCG4XyOlll8BwJ7/PS2w="},
    {"Django, long ago",
     "over:19456:2:pbkdf2-sha256:36000",
     "pbkdf2_sha256$36000$Xh3jJ2Dx8aVb$WIy/usrc9ZeN1LYlN+2w0ywJayaivsOwNEBxPvfuNR4="},
    {"Django with SHA-1",
     "over:19456:2:pbkdf2-sha1:36000",
     "pbkdf2_sha1$36000$Xh3jJ2Dx8aVb$v+BJaVQRKP0A4vpGVA5EQPFSNYI="},
    {"Werkzeug",
     "pbkdf2-sha256:600000",
     "pbkdf2:sha256:600000$dQ8z1pLk$09709b97660623ecfc986977e8f60edd705ea60a950690559a"
     "8cb60575abcab7"},
    {"Werkzeug with SHA-512",
     "pbkdf2-sha512:210000",
     "pbkdf2:sha512:210000$dQ8z1pLk$409141550b6f46f45adb1f2bdf161b82e5b9d438ebde34209f"
     "5d37872ecc70723a516bdea13f658e510d87093c7febb348fb97d7bc7e78ca8c7941b5152c4ade"},
    {"Werkzeug, long ago",
     "over:19456:2:pbkdf2-sha1:1000",
     "pbkdf2:sha1:1000$dQ8z1pLk$593ed4e5bb07f54ea88dde0dd197fb249dc29580"},
    {"Werkzeug, scrypt",
     "over:19456:2:scrypt:32768:8:1",
     "scrypt:32768:8:1$dQ8z1pLk$e1ed0089367f3898fe5ff37b03638be532626de0070781de9803f4"
     "b7fb2ddc9591d9ea13249ffeb3938eefdd2ebec95ce9df213d025b5c69cf8e164f856092c5"},
    {"Werkzeug, scrypt three times",
     "scrypt:32768:8:3",
     "scrypt:32768:8:3$dQ8z1pLk$1a82423c8d1970f6215af67afb336aa538748fbd02d0093961296e"
     "2020e34191b1bc7b348f170f87e05dc510760161af8b0e8c68087211def1f704ea7b1d3738"},
    {"Argon2id of argon2-cffi",
     "argon2id:65536:3:4:16",
     "$argon2id$v=19$m=65536,t=3,p=4$J6InHvZbikyUbsWTHb/RMA$Ep+nrmfKjhOE5E9c+fFdAg"},
    {"Argon2id of Django",
     "argon2id:102400:2:8:16",
     "argon2$argon2id$v=19$m=102400,t=2,p=8$C+1Ncy7hfyVYmfMXeDvfsQ$DyF/6dhzZvXtd8JS/fw"
     "+3g"},
    {"Argon2id with a short digest",
     "argon2id:19456:2:1:16",
     "$argon2id$v=19$m=19456,t=2,p=1$utlHONAZZ2KNyn33MRKqIQ$FEJzfsibgLkmI5uFQRQg8g"},
    {"Argon2id, small",
     "over:19456:2:argon2id:512:2:2:16",
     "$argon2id$v=19$m=512,t=2,p=2$SJse4ZZ2kkT0KlcEjrkrFg$im+PtYnR8dK1ucdCwHGF0g"},
};

class ForeignHash : public ::testing::Test {
 protected:
  std::string adopt(std::string_view text) {
    const auto stored = passwords_.adopt(text);
    EXPECT_TRUE(stored) << text << ": " << stored.error().message;
    return stored ? *stored : "";
  }
  std::string refusal(std::string_view text) {
    const auto judged = passwords_.judge_foreign(text);
    const auto stored = passwords_.adopt(text);
    EXPECT_EQ(judged.has_value(), stored.has_value()) << text;
    return judged ? "" : judged.error().message;
  }
  double cpu_of_refusing(std::string_view stored) {
    const std::clock_t before = std::clock();
    EXPECT_FALSE(passwords_.verify(stored, "wrong"));
    return static_cast<double>(std::clock() - before);
  }

  Argon2Passwords passwords_{PasswordCost{}};
  const HashingAllowed here_;
};

TEST_F(ForeignHash, VerifiesItsPasswordAndNoOther) {
  for (const Vector& each : kVectors) {
    SCOPED_TRACE(each.name);
    const std::string stored = adopt(each.text);
    EXPECT_TRUE(stored.starts_with(std::string(each.label) + "~")) << stored;
    EXPECT_TRUE(passwords_.verify(stored, kPassword));
    EXPECT_FALSE(passwords_.verify(stored, kPassword.substr(1)));
  }
}

TEST_F(ForeignHash, IsStoredUnderTheLabelOfItsCostOnly) {
  for (const Vector& each : kVectors) {
    SCOPED_TRACE(each.name);
    EXPECT_FALSE(passwords_.verify(each.text, kPassword)) << "as it came";
    const std::string other = std::string("bcrypt:11~") + std::string(each.text);
    EXPECT_FALSE(passwords_.verify(other, kPassword));
    EXPECT_TRUE(passwords_.is_weak(adopt(each.text))) << "so that a sign-in makes it ours";
  }
}

TEST_F(ForeignHash, ComesOutAsItCameIn) {
  for (const Vector& each : kVectors) {
    SCOPED_TRACE(each.name);
    const std::string stored = adopt(each.text);
    const bool hashed_once_more = each.label.starts_with("over:");
    EXPECT_EQ(passwords_.original(stored), hashed_once_more ? stored : each.text);
    EXPECT_EQ(adopt(stored), stored);
    EXPECT_EQ(stored.find(each.text) == stored.npos, hashed_once_more);
  }
}

TEST_F(ForeignHash, OfOursStaysAsItIs) {
  const std::string ours = passwords_.hash(kPassword);
  EXPECT_EQ(adopt(ours), ours);
  EXPECT_EQ(passwords_.original(ours), ours);
}

TEST_F(ForeignHash, ADecoyCostsWhatItStandsFor) {
  for (const Vector& each : kVectors) {
    SCOPED_TRACE(each.name);
    const std::string stored = adopt(each.text);
    const std::string label = std::string(each.label) + "~";
    const std::string decoy = passwords_.decoy_like(label);
    EXPECT_TRUE(decoy.starts_with(label)) << decoy;
    EXPECT_NE(decoy, passwords_.decoy_like(stored));
    EXPECT_TRUE(passwords_.judge_foreign(decoy)) << decoy;
    const double real = cpu_of_refusing(stored);
    EXPECT_GT(cpu_of_refusing(decoy), real / 4) << decoy;
  }
  for (const std::string_view text :
       {"~", "bcrypt:31~", "bcrypt~", "argon2id:65536:3:4:65~", "x:1~"}) {
    EXPECT_TRUE(passwords_.decoy_like(text).starts_with("$argon2id$")) << text;
  }
}

// bcrypt reads 72 bytes, and so did the system the hash comes from.
TEST_F(ForeignHash, BcryptEndsAt72BytesAsItAlwaysDid) {
  const std::string stored = adopt("$2b$10$jIPTvaKiRMk0.Uoqwr5i/uVbKogRKFxSjeRFuzYuIcrQJZIsxlBHa");
  const std::string read(72, 'x');
  EXPECT_TRUE(passwords_.verify(stored, read));
  EXPECT_TRUE(passwords_.verify(stored, read + "tail"));
  EXPECT_TRUE(passwords_.verify(stored, read + std::string(900, 'y')));
  EXPECT_FALSE(passwords_.verify(stored, read.substr(1)));
  EXPECT_FALSE(passwords_.verify(stored, std::string_view("x\0x", 3)));
}

// sha*-crypt takes longer the longer the password is, and the client chooses that.
TEST_F(ForeignHash, ShaCryptReadsNoPasswordOfMoreThan128Bytes) {
  constexpr std::string_view kOf128 =
      "$6$rounds=1000$saltsalt$"
      "cP.8gvW5vDOwkClP/gaRM8MtDgAn3.B2aNS.Mpkg9bWcEx5As4wwnY5At5sUHde2gCG3g3CJgkWwd7xB35UJ30";
  constexpr std::string_view kOf129 =
      "$6$rounds=1000$saltsalt$"
      "fzRTIsVS6vkf05/R4KvQ7W/VhBWLbYRwYNe9hcqgC3VA4s/.C4KCToMSGvK2tPWrKEmq6bptWlt1SgT0OYY0R1";
  EXPECT_TRUE(passwords_.verify(adopt(kOf128), std::string(128, 'x')));
  EXPECT_FALSE(passwords_.verify(adopt(kOf128), std::string(129, 'x'))) << "cut short";
  EXPECT_FALSE(passwords_.verify(adopt(kOf129), std::string(129, 'x')));
}

TEST_F(ForeignHash, ATooLongPasswordIsRefusedAfterTheUsualTime) {
  for (const std::string_view text : {kVectors[3].text, kVectors[5].text}) {
    const std::string stored = adopt(text);
    const double usual = cpu_of_refusing(stored);
    const std::clock_t before = std::clock();
    EXPECT_FALSE(passwords_.verify(stored, std::string(1'024, 'x')));
    EXPECT_GT(static_cast<double>(std::clock() - before), usual / 4) << text;
  }
}

struct Refusal {
  std::string_view text;
  std::string_view reason;
};

TEST_F(ForeignHash, IsRefusedWhereItProtectsNothing) {
  constexpr Refusal kRefusals[] = {
      {"", "no password"},
      {"*", "no password"},
      {"!", "no password"},
      {"!$6$saltsalt$abc", "no password"},
      {"$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/", "MD5"},
      {"$apr1$saltsalt$qjXMvbEw8oaL.CzflDtaK/", "MD5"},
      {"md5$salt$5f4dcc3b5aa765d61d8327deb882cf99", "MD5"},
      {"abJnggxhB/yWI", "DES"},
      {"5f4dcc3b5aa765d61d8327deb882cf99", "bare digest"},
      {"{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3", "none of the formats"},
      {"sha1$abc$0123", "none of the formats"},
      {"password", "none of the formats"},
      {"~", "none of the formats"}};
  for (const Refusal& each : kRefusals) {
    EXPECT_NE(refusal(each.text).find(each.reason), std::string::npos)
        << each.text << ": " << refusal(each.text);
    for (const std::string_view password : {std::string_view(), each.text}) {
      EXPECT_FALSE(passwords_.verify(each.text, password)) << each.text;
    }
  }
}

// Every vector cut short, grown, or with a stranger in it.
TEST_F(ForeignHash, IsReadStrictlyToItsEnd) {
  for (const Vector& each : kVectors) {
    const std::string text(each.text);
    for (const std::string& broken :
         {text.substr(0, text.size() - 1),
          text + "A",
          text + "$",
          text + "\n",
          text + std::string(500, 'A'),
          text.substr(0, text.rfind('$')),
          " " + text,
          text.substr(0, text.size() - 5) + "~" + text.substr(text.size() - 4),
          text.substr(0, text.size() - 5) + "\xc3" + text.substr(text.size() - 4)}) {
      EXPECT_FALSE(refusal(broken).empty()) << broken;
      EXPECT_FALSE(passwords_.verify(broken, kPassword)) << broken;
    }
  }
  for (const std::string_view text :
       {"pbkdf2_sha256$036000$salt$WIy/usrc9ZeN1LYlN+2w0ywJayaivsOwNEBxPvfuNR4=",
        "pbkdf2_sha256$36000$$WIy/usrc9ZeN1LYlN+2w0ywJayaivsOwNEBxPvfuNR4=",
        "pbkdf2_sha256$-1$salt$WIy/usrc9ZeN1LYlN+2w0ywJayaivsOwNEBxPvfuNR4=",
        "$5$$k8o6Rmx1TG7shhFJMuAaMiwupHyeYTXXY6nzYISXyyB",
        "$argon2i$v=19$m=65536,t=3,p=4$J6InHvZbikyUbsWTHb/RMA$Ep+nrmfKjhOE5E9c+fFdAg",
        "$argon2id$v=16$m=65536,t=3,p=4$J6InHvZbikyUbsWTHb/RMA$Ep+nrmfKjhOE5E9c+fFdAg",
        "$2x$10$abcdefghijklmnopqrstuuno0WhhzNOINqve1I92IdIyv9Ysj.Q72",
        "flask-security$",
        "flask-security$QQ==$",
        "flask-security$$$2b$10$abcdefghijklmnopqrstuuno0WhhzNOINqve1I92IdIyv9Ysj.Q72",
        "flask-security$Q?==$$2b$10$abcdefghijklmnopqrstuuno0WhhzNOINqve1I92IdIyv9Ysj.Q72",
        "flask-security$QQ==$flask-security$QQ==$$2b$10$"
        "abcdefghijklmnopqrstuuno0WhhzNOINqve1I92IdIyv9Ysj.Q72"}) {
    EXPECT_FALSE(refusal(text).empty()) << text;
  }
}

TEST_F(ForeignHash, CostsNoMoreThanASignInMayTake) {
  const std::string hex64(128, 'a');
  const std::string hex32(64, 'a');
  const std::string crypt43(43, 'a');
  struct Bounds {
    std::string at;
    std::string beyond;
  };
  const auto bcrypt = [](std::string_view cost) {
    return "$2b$" + std::string(cost) + "$abcdefghijklmnopqrstuuno0WhhzNOINqve1I92IdIyv9Ysj.Q72";
  };
  const auto sha = [&](std::string_view rounds) {
    return "$5$rounds=" + std::string(rounds) + "$saltsalt$" + crypt43;
  };
  const auto yescrypt = [&](std::string_view parameters) {
    return "$y$" + std::string(parameters) + "$abcdefghijklmnopqrstu.$" + crypt43;
  };
  const auto pbkdf2 = [&](std::string_view rounds) {
    return "pbkdf2:sha256:" + std::string(rounds) + "$salt$" + hex32;
  };
  const auto pbkdf2_sha512 = [&](std::string_view rounds) {
    return "pbkdf2:sha512:" + std::string(rounds) + "$salt$" + hex64;
  };
  const auto scrypt = [&](std::string_view cost) {
    return "scrypt:" + std::string(cost) + "$salt$" + hex64;
  };
  const auto argon2 = [](std::string_view cost) {
    return "$argon2id$v=19$" + std::string(cost) + "$J6InHvZbikyUbsWTHb/RMA$Ep+nrmfKjhOE5E9c+fFdAg";
  };
  const Bounds bounds[] = {{bcrypt("15"), bcrypt("16")},
                           {bcrypt("04"), bcrypt("03")},
                           {sha("1000000"), sha("1000001")},
                           {sha("1000"), sha("999")},
                           {yescrypt("jCT"), yescrypt("jDT")},
                           {pbkdf2("3000000"), pbkdf2("3000001")},
                           {pbkdf2_sha512("1500000"), pbkdf2_sha512("1500001")},
                           {pbkdf2("1"), pbkdf2("4294967296")},
                           {scrypt("131072:8:4"), scrypt("131072:8:5")},
                           {scrypt("131072:8:1"), scrypt("262144:8:1")},
                           {scrypt("1024:8:1"), scrypt("1024:4294967295:4294967295")},
                           {scrypt("1024:8:1"), scrypt("1023:8:1")},
                           {argon2("m=262144,t=8,p=1"), argon2("m=262145,t=1,p=1")},
                           {argon2("m=65536,t=32,p=16"), argon2("m=65536,t=33,p=1")},
                           {argon2("m=65536,t=3,p=16"), argon2("m=65536,t=3,p=17")},
                           {argon2("m=128,t=1,p=16"), argon2("m=127,t=1,p=16")}};
  for (const Bounds& each : bounds) {
    EXPECT_TRUE(passwords_.judge_foreign(each.at)) << each.at;
    EXPECT_FALSE(passwords_.judge_foreign(each.beyond)) << each.beyond;
    EXPECT_FALSE(passwords_.verify("bcrypt:16~" + each.beyond, "x"));
  }
}

TEST_F(ForeignHash, BelowTheFloorOfItsFormatItIsHashedOnceMore) {
  const std::string hex64(128, 'a');
  const std::string hex32(64, 'a');
  const std::string hex20(40, 'a');
  const std::string crypt43(43, 'a');
  const std::string crypt86(86, 'a');
  struct Bounds {
    std::string at;
    std::string below;
  };
  const std::string bcrypt_rest = "$abcdefghijklmnopqrstuuno0WhhzNOINqve1I92IdIyv9Ysj.Q72";
  const std::string argon2_rest = "$J6InHvZbikyUbsWTHb/RMA$Ep+nrmfKjhOE5E9c+fFdAg";
  const std::string yescrypt_rest = "$abcdefghijklmnopqrstu.$" + crypt43;
  const Bounds bounds[] = {
      {"$2y$10" + bcrypt_rest, "$2y$09" + bcrypt_rest},
      {"$5$rounds=535000$salt$" + crypt43, "$5$rounds=534999$salt$" + crypt43},
      {"$6$rounds=656000$salt$" + crypt86, "$6$rounds=655999$salt$" + crypt86},
      {"$y$j9T" + yescrypt_rest, "$y$j8T" + yescrypt_rest},
      {"$gy$jB5" + yescrypt_rest, "$gy$j95" + yescrypt_rest},
      {"pbkdf2:sha1:1300000$salt$" + hex20, "pbkdf2:sha1:1299999$salt$" + hex20},
      {"pbkdf2:sha256:600000$salt$" + hex32, "pbkdf2:sha256:599999$salt$" + hex32},
      {"pbkdf2:sha512:210000$salt$" + hex64, "pbkdf2:sha512:209999$salt$" + hex64},
      {"scrypt:131072:8:1$salt$" + hex64, "scrypt:65536:8:1$salt$" + hex64},
      {"scrypt:8192:8:10$salt$" + hex64, "scrypt:8192:8:9$salt$" + hex64},
      {"$argon2id$v=19$m=19456,t=2,p=4" + argon2_rest,
       "$argon2id$v=19$m=19455,t=2,p=4" + argon2_rest}};
  for (const Bounds& each : bounds) {
    EXPECT_EQ(passwords_.original(adopt(each.at)), each.at);
    EXPECT_TRUE(adopt(each.below).starts_with("over:19456:2:")) << each.below;
  }
}

TEST_F(ForeignHash, WhatWasHashedOnceMoreHasACeilingAndAFloorToo) {
  const auto over = [](std::string_view cost) {
    return "over:" + std::string(cost) +
           ":bcrypt:4~$2b$04$abcdefghijklmnopqrstu.~AQEBAQEBAQEBAQEBAQEBAQ~"
           "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI";
  };
  for (const std::string_view good : {"19456:2", "262144:8"}) {
    EXPECT_TRUE(passwords_.judge_foreign(over(good))) << good;
  }
  for (const std::string_view bad : {"262145:2", "262144:9", "4194304:1000", "19455:2", "8:1"}) {
    EXPECT_FALSE(passwords_.judge_foreign(over(bad))) << bad;
    EXPECT_FALSE(passwords_.adopt(over(bad))) << bad;
  }
}

TEST_F(ForeignHash, ALabelDoesNotCarryAWeakHashPastTheFloor) {
  const std::string weak = "$2b$04$abcdefghijklmnopqrstuuno0WhhzNOINqve1I92IdIyv9Ysj.Q72";
  EXPECT_FALSE(passwords_.judge_foreign("bcrypt:4~" + weak));
  EXPECT_FALSE(passwords_.adopt("bcrypt:4~" + weak));
}

}  // namespace
}  // namespace gatehouse
