// Taking texts apart strictly, for the formats of password hashes.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::foreign {

// The alphabet of crypt(3), in the order of its digits.
inline constexpr std::string_view kCrypt64 =
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// Takes a text apart from its front; the first thing that is not there fails all that follows.
class Scan {
 public:
  explicit Scan(std::string_view text) : all_(text), rest_(text) {}

  Scan& word(std::string_view expected) {
    if (good_ && rest_.starts_with(expected)) {
      rest_.remove_prefix(expected.size());
    } else {
      good_ = false;
    }
    return *this;
  }
  // Without sign or leading zeros.
  Scan& number(std::uint32_t& value) {
    const char* end = rest_.data() + rest_.size();
    const auto [stop, problem] = std::from_chars(rest_.data(), end, value);
    good_ = good_ && problem == std::errc{} && rest_.front() != '0';
    if (good_) rest_.remove_prefix(static_cast<std::size_t>(stop - rest_.data()));
    return *this;
  }
  // The longest run of these characters.
  Scan& run(std::string_view characters, std::size_t least, std::size_t most, std::string& taken) {
    const std::size_t length = std::min(rest_.find_first_not_of(characters), rest_.size());
    good_ = good_ && length >= least && length <= most;
    if (!good_) return *this;
    taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return *this;
  }
  // What a salt that stands for itself may be made of, up to `end`.
  Scan& plain_salt(char end, std::string& taken) {
    const std::size_t length = rest_.find(end);
    good_ = good_ && length != rest_.npos && length >= 1 && length <= 64;
    if (!good_) return *this;
    taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return *this;
  }

  bool good() const { return good_; }
  bool ended() const { return good_ && rest_.empty(); }
  std::string_view rest() const { return rest_; }
  std::string_view taken() const { return all_.substr(0, all_.size() - rest_.size()); }

 private:
  std::string_view all_;
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace gatehouse::foreign
