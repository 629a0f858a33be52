// Lines of a file, one in memory at a time. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <istream>
#include <string>
#include <string_view>

namespace gatehouse::users {

class LineReader {
 public:
  static constexpr std::size_t kLongest = 64 * 1024;  // bytes, as of any body

  explicit LineReader(std::istream& input) : input_(input), line_(kLongest + 2, '\0') {}

  // False at the end, also when it was a broken one.
  bool next() {
    input_.getline(line_.data(), static_cast<std::streamsize>(line_.size()));
    const auto taken = static_cast<std::size_t>(input_.gcount());
    bytes_ += static_cast<std::int64_t>(taken);
    if (taken == 0 && !input_.good()) return false;
    ++number_;
    too_long_ = input_.fail() && !input_.eof();
    const bool has_end = !input_.eof() && !too_long_;
    length_ = taken - (has_end ? 1 : 0);
    return true;
  }
  // Nothing can be read after such a line.
  bool too_long() const { return too_long_; }
  bool broke() const { return input_.bad(); }
  std::string_view line() const { return std::string_view(line_).substr(0, length_); }
  bool is_blank() const { return line().find_first_not_of(" \t\r") == std::string_view::npos; }
  std::int64_t number() const { return number_; }  // from 1
  std::int64_t bytes() const { return bytes_; }    // up to the end of the line

 private:
  std::istream& input_;
  std::string line_;
  std::size_t length_ = 0;
  std::int64_t number_ = 0;
  std::int64_t bytes_ = 0;
  bool too_long_ = false;
};

}  // namespace gatehouse::users
