// Routes: what a client can call. A handler is a lambda
//   (Call&, path parameters..., [const Query<Q>&], [const Body&]) -> Result<Answer type>
// and the SDK decodes, checks, encodes and documents around it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <gatehouse/body/lenient.hpp>
#include <gatehouse/body/type.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

enum class Method : std::uint8_t { Get, Post, Put, Patch, Delete };

// A handler with its types erased. Threads: any, many at once.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  // Decodes, calls the handler and encodes into `answer`; its Error goes to the route's renderer.
  virtual Result<None> run(Call& call, Lenient lenient, Answer& answer) const = 0;
};

// What a route declares. The types are constants of the plugin. Members may be appended in a minor.
struct RouteSpec {
  std::uint32_t size = sizeof(RouteSpec);
  Method method = Method::Get;
  std::string_view pattern;  // "/v1/users/{user}"; names are for readers, not for matching
  std::string_view permission;
  std::string_view summary;
  std::span<const Type* const> path_parameters;
  const Type* query = nullptr;
  const Type* body = nullptr;
  const Type* result = nullptr;  // null: no body
  bool page = false;             // the result is one item of a Page
  int status = 200;
};

// What can be said of a route after it was added. Only in Plugin::wire().
class Route {
 public:
  virtual Route& description(std::string_view text) = 0;
  // The handler hashes passwords: it waits for a hashing slot and runs there.
  virtual Route& hashing() = 0;
  // The handler hashes passwords sometimes: it runs on a worker first, and when it returns
  // needs_hashing(), once more from its beginning in a hashing slot. Before that it changes
  // nothing.
  virtual Route& may_hash() = 0;
  // The handler never blocks and takes less than 100 us: it runs on the I/O thread.
  virtual Route& non_blocking() = 0;
  virtual Route& body_limit(std::size_t bytes) = 0;  // default 64 KiB
  virtual Route& accept(Lenient lenient) = 0;
  virtual Route& errors(ErrorRenderer renderer) = 0;
  // Belongs to that mount of the plugin although its pattern is not below it ("/login").
  virtual Route& in_mount(std::string_view prefix) = 0;
  // The route reads or changes one object, whose state an ETag tells. Answers carry it; a GET obeys
  // If-None-Match and If-Match; PATCH, PUT and DELETE must call Call::check_if_match() inside their
  // Db::write(). Malformed tags are 400 bad_etag. Fields with Rule::outside_etag do not count.
  virtual Route& etag() = 0;

  // What /openapi.json cannot know by itself. Types, permission and the words above already say
  // 200 to 204, 304, 400, 401, 403, 404, 412, 413, 415, 422, 500 and 503 where they can occur; any
  // other answer is logged as `undeclared_answer`.
  //
  // An error of the handler's own: answers(409, "name_taken, in_use (by a user)"), where `text` has
  // what Error::reason may be; or another success: answers(302, "Where the client is sent."). Once
  // for each status. std::invalid_argument for what is no status.
  virtual Route& answers(int status, std::string_view text) = 0;
  // Of an Answer or a Stream: content("text/html").
  virtual Route& content(std::string_view media_type) = 0;
  // What {name} of the pattern takes. std::invalid_argument when there is no such name.
  virtual Route& parameter(std::string_view name, std::string_view text) = 0;

  // Every POST that is not public honours Idempotency-Key without a word: the answer is kept with
  // what Db::write() changed, and who sends the request again gets it again. Whose rights (roles,
  // account, scopes) have changed since gets 409 rights_changed with the Location. These are for
  // the exceptions.
  //
  // The answer holds a secret: only status, Location and ETag are kept, and sending it again is 409
  // secret_already_shown.
  virtual Route& answers_secret() = 0;
  // Each request is another (sign-in, refresh).
  virtual Route& ignores_idempotency_key() = 0;

  // Users whose api_access is false may call it, too; where the pattern has parameters, only if the
  // first names the caller ("me", the own id or number). All other routes refuse them (403
  // no_api_access), whatever the credential.
  virtual Route& without_api_access() = 0;

