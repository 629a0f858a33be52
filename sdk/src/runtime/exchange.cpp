// SPDX-License-Identifier: Apache-2.0
#include "runtime/exchange.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <stdexcept>
#include <utility>

#include <gatehouse/log.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/runtime/request_scope.hpp>
#include <gatehouse/text.hpp>

#include "runtime/guard.hpp"

namespace gatehouse {
namespace {

thread_local std::string_view request_id_of_thread;

}  // namespace

std::string_view current_request_id() {
  return request_id_of_thread;
}

std::int64_t Call::user() const {
  const Principal* who = principal();
  if (who == nullptr) throw std::logic_error("Call::user() on a request without a principal");
  return who->user;
}

}  // namespace gatehouse

namespace gatehouse::runtime {
namespace {

constexpr std::string_view kRetryAfterSeconds = "1";
constexpr std::string_view kAllMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
// Small pieces of a stream are put together up to this size, since each round costs a way to a
// worker and back.
constexpr std::size_t kStreamBatch = 32 * 1024;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool is_header_name(std::string_view name) {  // RFC 9110 5.6.2: a token
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != kMarks.npos;
  });
}

bool is_header_value(std::string_view value) {  // RFC 9110 5.5, without obs-text
  return std::all_of(
      value.begin(), value.end(), [](char c) { return c == '\t' || (c >= 0x20 && c < 0x7f); });
}

bool is_framing_header(std::string_view name) {
  constexpr std::array<std::string_view, 4> kFraming{
      "connection", "content-length", "date", "transfer-encoding"};
  return std::any_of(kFraming.begin(), kFraming.end(), [name](std::string_view framing) {
    return equal_ignoring_case(name, framing);
  });
}

// An engine could not send such an answer, and would not know whose it is.
void check_sendable(const Answer& answer) {
  if (answer.status < 200 || answer.status > 599) {
    throw std::logic_error(format("the answer's status {} cannot be sent", answer.status));
  }
  if ((answer.status == 204 || answer.status == 304) && !answer.body.empty()) {
    throw std::logic_error(format("the status {} has no body, but the answer has", answer.status));
  }
  if (!is_header_value(answer.content_type)) {
    throw std::logic_error("the answer's content type cannot be sent");
  }
  for (const auto& [name, value] : answer.headers) {
    if (!is_header_name(name) || !is_header_value(value)) {
      throw std::logic_error(format("the answer's header '{}' cannot be sent", name));
    }
    if (is_framing_header(name)) {
      throw std::logic_error(format("the answer's header '{}' is the HTTP engine's to set", name));
    }
  }
}

// What could not be read has no method and no address; a line of the log has all its columns.
std::string_view or_dash(std::string_view text) {
  return text.empty() ? "-" : text;
}

ErrorCode code_of(int status) {
  switch (status) {
    case 405:
      return ErrorCode::MethodNotAllowed;
    case 413:
      return ErrorCode::PayloadTooLarge;
    case 429:
      return ErrorCode::RateLimited;
    case 503:
      return ErrorCode::Unavailable;
    case 501:  // a method or a version that is not spoken here
    case 505:
      return ErrorCode::Malformed;
    default:
      return status < 500 ? ErrorCode::Malformed : ErrorCode::Internal;
  }
}

}  // namespace

RequestIdScope::RequestIdScope(std::string_view id)
    : outer_(std::exchange(request_id_of_thread, id)) {}
RequestIdScope::~RequestIdScope() {
  request_id_of_thread = outer_;
}

RoutedExchange::RoutedExchange(const Dispatcher& dispatcher,
                               RequestHead head,
                               std::string request_id)
    : dispatcher_(dispatcher), head_(std::move(head)), request_id_(std::move(request_id)) {
  match();
}

void RoutedExchange::match() {
  if (head_.method == "OPTIONS" && head_.target == "*") {  // RFC 9110 9.3.7: of the whole server
    set_header("Allow", kAllMethods);
    answer_.status = 204;
    return finish();
  }
  auto target = parse_target(head_.target);
  if (!target) return refuse(target.error());
  target_ = *std::move(target);
  match_ = dispatcher_.registry.router.find(parse_method(head_.method), target_.segments);
  if (match_.route != nullptr) {
    if (match_.route->is_public()) {
      step_ = Step::Handle;
      lane_ = handler_lane();
    }
    return;
  }
  if (match_.neighbour == nullptr) return refuse(not_found());
  if (head_.method == "OPTIONS") {
    set_header("Allow", match_.allow);
    answer_.status = 204;
    preflight_ = Cors::is_preflight(head_.method, *this);
    return finish();
  }
  refuse({ErrorCode::MethodNotAllowed,
          "method_not_allowed",
          format("{} is not allowed here; allowed: {}.", head_.method, match_.allow),
          {},
          {}});
}

