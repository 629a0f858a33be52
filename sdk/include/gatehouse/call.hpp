// One request on its way through a route, and the answer that grows.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/body/describe.hpp>
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

  // The mount of the matched route: that of a dialect ("/api/v3_0"), or "/v1" for all others. What
  // a credential for one mount opens, no other does (security.md 3, 8).
  virtual std::string_view mount() const = 0;

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

  // The id of the trace that the request belongs to (32 hex digits of its header traceparent), ""
  // when it names none; for requests that a handler sends on, and in the log.
  virtual std::string_view trace_id() const = 0;

  // Null on public routes without a credential, and inside an authenticator.
  virtual const Principal* principal() const = 0;

  // Adds a header to the answer. A name or value that would break the framing throws
  // std::logic_error.
  virtual void set_header(std::string_view name, std::string_view value) = 0;

  // Makes the answer's body a stream; what Result<Stream> does. The status and the headers are the
  // answer's, its body comes first.
  virtual void set_stream(Stream stream) = 0;

  // On a route with Route::etag() that changes something: whether the client's If-Match (or
  // If-None-Match) allows a change of the object, which `current` shows as a GET of this caller
  // would at this moment. PreconditionFailed otherwise; returns at once where the client asks for
  // nothing.
  //
  // Called inside Db::write(), on the row that is about to be changed and before anything else is
  // decided about it but whether the caller may see it; std::logic_error elsewhere. A request with
  // such a header that commits, or succeeds, without this check is rolled back and answered 500,
  // but for a POST, which may be about nothing that is there yet.
  template <class T>
  Result<None> check_if_match(const T& current) {
    return check_preconditions(type_of<T>(), &current);
  }
  virtual Result<None> check_preconditions(const Type& type, const void* current) = 0;

  // Whether the route has Route::etag(); then set_etag() gives the answer its tag, as entity_tag()
  // of gatehouse/body.hpp makes it. Results that are a described struct or Created have it already.
  virtual bool has_etag() const = 0;
  virtual void set_etag(std::string tag) = 0;

  // What the caller may do with data that belongs to `user` (a number), by a grant scope
  // ("data:read"): all with their own; of others a manager all, and a grantee what they were
  // granted (gatehouse/services/shared_access.hpp). Roles do not count. Who acts for a user may do
  // with that user's data what the token has in scope, and nothing with anybody else's.
  // As of at most two seconds ago; std::logic_error on a public route without a credential.
  // Blocking: as SharedAccess::scopes(). Errors: NotFound where the caller may do nothing at all,
  // whether there is such a user or not; PermissionDenied not_granted; Unavailable.
  virtual Result<None> allows(std::int64_t user, std::string_view scope) const = 0;

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
