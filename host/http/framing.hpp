// Where a request begins and ends, and what is refused before anybody looks at its meaning: bytes
// in, head, body or error out, without a socket. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <gatehouse/runtime/exchange.hpp>

#include "host/http/options.hpp"

namespace gatehouse::host {

struct FramingError {
  int status = 400;
  std::string_view reason;   // snake_case and stable
  std::string_view message;  // one sentence for the client
};

// Reads one request after the other. Stricter than RFC 9112 where leniency has been used to smuggle
// requests: whatever two servers could read differently is refused, and after an error the rest of
// the connection means nothing.
//
// Threads:  one at a time. Blocking: never. Memory: at most the head limit plus the body limit.
class RequestParser {
 public:
  enum class Stage : std::uint8_t {
    Head,      // reading the head
    HeadRead,  // head() is there; expect_body() comes next
    Body,      // reading the body
    Complete,  // take_body() is there; next() comes next
    Failed,    // error() says why
  };
  enum class BodyUse : std::uint8_t { Keep, Discard };

  explicit RequestParser(FramingLimits limits);
  ~RequestParser();

  // Returns how many of the bytes were used; the rest must be offered again with what follows it.
  // Stops after a head and after a body.
  std::size_t feed(std::string_view bytes);
  Stage stage() const { return stage_; }

  // From HeadRead on, until next().
  RequestHead& head();
  bool keep_alive() const;
  bool is_http_1_0() const;
  bool expects_continue() const;
  bool has_body() const;
  std::uint64_t announced_body() const;  // its length; 0 when it comes in chunks

  // Says, before any of it is read, how large the body may be. Leads to Body, Complete (no body) or
  // Failed (413: a Content-Length beyond the limit).
  void expect_body(std::size_t limit, BodyUse use);
  std::string take_body();

  // Whether the request is known to be a HEAD, whose answer has no body; also after a failure and
  // while the head is still being read.
  bool is_head_request() const;
  // "" while it is not known, or is none that the server knows; also after a failure.
  std::string_view method() const;
  const FramingError& error() const { return error_; }

  void next();

 private:
  struct Message;

  std::size_t feed_head(std::string_view bytes);
  std::size_t feed_body(std::string_view bytes);
  std::size_t feed_chunks(std::string_view bytes);
  void parse_head(std::string_view head);
  void fail(int status, std::string_view reason, std::string_view message);
  void fail_for_size();

  FramingLimits limits_;
  Stage stage_ = Stage::Head;
  std::size_t line_begin_ = 0;  // in the bytes offered: where the unfinished line begins
  std::size_t searched_ = 0;    // and up to where it holds no LF
  std::size_t lines_ = 0;       // finished lines, the request line included
  bool blank_skipped_ = false;
  bool begins_as_head_request_ = false;  // what has come of a head that is not read
  FramingError error_;
  std::unique_ptr<Message> message_;
};

// "Not Found" for 404; "" for a status without a registered phrase.
std::string_view reason_phrase(int status);

}  // namespace gatehouse::host
