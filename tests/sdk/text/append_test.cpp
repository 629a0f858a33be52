// Files that only grow. SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include <gatehouse/append.hpp>

namespace gatehouse {
namespace {

TEST(Append, AddsToTheEndOfAFileForItsOwnerAlone) {
  const auto file =
      std::filesystem::temp_directory_path() / ("append-" + std::to_string(::getpid()));
  ASSERT_TRUE(append_to_file(file, "one\n"));
  ASSERT_TRUE(append_to_file(file, "two\n"));
  std::ifstream stream(file);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(stream), {}), "one\ntwo\n");
  EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::all,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::filesystem::remove(file);
}

TEST(Append, SaysWhyAFileCannotBeWritten) {
  const auto failed = append_to_file("/nowhere/at/all", "x");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "/nowhere/at/all cannot be written: No such file or directory");
  EXPECT_FALSE(append_to_file("/dev/full", "x"));
}

}  // namespace
}  // namespace gatehouse
