// Outcomes as values: what a client or an operator can cause is returned, what only a bug or a dead
// dependency can cause is thrown. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <gatehouse/export.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse {

// What went wrong, as far as a caller can act on it. http_status() maps each to one status.
enum class ErrorCode : std::uint8_t {
  Malformed,           // 400: not what the protocol or the contract can read
  Unauthenticated,     // 401: no credential, or one that does not hold; never says which
  PermissionDenied,    // 403: known, but not allowed
  NotFound,            // 404: unknown or out of reach
  Conflict,            // 409: another object or state stands against it
  PreconditionFailed,  // 412: If-Match names an older state
  InvalidArgument,     // 422: readable, but fields break their rules
  RateLimited,         // 429
  Unavailable,         // 503: try again later
  // Raised by the SDK and the host around handlers:
  MethodNotAllowed,      // 405
  PayloadTooLarge,       // 413
  UnsupportedMediaType,  // 415
  Internal,              // 500: the reason stands in the log under the request's id
  // Never an answer: the same call again, where hashing is allowed (Route::may_hash()).
  NeedsHashing,
};

GATEHOUSE_API int http_status(ErrorCode code);

// One field that breaks its rule. `pointer` is a JSON pointer (RFC 6901) into the body, or
// "?name" for a query parameter; `code` is snake_case and stable; `detail` continues the sentence
// "The field ...".
struct FieldError {
  std::string pointer;
  std::string code;
  std::string detail;
};

// What is left of a limit, for the headers RateLimit-Policy and RateLimit
// (draft-ietf-httpapi-ratelimit-headers).
struct RateLimit {
  std::string policy;  // its name: "sign-in"; letters, digits and "-"
  std::int64_t quota = 0;
  std::chrono::seconds window{0};
  std::int64_t remaining = 0;
  std::chrono::seconds reset{0};  // until more is allowed
};

// Frozen for SDK 1. `message` is safe to show to a client; what is not goes to the log.
struct Error {
  ErrorCode code = ErrorCode::InvalidArgument;
  std::string reason;   // snake_case and stable ("username_taken"); empty: named after `code`
  std::string message;  // one sentence
  std::vector<FieldError> fields;
  std::chrono::seconds retry_after{0};  // with RateLimited and Unavailable; 0: the host chooses
  // From storage: what the database calls the rule that was broken. Never part of an answer.
  std::string constraint = {};
  std::optional<RateLimit> rate_limit = {};  // with RateLimited
  bool is_known_device = false;              // with NeedsHashing: has a queue of its own
};

struct None {};

// T, or the Error that stood in its way. The API is a subset of std::expected's.
template <class T>
class [[nodiscard]] Result {
 public:
  using Value = T;

  template <class U = T>
  requires(std::constructible_from<T, U&&> && !std::same_as<std::remove_cvref_t<U>, Error> &&
           !std::same_as<std::remove_cvref_t<U>, Result>) Result(U&& value)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  // T() where it will be returned, so that filling it is the last that happens to it.
  explicit Result(std::in_place_t) : state_(std::in_place_index<0>) {}

  // So that what a service returns can become what a route answers (T to Created<T>).
  template <class U>
  requires(!std::same_as<U, T> && std::constructible_from<T, U&&>) Result(Result<U>&& other)
      : state_(other ? State(std::in_place_index<0>, std::move(*other))
                     : State(std::in_place_index<1>, std::move(other.error()))) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  // Require has_value(); std::bad_variant_access otherwise.
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Require !has_value(); std::bad_variant_access otherwise.
  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  using State = std::variant<T, Error>;
  State state_;
};

// The errors a handler returns, in the words it would use.
template <class... A>
Error invalid(std::string_view pointer, std::string_view pattern, const A&... arguments) {
  std::string detail = format(pattern, arguments...);
  std::string message = "The request breaks the rules of its fields.";
  return {ErrorCode::InvalidArgument,
          "invalid_fields",
          std::move(message),
          {{std::string(pointer), "invalid", std::move(detail)}},
          {}};
}
template <class... A>
Error malformed(std::string_view reason, std::string_view pattern, const A&... arguments) {
  return {ErrorCode::Malformed, std::string(reason), format(pattern, arguments...), {}, {}};
}
template <class... A>
Error conflict(std::string_view reason, std::string_view pattern, const A&... arguments) {
  return {ErrorCode::Conflict, std::string(reason), format(pattern, arguments...), {}, {}};
}
inline Error not_found() {
  return {ErrorCode::NotFound, "not_found", "There is nothing here that you can reach.", {}, {}};
}
inline Error denied() {
  return {ErrorCode::PermissionDenied, "permission_denied", "You may not do this.", {}, {}};
}
inline Error unauthenticated() {
  return {ErrorCode::Unauthenticated,
          "unauthenticated",
          "Sign in first: the request carries no credential that holds.",
          {},
          {}};
}
// `known`: of a device that signed in not long ago, which others' attempts must not hold up.
inline Error needs_hashing(bool known) {
  Error error{ErrorCode::NeedsHashing, {}, {}, {}, {}};
  error.is_known_device = known;
  return error;
}
inline Error unavailable(std::string_view message) {
  return {ErrorCode::Unavailable, "unavailable", std::string(message), {}, {}};
}

}  // namespace gatehouse

#define GATEHOUSE_DETAIL_JOIN2(a, b) a##b
#define GATEHOUSE_DETAIL_JOIN(a, b) GATEHOUSE_DETAIL_JOIN2(a, b)
#define GATEHOUSE_DETAIL_TRY(target, result, ...) \
  auto result = (__VA_ARGS__);                    \
  if (!result) return std::move(result).error();  \
  target = *std::move(result)

// GATEHOUSE_TRY(auto user, users.find(id)); declares `user`, or returns the error from the
// function.
#define GATEHOUSE_TRY(target, ...) \
  GATEHOUSE_DETAIL_TRY(target, GATEHOUSE_DETAIL_JOIN(gatehouse_try_, __COUNTER__), __VA_ARGS__)

// GATEHOUSE_CHECK(policy.may(...)); returns the error of a Result whose value does not matter.
#define GATEHOUSE_CHECK(...)                                                  \
  do {                                                                        \
    if (auto gatehouse_check_result = (__VA_ARGS__); !gatehouse_check_result) \
      return std::move(gatehouse_check_result).error();                       \
  } while (false)
