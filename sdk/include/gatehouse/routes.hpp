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

#include <gatehouse/body/type.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

enum class Method : std::uint8_t { Get, Post, Put, Patch, Delete };

// Where a route reads more than the strict form. Bits; unknown members and odd booleans are 422,
// and bodies other than JSON 415, unless the route says otherwise.
enum class Lenient : std::uint32_t {
  Strict = 0,
  UnknownMembers = 1,  // ignored
  BooleanWords = 2,    // 1 true True t on yes y / 0 false False f off no n, as text or number
  Forms = 4,           // application/x-www-form-urlencoded is read too
  AnyContentType = 8,  // a body without or with another content type is read as JSON
};
constexpr Lenient operator|(Lenient a, Lenient b) {
  return static_cast<Lenient>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr bool has(Lenient set, Lenient bit) {
  return (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(bit)) != 0;
}

// A handler with its types erased. Threads: any, many at once.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  // Decodes, calls the handler and encodes into `answer`; its Error goes to the route's renderer.
  virtual Result<None> run(Call& call, Lenient lenient, Answer& answer) const = 0;
};

// What a route declares. All pointers are constants of the plugin. Members may be appended in a
// minor.
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
  // The handler never blocks and takes less than 100 us: it runs on the I/O thread.
  virtual Route& non_blocking() = 0;
  virtual Route& body_limit(std::size_t bytes) = 0;  // default 64 KiB
  virtual Route& accept(Lenient lenient) = 0;
  virtual Route& errors(ErrorRenderer renderer) = 0;

 protected:
  ~Route() = default;
};

namespace detail {
template <class F>
class Pattern;
template <class F>
std::unique_ptr<Endpoint> make_endpoint(F&& handler);
template <class F>
RouteSpec make_spec(Method method, const Pattern<F>& pattern);
}  // namespace detail

// Pattern, permission and summary are checked against the handler at compile time: the number of {}
// and parameters, "area:verb" or "public", a summary. Only in Plugin::wire(); two routes that match
// the same paths are refused with the names of both plugins.
class Routes {
 public:
  template <class F>
  using Text = std::type_identity_t<detail::Pattern<std::remove_cvref_t<F>>>;

  template <class F>
  Route& get(Text<F> pattern, std::string_view permission, std::string_view summary, F&& handler) {
    return put_in(Method::Get, pattern, permission, summary, std::forward<F>(handler));
  }
  template <class F>
  Route& post(Text<F> pattern, std::string_view permission, std::string_view summary, F&& handler) {
    return put_in(Method::Post, pattern, permission, summary, std::forward<F>(handler));
  }
  template <class F>
  Route& put(Text<F> pattern, std::string_view permission, std::string_view summary, F&& handler) {
    return put_in(Method::Put, pattern, permission, summary, std::forward<F>(handler));
  }
  template <class F>
  Route& patch(Text<F> pattern,
               std::string_view permission,
               std::string_view summary,
               F&& handler) {
    return put_in(Method::Patch, pattern, permission, summary, std::forward<F>(handler));
  }
  template <class F>
  Route& remove(Text<F> pattern,
                std::string_view permission,
                std::string_view summary,
                F&& handler) {
    return put_in(Method::Delete, pattern, permission, summary, std::forward<F>(handler));
  }

  virtual Route& add(const RouteSpec& spec, std::unique_ptr<Endpoint> endpoint) = 0;

 protected:
  ~Routes() = default;

 private:
  template <class F>
  Route& put_in(Method method,
                const detail::Pattern<std::remove_cvref_t<F>>& pattern,
                std::string_view permission,
                std::string_view summary,
                F&& handler) {
    RouteSpec spec = detail::make_spec(method, pattern);
    spec.permission = permission;
    spec.summary = summary;
    return add(spec, detail::make_endpoint(std::forward<F>(handler)));
  }
};

}  // namespace gatehouse

#include <gatehouse/routes/typed.hpp>
