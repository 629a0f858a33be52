// If-Match and If-None-Match of one request (RFC 9110 13.1), on routes that have ETags.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/result.hpp>

namespace gatehouse::runtime {

// The value of one of the two headers: "*", or entity tags.
class TagList {
 public:
  // Malformed bad_etag for what is no such value; `header` is what the message calls it.
  static Result<TagList> parse(std::string_view header, std::string_view value);

  // RFC 9110 8.8.3.2. `tag` is strong and in quotes. "*" matches everything.
  bool matches_strongly(std::string_view tag) const;
  bool matches_weakly(std::string_view tag) const;

 private:
  struct Tag {
    std::string opaque;  // with its quotes
    bool weak = false;
  };
  bool any_ = false;
  std::vector<Tag> tags_;
};

class Preconditions {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  // Several headers of one name are one list.
  static Result<Preconditions> read(const Headers& headers);

  // Whether the client asked for anything.
  bool any() const { return if_match_ || if_none_match_; }

  // Whether a change of the object with `tag` is allowed: PreconditionFailed otherwise.
  Result<None> check_change(std::string_view tag) const;
  // The same for reading; If-None-Match does not forbid it, but see is_unchanged().
  Result<None> check_read(std::string_view tag) const;
  // Whether a GET is answered with 304.
  bool is_unchanged(std::string_view tag) const;

 private:
  std::optional<TagList> if_match_;
  std::optional<TagList> if_none_match_;
};

}  // namespace gatehouse::runtime
