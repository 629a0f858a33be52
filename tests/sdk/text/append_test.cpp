// Files that only grow. SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gatehouse/append.hpp>

namespace gatehouse {
namespace {

class Append : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "gatehouse-append-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path(std::string_view name) const { return folder_ / name; }
  static std::string content(const std::string& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  static std::string refusal(const std::string& file) {
    const auto added = append_to_file(file, "x\n");
    return added ? "" : added.error().message;
  }

 private:
  std::filesystem::path folder_;
};

// No file of this process grows beyond it.
class LargestFile {
 public:
  explicit LargestFile(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~LargestFile() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST_F(Append, AddsToTheEndOfAFileForItsOwnerAlone) {
  const std::string file = path("file");
  ASSERT_TRUE(append_to_file(file, "one\n"));
  ASSERT_TRUE(append_to_file(file, "two\n"));
  EXPECT_EQ(content(file), "one\ntwo\n");
  EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::all,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(Append, BeginsOnALineOfItsOwn) {
  const std::string file = path("file");
  std::ofstream(file) << "one\nhalf";
  ASSERT_TRUE(append_to_file(file, ""));
  EXPECT_EQ(content(file), "one\nhalf") << "nothing is nothing";
  ASSERT_TRUE(append_to_file(file, "two\n"));
  EXPECT_EQ(content(file), "one\nhalf\ntwo\n");
}

TEST_F(Append, TakesBackWhatItCouldWriteOnlyInPart) {
  const std::string file = path("file");
  ASSERT_TRUE(append_to_file(file, "one\n"));
  {
    const LargestFile limit(6);
    EXPECT_EQ(refusal(file), "") << "six bytes fit";
    const auto added = append_to_file(file, "three\n");
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().message, file + " cannot be written: File too large");
  }
  EXPECT_EQ(content(file), "one\nx\n");
  {
    const LargestFile limit(9);
    EXPECT_FALSE(append_to_file(file, "three\n"));
  }
  EXPECT_EQ(content(file), "one\nx\n") << "three bytes had been written";
}

TEST_F(Append, SaysWhyAFileCannotBeWritten) {
  EXPECT_EQ(refusal("/nowhere/at/all"),
            "/nowhere/at/all cannot be written: No such file or directory");
  EXPECT_EQ(refusal(path("")), path("") + " cannot be written: Is a directory");
  EXPECT_EQ(refusal("/dev/full"), "/dev/full cannot be written: it is no regular file");
}

// Nobody reads from it, and nobody waits for that.
TEST_F(Append, DoesNotWaitForTheReaderOfAFifo) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(refusal(path("fifo")), path("fifo") + " cannot be written: it is no regular file");
}

// Whoever may write in the folder must not choose which file grows.
TEST_F(Append, FollowsNoSymbolicLink) {
  std::ofstream(path("file")) << "one\n";
  std::filesystem::create_symlink(path("file"), path("link"));
  EXPECT_EQ(refusal(path("link")), path("link") + " cannot be written: it is a symbolic link");
  EXPECT_EQ(content(path("file")), "one\n");
}

}  // namespace
}  // namespace gatehouse