std::size_t RoutedExchange::body_limit() const {
  return match_.route == nullptr ? 0 : match_.route->body_limit;
}

Lane RoutedExchange::handler_lane() const {
  if (match_.route->hashing) return Lane::Hashing;
  return match_.route->non_blocking && match_.route->is_public() ? Lane::Io : Lane::Worker;
}

void RoutedExchange::run() {
  const RequestIdScope id(request_id_);
  const RunningRoutes::Scope running(dispatcher_.running, *match_.route);
  if (step_ == Step::Done) return go_on();
  try {
    if (step_ == Step::Authenticate) authenticate();
    if (step_ == Step::Handle && lane_ == handler_lane()) handle();
  } catch (...) {
    fail(match_.route->plugin, "request_failed");
  }
}

void RoutedExchange::fail(std::string_view plugin, std::string_view event) {
  dispatcher_.facilities.log_for(plugin).error(event,
                                               "{} {} failed: {}",
                                               head_.method,
                                               match_.route->spec.pattern,
                                               text_of(std::current_exception()));
  refuse({ErrorCode::Internal,
          "internal",
          "Something went wrong here; the log has it under the request's id.",
          {},
          {}});
}

void RoutedExchange::authenticate() {
  std::optional<HashingAllowed> hashing;
  if (lane_ == Lane::Hashing) hashing.emplace();
  for (const auto& [plugin, authenticator] : dispatcher_.registry.authenticators) {
    std::optional<Result<Authentication>> asked;
    try {
      asked.emplace(authenticator->authenticate(*this, lane_ == Lane::Hashing));
    } catch (...) {
      return fail(plugin, "authenticator_failed");
    }
    auto& found = *asked;
    if (!found) return refuse(found.error());
    switch (found->kind()) {
      case Authentication::Kind::NotRecognised:
        continue;
      case Authentication::Kind::NeedsHashing:
        if (lane_ == Lane::Hashing) {
          throw std::logic_error("an authenticator asked for hashing where it was allowed to");
        }
        lane_ = Lane::Hashing;
        return;
      case Authentication::Kind::Accepted:
        principal_ = std::move(found->principal());
        if (!holds(*principal_, match_.route->held_by, match_.route->spec.permission)) {
          return refuse(denied());
        }
        step_ = Step::Handle;
        lane_ = handler_lane();
        return;
    }
  }
  refuse(unauthenticated());
}

void RoutedExchange::handle() {
  const RequestScope scope;
  std::optional<HashingAllowed> hashing;
  if (lane_ == Lane::Hashing) hashing.emplace();
  const auto outcome = match_.route->endpoint->run(*this, match_.route->lenient, answer_);
  if (!outcome) return refuse(outcome.error());
  if (next_piece_) {
    if (const auto filled = fill(); !filled) return refuse(filled.error());
  }
  check_sendable(answer_);
  finish();
}

// Puts the next part of a stream into the answer's body.
Result<None> RoutedExchange::fill() {
  std::string& body = answer_.body;
  while (body.size() < kStreamBatch) {
    const std::size_t before = body.size();
    GATEHOUSE_TRY(const Streaming more, next_piece_(body));
    if (more == Streaming::End) {
      next_piece_ = nullptr;
      rest_ = Rest::None;
      return None{};
    }
    if (body.size() == before) throw std::logic_error("a stream has more, but gave nothing");
    if (body.size() - before > kMaxStreamPiece) {
      throw std::logic_error(format("a stream gave a piece of {} bytes", body.size() - before));
    }
  }
  rest_ = Rest::Follows;
  lane_ = Lane::Worker;
  return None{};
}

void RoutedExchange::go_on() {
  answer_.body.clear();
  std::string reason;
  try {
    const RequestScope scope;
    const auto filled = fill();
    if (filled) return;
    reason = filled.error().message;
  } catch (...) {
    reason = text_of(std::current_exception());
  }
  rest_ = Rest::Missing;
  next_piece_ = nullptr;
  dispatcher_.facilities.log_for(match_.route->plugin)
      .error(
          "stream_failed", "{} {} broke off: {}", head_.method, match_.route->spec.pattern, reason);
}

void RoutedExchange::refuse(int status, std::string_view reason, std::string_view message) {
  refuse({code_of(status), std::string(reason), std::string(message), {}, {}}, status);
}

