// Lines that wait for a slow reader. SPDX-License-Identifier: Apache-2.0
#include "host/observability/line_writer.hpp"

#include <future>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::host {
namespace {

TEST(LineWriter, DropsTheOldestAndCountsThemWhileItsReaderStalls) {
  std::promise<void> stalled;
  std::promise<void> let_go;
  std::vector<std::string> written;
  std::size_t lost = 0;
  LineWriter writer(
      [&](const std::string& line) {
        if (line == "first") {
          stalled.set_value();
          let_go.get_future().wait();
        }
        written.push_back(line);
      },
      [&](std::size_t count) { lost += count; });
  writer.add("first");
  stalled.get_future().wait();
  constexpr std::size_t kMore = 10;
  for (std::size_t i = 0; i < LineWriter::kMaxWaiting + kMore; ++i) writer.add(std::to_string(i));
  let_go.set_value();
  EXPECT_TRUE(writer.finish(std::chrono::seconds(60)));
  EXPECT_EQ(lost, kMore);
  ASSERT_EQ(written.size(), 1 + LineWriter::kMaxWaiting);
  EXPECT_EQ(written[1], std::to_string(kMore));
}

TEST(LineWriter, IsLeftBehindWhenItsReaderNeverComesBack) {
  std::promise<void> stalled;
  const auto let_go = std::make_shared<std::promise<void>>();
  LineWriter writer(
      [&stalled, let_go](const std::string&) {
        stalled.set_value();
        let_go->get_future().wait();
      },
      [](std::size_t) { FAIL() << "nothing is lost"; });
  writer.add("first");
  stalled.get_future().wait();
  writer.add("second");
  EXPECT_FALSE(writer.finish(std::chrono::milliseconds(1)));
  writer.add("third");
  let_go->set_value();
}

}  // namespace
}  // namespace gatehouse::host
