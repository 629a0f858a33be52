// What is derived from master keys: apart for each use, and readable after a rotation.
// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include <gatehouse/runtime/kernel_random.hpp>
#include <gatehouse/runtime/key_ring.hpp>

namespace gatehouse {
namespace {

MasterKey key_of(std::string id, std::byte filling) {
  MasterKey key{std::move(id), {}, {}};
  key.bytes.fill(filling);
  return key;
}

class KeyRingTest : public testing::Test {
 protected:
  KeyRingTest() { ring_.load({key_of("000000aa", std::byte{1})}); }
  void rotate() {
    ring_.load({key_of("000000aa", std::byte{1}), key_of("000000bb", std::byte{2})});
  }

  KernelRandom random_;
  KeyRing ring_{random_};
};

// Made with Python's hmac from RFC 5869 section 2.3, so that the derivation never changes unseen:
// what is stored under it could not be opened any more.
TEST_F(KeyRingTest, DerivesAsItAlwaysDid) {
  EXPECT_EQ(ring_.mac("users", "code", {"a", "bc"}),
            "000000aa.ErVHMN55k6-tjTHduq_tRLTrRWT1vEcMGLWR_vIFpMo");
}

TEST_F(KeyRingTest, MacsDifferByPluginPurposeAndParts) {
  std::set<std::string> macs;
  macs.insert(ring_.mac("users", "code", {"ab", "c"}));
  macs.insert(ring_.mac("users", "code", {"a", "bc"}));
  macs.insert(ring_.mac("users", "code", {"abc"}));
  macs.insert(ring_.mac("users", "other", {"ab", "c"}));
  macs.insert(ring_.mac("tokens", "code", {"ab", "c"}));
  EXPECT_EQ(macs.size(), 5u);
  EXPECT_EQ(ring_.mac("users", "code", {"ab", "c"}).size(), 52u);
}

TEST_F(KeyRingTest, AMacHoldsOnlyForWhatItWasMadeOf) {
  const std::string mac = ring_.mac("users", "code", {"ada"});
  EXPECT_TRUE(ring_.verify("users", "code", mac, {"ada"}));
  EXPECT_FALSE(ring_.verify("users", "code", mac, {"bob"}));
  EXPECT_FALSE(ring_.verify("users", "other", mac, {"ada"}));
  EXPECT_FALSE(ring_.verify("tokens", "code", mac, {"ada"}));
  for (const std::string& wrong : {std::string(),
                                   std::string("000000aa."),
                                   mac.substr(0, 51),
                                   mac + "A",
                                   "000000bb" + mac.substr(8)}) {
    EXPECT_FALSE(ring_.verify("users", "code", wrong, {"ada"})) << wrong;
  }
}

TEST_F(KeyRingTest, WhatWasMadeBeforeARotationHoldsAfterIt) {
  const std::string mac = ring_.mac("users", "code", {"ada"});
  const std::string sealed = ring_.seal("users", "key", "secret");
  rotate();
  EXPECT_TRUE(ring_.verify("users", "code", mac, {"ada"}));
  EXPECT_EQ(ring_.open("users", "key", sealed).value(), "secret");
  EXPECT_TRUE(ring_.mac("users", "code", {"ada"}).starts_with("000000bb."));
  EXPECT_TRUE(ring_.seal("users", "key", "secret").starts_with("000000bb."));
}

TEST_F(KeyRingTest, SealedTextOpensForItsPurposeAlone) {
  const std::string sealed = ring_.seal("users", "key", "secret");
  EXPECT_EQ(ring_.open("users", "key", sealed).value(), "secret");
  for (const auto& [plugin, purpose] : {std::pair("users", "other"), std::pair("tokens", "key")}) {
    EXPECT_EQ(ring_.open(plugin, purpose, sealed).error().code, ErrorCode::InvalidArgument);
  }
}

TEST_F(KeyRingTest, EmptyAndLongTextsAreSealedToo) {
  for (const std::string& text :
       {std::string(), std::string(100'000, '\xff'), std::string("\0", 1)}) {
    EXPECT_EQ(ring_.open("users", "key", ring_.seal("users", "key", text)).value(), text);
  }
  EXPECT_EQ(ring_.seal("users", "key", "").size(), 63u);
}

TEST_F(KeyRingTest, EverySealIsAnother) {
  EXPECT_NE(ring_.seal("users", "key", "secret"), ring_.seal("users", "key", "secret"));
}

TEST_F(KeyRingTest, NoCharacterOfASealedTextCanBeChanged) {
  const std::string sealed = ring_.seal("users", "key", "secret");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string altered = sealed;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(ring_.open("users", "key", altered).has_value()) << i;
    EXPECT_FALSE(ring_.open("users", "key", sealed.substr(0, i)).has_value()) << i;
  }
  EXPECT_EQ(ring_.open("users", "key", sealed).value(), "secret");
}

TEST_F(KeyRingTest, TheKeyOfALostMasterKeyIsSaidToBeMissing) {
  const std::string sealed = ring_.seal("users", "key", "secret");
  ring_.load({key_of("000000bb", std::byte{2})});
  EXPECT_EQ(ring_.open("users", "key", sealed).error().code, ErrorCode::Unavailable);
}

TEST_F(KeyRingTest, ADigestIsTheSameUntilARotation) {
  const Sha256 digest = ring_.digest("users", "decoy", {"ada"});
  EXPECT_EQ(ring_.digest("users", "decoy", {"ada"}), digest);
  EXPECT_NE(ring_.digest("users", "decoy", {"bob"}), digest);
  rotate();
  EXPECT_NE(ring_.digest("users", "decoy", {"ada"}), digest);
}

TEST_F(KeyRingTest, IsNotUsedBeforeItIsLoaded) {
  const KeyRing empty(random_);
  EXPECT_THROW(empty.mac("users", "code", {}), std::logic_error);
  EXPECT_THROW(ring_.mac("users", "", {}), std::logic_error);
  EXPECT_THROW(ring_.mac("users", std::string(65, 'x'), {}), std::logic_error);
}

TEST_F(KeyRingTest, NewKeysAreNotAlike) {
  const MasterKey first = MasterKey::make(random_, Time{}, {});
  const MasterKey second = MasterKey::make(random_, Time{}, {first});
  EXPECT_NE(first.id, second.id);
  EXPECT_NE(first.bytes, second.bytes);
  MasterKey same_id = second;
  same_id.id = first.id;
  EXPECT_NE(first.check_value(), same_id.check_value());
}

}  // namespace
}  // namespace gatehouse
