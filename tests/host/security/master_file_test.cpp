// The file of master keys: who may read it, what it may hold, and how a lost one is noticed.
// SPDX-License-Identifier: Apache-2.0
#include "host/security/master_file.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gatehouse/plugin.hpp>
#include <gatehouse/runtime/kernel_random.hpp>
#include <gatehouse/testing/fakes.hpp>
#include <gatehouse/testing/harness.hpp>

namespace gatehouse::host {
namespace {

// Opens the tables of the SDK, and nothing else.
class NoPlugin final : public Plugin {};

class MasterFileTest : public ::testing::Test {
 protected:
  MasterFileTest() {
    std::string name = (std::filesystem::temp_directory_path() / "gatehouse-keys-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = name;
    file_ = folder_ / "keys" / "master.key";
  }
  ~MasterFileTest() override { std::filesystem::remove_all(folder_); }

  // Each younger than the one before.
  MasterKey new_key() {
    clock_.advance(std::chrono::seconds(1));
    return MasterKey::make(random_, clock_.now(), {});
  }
  void write(std::string_view text) {
    std::filesystem::create_directories(file_.parent_path());
    std::ofstream(file_) << text;
    ::chmod(file_.c_str(), 0600);
  }
  std::string read() {
    std::ifstream stream(file_);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  gatehouse::testing::FakeClock clock_;
  KernelRandom random_;
  std::filesystem::path folder_;
  std::filesystem::path file_;
};

TEST_F(MasterFileTest, IsMadeForItsOwnerAloneAndReadBack) {
  const MasterKey key = new_key();
  ASSERT_TRUE(make_master_file(file_, key).has_value());
  struct stat status {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(file_.parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  const auto keys = read_master_file(file_);
  ASSERT_TRUE(keys.has_value()) << keys.error().message;
  ASSERT_EQ(keys->size(), 1u);
  EXPECT_EQ(keys->front().id, key.id);
  EXPECT_EQ(keys->front().bytes, key.bytes);
  EXPECT_EQ(keys->front().created_at, key.created_at);
}

TEST_F(MasterFileTest, IsNeverOverwritten) {
  ASSERT_TRUE(make_master_file(file_, new_key()).has_value());
  const std::string before = read();
  EXPECT_EQ(make_master_file(file_, new_key()).error().code, ErrorCode::Conflict);
  EXPECT_EQ(read(), before);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(file_.parent_path()), {}), 1);
}

TEST_F(MasterFileTest, OfManyWhoMakeItAtOnceOneDoes) {
  std::vector<std::thread> threads;
  std::atomic<int> made = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { made += make_master_file(file_, new_key()).has_value() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(read_master_file(file_)->size(), 1u);
}

TEST_F(MasterFileTest, ARotationKeepsTheOlderKeysAndOthersWhoRotate) {
  const MasterKey first = new_key();
  ASSERT_TRUE(make_master_file(file_, first).has_value());
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE(add_to_master_file(file_, new_key()).has_value()); });
  }
  for (std::thread& thread : threads) thread.join();
  const auto keys = read_master_file(file_);
  ASSERT_EQ(keys->size(), 9u);
  EXPECT_EQ(keys->front().id, first.id);
  struct stat status {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(MasterFileTest, OneThatOthersCanReadIsRefused) {
  ASSERT_TRUE(make_master_file(file_, new_key()).has_value());
  for (const mode_t mode : {0640u, 0604u, 0620u, 0610u}) {
    ::chmod(file_.c_str(), mode);
    const auto keys = read_master_file(file_);
    ASSERT_FALSE(keys.has_value()) << std::oct << mode;
    EXPECT_EQ(keys.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(keys.error().message.find("chmod 600"), std::string::npos) << keys.error().message;
  }
  ::chmod(file_.c_str(), 0400);
  EXPECT_TRUE(read_master_file(file_).has_value());
}

TEST_F(MasterFileTest, OneThatBelongsToSomebodyElseIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  ASSERT_TRUE(make_master_file(file_, new_key()).has_value());
  ASSERT_EQ(::chown(file_.c_str(), 65'534, 65'534), 0);
  EXPECT_EQ(read_master_file(file_).error().code, ErrorCode::InvalidArgument);
}

TEST_F(MasterFileTest, WhatIsNoKeyIsRefusedWithItsLine) {
  const std::string good = "0123abcd 2026-01-01T00:00:00.000Z " + std::string(43, 'A') + "=\n";
  write("# a remark\n\n" + good);
  ASSERT_TRUE(read_master_file(file_).has_value()) << read_master_file(file_).error().message;
  std::string key(43, 'A');
  key += '=';
  for (const std::string& bad : {std::string("nonsense"),
                                 "0123abcX 2026-01-01T00:00:00.000Z " + key,
                                 "0123abc 2026-01-01T00:00:00.000Z " + key,
                                 "0123abcd yesterday " + key,
                                 std::string("0123abce 2026-01-01T00:00:00.000Z AAAA"),
                                 "0123abce 2026-01-01T00:00:00.000Z " + key + " more",
                                 "0123abcd 2026-01-01T00:00:00.000Z " + key}) {
    write(good + bad + "\n");
    const auto keys = read_master_file(file_);
    ASSERT_FALSE(keys.has_value()) << bad;
    EXPECT_NE(keys.error().message.find(":2: "), std::string::npos) << keys.error().message;
    EXPECT_EQ(keys.error().message.find(key), std::string::npos) << "a key in a message";
  }
  for (const char* empty : {"", "\n", "# nothing\n"}) {
    write(empty);
    EXPECT_EQ(read_master_file(file_).error().code, ErrorCode::InvalidArgument);
  }
}

TEST_F(MasterFileTest, AMissingOneIsNotFound) {
  EXPECT_EQ(read_master_file(file_).error().code, ErrorCode::NotFound);
}

class KeysOfADatabase : public MasterFileTest {
 protected:
  Result<None> match(const std::vector<MasterKey>& keys) {
    return match_with_database("master.key", keys, app_.storage());
  }
  gatehouse::testing::Harness<NoPlugin> app_{"none"};
};

TEST_F(KeysOfADatabase, AreNotedAndFoundAgain) {
  const MasterKey first = new_key();
  const MasterKey second = new_key();
  EXPECT_TRUE(match({}).has_value()) << "a new database was never used with a key";
  EXPECT_TRUE(match({first}).has_value());
  EXPECT_TRUE(match({first}).has_value());
  EXPECT_TRUE(match({first, second}).has_value());
  EXPECT_TRUE(match({second, first}).has_value());
}

TEST_F(KeysOfADatabase, AreMissedWhenTheyAreGoneOrOthers) {
  const MasterKey first = new_key();
  const MasterKey second = new_key();
  ASSERT_TRUE(match({first, second}).has_value());
  MasterKey forged = second;
  forged.id = first.id;
  for (const std::vector<MasterKey>& keys :
       {std::vector<MasterKey>{}, std::vector<MasterKey>{second}, {forged, second}, {new_key()}}) {
    const auto matched = match(keys);
    ASSERT_FALSE(matched.has_value());
    EXPECT_NE(matched.error().message.find("gatehouse keys forget " + first.id), std::string::npos)
        << matched.error().message;
  }
}

TEST_F(KeysOfADatabase, AreForgottenOnlyWhenTheyAreLost) {
  const MasterKey first = new_key();
  const MasterKey second = new_key();
  ASSERT_TRUE(match({first, second}).has_value());
  EXPECT_EQ(forget_key(first.id, {first, second}, app_.storage()).error().code,
            ErrorCode::Conflict);
  EXPECT_EQ(forget_key("00000000", {second}, app_.storage()).error().code, ErrorCode::NotFound);
  EXPECT_TRUE(forget_key(first.id, {second}, app_.storage()).has_value());
  EXPECT_TRUE(match({second}).has_value());
}

}  // namespace
}  // namespace gatehouse::host
