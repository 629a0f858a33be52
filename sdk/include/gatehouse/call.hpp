// One request on its way through a route, and the answer that grows.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/export.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/stream.hpp>

namespace gatehouse {

// What a handler and an authenticator see of a request. Lives until the answer is sent; views into
// it live as long. One thread at a time, but not always the same one.
class Call {
 public:
  virtual std::string_view method() const = 0;
  virtual std::string_view path() const = 0;   // as sent, without the query: "/v1/users/me"
  virtual std::string_view query() const = 0;  // as sent, without "?"
  virtual std::string_view body() const = 0;

  // The first header of that name (case-insensitive). Authorization, Content-Type and Host occur at
  // most once: the host refuses requests that double them.
  virtual std::optional<std::string_view> header(std::string_view name) const = 0;

  // The query's pairs, decoded, in order, doubles included.
  virtual const std::vector<std::pair<std::string, std::string>>& parameters() const = 0;

  // The i-th {name} of the route's pattern, decoded, never empty.
  virtual std::string_view path_parameter(std::size_t index) const = 0;

  // The client's address (behind trusted proxies the forwarded one), and the id in the answer and
  // the log.
  virtual std::string_view remote_address() const = 0;
  virtual std::string_view request_id() const = 0;

  // Null on public routes without a credential, and inside an authenticator.
  virtual const Principal* principal() const = 0;

  // Adds a header to the answer. A name or value that would break the framing throws
  // std::logic_error.
  virtual void set_header(std::string_view name, std::string_view value) = 0;

  // Makes the answer's body a stream; what Result<Stream> does. The status and the headers are the
  // answer's, its body comes first.
  virtual void set_stream(Stream stream) = 0;

  // The number of the signed-in user; std::logic_error on a public route without a credential.
  GATEHOUSE_API std::int64_t user() const;

 protected:
  ~Call() = default;
};

// What a route answers. Frozen for SDK 1.
struct Answer {
  int status = 200;
  std::string content_type;  // empty: no body
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// How a route writes its errors; the default is problem+json (RFC 9457). It sets status, content
// type and body. A dialect has its own, and the host uses it for its own errors under the dialect's
// mount.
using ErrorRenderer = void (*)(const Call& call, const Error& error, Answer& answer);
GATEHOUSE_API void render_problem(const Call& call, const Error& error, Answer& answer);

}  // namespace gatehouse