  // Who acts for a user with a delegated token may call it, too, when the token has this grant
  // scope ("data:read") and everybody holds the permission; Call::principal() and Call::user() are
  // then the user's, and Principal::actor who acts. All other routes refuse them (403 delegated).
  virtual Route& delegable(std::string_view scope) = 0;

 protected:
  ~Route() = default;
};

namespace detail {
// Texts of a route, checked while the plugin is compiled (routes/typed.hpp).
template <class F>
class Pattern;
class PermissionText;
class SummaryText;
template <Method kMethod, class F>
RouteSpec make_spec(const Pattern<F>& pattern,
                    const PermissionText& permission,
                    const SummaryText& summary);
template <class F>
std::unique_ptr<Endpoint> make_endpoint(F&& handler);
}  // namespace detail

// Pattern, permission and summary are checked against the handler at compile time: the number of {}
// and parameters, "area:verb" or "public", a summary. Only in Plugin::wire(); two routes that match
// the same paths are refused with the names of both plugins.
class Routes {
 public:
  template <class F>
  using Text = std::type_identity_t<detail::Pattern<std::remove_cvref_t<F>>>;
  using Permission = const detail::PermissionText&;
  using Summary = const detail::SummaryText&;

  template <class F>
  Route& get(Text<F> pattern, Permission permission, Summary summary, F&& handler) {
    return put_in<Method::Get>(pattern, permission, summary, std::forward<F>(handler));
  }
  template <class F>
  Route& post(Text<F> pattern, Permission permission, Summary summary, F&& handler) {
    return put_in<Method::Post>(pattern, permission, summary, std::forward<F>(handler));
  }
  template <class F>
  Route& put(Text<F> pattern, Permission permission, Summary summary, F&& handler) {
    return put_in<Method::Put>(pattern, permission, summary, std::forward<F>(handler));
  }
  template <class F>
  Route& patch(Text<F> pattern, Permission permission, Summary summary, F&& handler) {
    return put_in<Method::Patch>(pattern, permission, summary, std::forward<F>(handler));
  }
  template <class F>
  Route& remove(Text<F> pattern, Permission permission, Summary summary, F&& handler) {
    return put_in<Method::Delete>(pattern, permission, summary, std::forward<F>(handler));
  }

  // For endpoints that are written without a typed handler. Checks at run time what the methods
  // above check at compile time: std::invalid_argument, which names the route.
  virtual Route& add(const RouteSpec& spec, std::unique_ptr<Endpoint> endpoint) = 0;

  // A part of the house with authenticators and errors of its own, a dialect's: the plugin's routes
  // at or below `prefix` ("/api/v3_0"), whose errors without a word of their own, and those of
  // paths there that nobody has, are rendered by `errors`. Of several mounts the longest prefix
  // counts.
  // "/" and "/v1" are nobody's. What is wrong with mounts is told at the start, all of it at once.
  virtual void mount(std::string_view prefix, ErrorRenderer errors) = 0;

  // The same routes, but for patterns that begin below `prefix`: those of a mount whose path is a
  // setting. `prefix`: "" or as in mount(); the answer lives as long as these.
  virtual Routes& below(std::string_view prefix) = 0;

  // What the plugin's routes are for, in a sentence: the text of its tag in /openapi.json.
  virtual void about(std::string_view text) = 0;

 protected:
  ~Routes() = default;

 private:
  template <Method kMethod, class F>
  Route& put_in(const detail::Pattern<std::remove_cvref_t<F>>& pattern,
                const detail::PermissionText& permission,
                const detail::SummaryText& summary,
                F&& handler) {
    return add(detail::make_spec<kMethod>(pattern, permission, summary),
               detail::make_endpoint(std::forward<F>(handler)));
  }
};

}  // namespace gatehouse

#include <gatehouse/routes/typed.hpp>