void RoutedExchange::refuse(const Error& error, std::optional<int> status) {
  const bool allow_stays = error.code == ErrorCode::MethodNotAllowed;
  if (!allow_stays) answer_.headers.clear();
  next_piece_ = nullptr;
  rest_ = Rest::None;
  answer_.body.clear();
  render(error, status);
  if (match_.neighbour != nullptr && match_.route == nullptr) set_header("Allow", match_.allow);
  if (error.code == ErrorCode::Unauthenticated) {
    for (const auto& [plugin, authenticator] : dispatcher_.registry.authenticators) {
      set_header("WWW-Authenticate", authenticator->challenge());
    }
  }
  if (error.code == ErrorCode::Unavailable || error.code == ErrorCode::RateLimited) {
    set_header("Retry-After",
               error.retry_after.count() > 0 ? std::to_string(error.retry_after.count())
                                             : std::string(kRetryAfterSeconds));
  }
  finish();
}

void RoutedExchange::render(const Error& error, std::optional<int> status) {
  // A 405 looks like the other errors of its path.
  const RouteEntry* route = match_.route != nullptr ? match_.route : match_.neighbour;
  const ErrorRenderer renderer = route == nullptr ? &render_problem : route->errors;
  if (renderer == &render_problem) {
    return render_problem_as(status.value_or(http_status(error.code)), *this, error, answer_);
  }
  try {
    renderer(*this, error, answer_);
    if (status) answer_.status = *status;
    check_sendable(answer_);
  } catch (...) {
    answer_.headers.clear();
    dispatcher_.facilities.log_for(route->plugin)
        .error("request_failed",
               "the error renderer of {} failed: {}",
               route->spec.pattern,
               text_of(std::current_exception()));
    render_problem(*this, {ErrorCode::Internal, "internal", error.message, {}, {}}, answer_);
  }
}

void RoutedExchange::finish() {
  answer_.headers.reserve(answer_.headers.size() + 5);  // what stands below
  answer_.headers.emplace_back("X-Request-Id", request_id_);
  answer_.headers.emplace_back("Cache-Control", "no-store");
  if (preflight_) {
    dispatcher_.cors.add_to_preflight(*this, match_.allow, answer_);
  } else {
    dispatcher_.cors.add_to_answer(*this, answer_);
  }
  step_ = Step::Done;
  auto before = Answered::No;
  if (answered_.compare_exchange_strong(before, Answered::InTime) || before == Answered::InTime) {
    return count();
  }
  // What a handler was so long about is worth a line, but the client has had another answer.
  const RequestIdScope id(request_id_);
  const auto took = std::chrono::steady_clock::now() - opened_;
  dispatcher_.facilities.log_for("").warning(
      "request_ended_late",
      "{} {} came to {} after {} us, when its client had been answered already",
      head_.method,
      match_.pattern,
      answer_.status,
      std::chrono::duration_cast<std::chrono::microseconds>(took).count());
}

// Once for each request, unless its answer turns out to be none that can be sent.
void RoutedExchange::count() {
  const auto took = std::chrono::steady_clock::now() - opened_;
  const double seconds = std::chrono::duration<double>(took).count();
  dispatcher_.requests_by_class[static_cast<std::size_t>(std::clamp(answer_.status / 100, 1, 5))]
      ->add(1);
  dispatcher_.seconds->observe(seconds);
  if (dispatcher_.facilities.log_requests) {
    // The route's pattern, never the path: a path may hold a code (security.md 10).
    const RequestIdScope id(request_id_);
    dispatcher_.facilities.log_for("").info(
        "request",
        "{} {} {} {} us {} user {}",
        or_dash(head_.method),
        or_dash(match_.pattern),
        answer_.status,
        std::chrono::duration_cast<std::chrono::microseconds>(took).count(),
        or_dash(head_.remote_address),
        principal_ ? principal_->user : 0);
  }
}

// An exchange of its own, made from the parts that do not change: no principal, no body, nothing
// that the handler's thread writes to.
Answer RoutedExchange::answer_late(int status,
                                   std::string_view reason,
                                   std::string_view message) const {
  RoutedExchange late(dispatcher_, head_, request_id_);
  late.opened_ = opened_;
  auto before = Answered::No;
  if (!answered_.compare_exchange_strong(before, Answered::Late)) {
    late.answered_ = Answered::Late;  // the handler was counted in the same moment
  }
  late.refuse(status, reason, message);
  return std::move(late.answer_);
}

std::optional<std::string_view> RoutedExchange::header(std::string_view name) const {
  for (const auto& [header, value] : head_.headers) {
    if (equal_ignoring_case(header, name)) return value;
  }
  return std::nullopt;
}

void RoutedExchange::set_header(std::string_view name, std::string_view value) {
  if (!is_header_name(name) || !is_header_value(value)) {
    throw std::logic_error(format("the header '{}' cannot be sent", name));
  }
  answer_.headers.emplace_back(name, value);
}

}  // namespace gatehouse::runtime
