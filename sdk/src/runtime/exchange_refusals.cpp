// What a request is told that went wrong: by whose words, with which challenges and limits.
// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <string>
#include <string_view>

#include <gatehouse/log.hpp>
#include <gatehouse/reference.hpp>
#include <gatehouse/text.hpp>

#include "runtime/exchange.hpp"
#include "runtime/guard.hpp"
#include "runtime/headers.hpp"

namespace gatehouse::runtime {
namespace {

constexpr std::string_view kRetryAfterSeconds = "1";

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

void RoutedExchange::refuse(int status, std::string_view reason, std::string_view message) {
  refuse({code_of(status), std::string(reason), std::string(message), {}, {}}, status);
}

void RoutedExchange::refuse(const Error& error, std::optional<int> status) {
  make_refusal(error, status);
  finish();
}

void RoutedExchange::make_refusal(const Error& error, std::optional<int> status) {
  if (error.code == ErrorCode::PermissionDenied && principal_) tell_denial();
  const bool allow_stays = error.code == ErrorCode::MethodNotAllowed;
  if (!allow_stays) answer_.headers.clear();
  next_piece_ = nullptr;
  rest_ = Rest::None;
  answer_.body.clear();
  render(error, status);
  if (allow_stays && match_.neighbour != nullptr) set_header("Allow", match_.allow);
  add_challenges(error);
  add_limits(error);
}

// RFC 6750 3.1: a token that does not hold is told so, and first of all.
void RoutedExchange::add_challenges(const Error& error) {
  if (error.code == ErrorCode::PermissionDenied && error.reason == kInsufficientScope &&
      recognised_by_ != nullptr) {
    return add_challenge(*recognised_by_, Refusal::InsufficientScope);
  }
  if (error.code != ErrorCode::Unauthenticated) return;
  const Authenticator* const refused = principal_ ? nullptr : recognised_by_;
  if (refused != nullptr) add_challenge(*refused, Refusal::InvalidCredential);
  for (const SignIn& other : mount_->challengers) {
    if (other.authenticator != refused) {
      add_challenge(*other.authenticator, Refusal::NoCredential);
    }
  }
}

void RoutedExchange::add_challenge(const Authenticator& authenticator, Refusal refusal) {
  const std::string_view challenge = authenticator.challenge(refusal);
  if (!challenge.empty()) set_header("WWW-Authenticate", challenge);
}

void RoutedExchange::add_limits(const Error& error) {
  const bool is_limited = error.code == ErrorCode::RateLimited;
  if (!is_limited && error.code != ErrorCode::Unavailable) return;
  const std::optional<RateLimit>& limit = error.rate_limit;
  auto wait = error.retry_after;
  if (is_limited && limit) {
    if (wait.count() <= 0) wait = limit->reset;
    set_header("RateLimit-Policy",
               format("\"{}\";q={};w={}", limit->policy, limit->quota, limit->window.count()));
    set_header("RateLimit",
               format("\"{}\";r={};t={}", limit->policy, limit->remaining, limit->reset.count()));
  }
  set_header("Retry-After",
             wait.count() > 0 ? std::to_string(wait.count()) : std::string(kRetryAfterSeconds));
}

void RoutedExchange::tell_denial() const {
  AuditEvent event{"access.denied", principal_->user, principal_->account};
  event.user_id = principal_->user_id;
  event.user_name = principal_->username;
  event.detail = format("{} {}", head_.method, match_.pattern);
  for (const std::string_view named : match_.parameters) {
    // Other segments may be secrets, a code say.
    if (parse_reference(named)) event.detail.append(" ").append(named);
  }
  dispatcher_.audit.note(event, AuditOutcome::Refused);
}

void RoutedExchange::render(const Error& error, std::optional<int> status) {
  // A 405 looks like the other errors of its path.
  const RouteEntry* route = match_.route != nullptr ? match_.route : match_.neighbour;
  const ErrorRenderer renderer = route == nullptr ? mount_->errors : route->errors;
  if (renderer == &render_problem) {
    return render_problem_as(status.value_or(http_status(error.code)), *this, error, answer_);
  }
  try {
    renderer(*this, error, answer_);
    if (status) answer_.status = *status;
    check_sendable(answer_);
  } catch (...) {
    answer_.headers.clear();
    dispatcher_.facilities.log_for(route != nullptr ? route->plugin : mount_->plugin)
        .error("request_failed",
               "the error renderer of {} failed: {}",
               route != nullptr ? route->spec.pattern : std::string_view(mount_->prefix),
               text_of(std::current_exception()));
    render_problem(*this, {ErrorCode::Internal, "internal", error.message, {}, {}}, answer_);
  }
}

}  // namespace gatehouse::runtime
