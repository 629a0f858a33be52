// SPDX-License-Identifier: Apache-2.0
#include "runtime/exchange.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <stdexcept>
#include <utility>

#include <gatehouse/log.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/policy.hpp>
#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/runtime/request_scope.hpp>
#include <gatehouse/services/shared_access.hpp>
#include <gatehouse/text.hpp>

#include "runtime/guard.hpp"
#include "runtime/headers.hpp"
#include "runtime/request_line.hpp"

namespace gatehouse {

std::string_view current_request_id() {
  return runtime::id_of_work();
}

std::int64_t Call::user() const {
  const Principal* who = principal();
  if (who == nullptr) throw std::logic_error("Call::user() on a request without a principal");
  return who->user;
}

}  // namespace gatehouse

namespace gatehouse::runtime {
namespace {

constexpr std::string_view kAllMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
// Small pieces of a stream are put together up to this size, since each round costs a way to a
// worker and back.
constexpr std::size_t kStreamBatch = 32 * 1024;

Error no_api_access() {
  return {
      ErrorCode::PermissionDenied,
      "no_api_access",
      "Your access to the API is switched off: only /v1/users/me, your own password and signing "
      "out are open to you. Ask an administrator.",
      {},
      {}};
}

Error insufficient_scope(std::string_view permission) {
  return {ErrorCode::PermissionDenied,
          std::string(RoutedExchange::kInsufficientScope),
          format("The scopes of your token do not include {}.", permission),
          {},
          {}};
}

// security.md 3. `scope`: what the route asks of who acts for somebody else; "": nobody may.
Error delegated(std::string_view scope) {
  return {ErrorCode::PermissionDenied,
          "delegated",
          scope.empty() ? "Whoever acts for another user may not do this."
                        : format("The scopes of your delegated token do not include {}.", scope),
          {},
          {}};
}

// Of what somebody holds over another user's data.
Result<None> judge_scope(const std::vector<std::string>& held, std::string_view scope) {
  if (held.empty()) return not_found();
  if (has_scope(held, scope)) return None{};
  return Error{ErrorCode::PermissionDenied,
               "not_granted",
               format("You have not been granted {} by this user.", scope),
               {},
               {}};
}

// What a handler says of a public document; errors have lost the handler's headers by then.
bool says_how_to_cache(const Answer& answer) {
  return std::any_of(answer.headers.begin(), answer.headers.end(), [](const auto& header) {
    return same_header(header.first, "Cache-Control");
  });
}

}  // namespace

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
  if (!target) {
    target_.segments = path_segments(head_.target);  // for the shape of the answer
    find_route();
    return refuse(target.error());
  }
  target_ = *std::move(target);
  find_route();
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

// Of a path that routes have, but none for the method, it is the mount of those.
void RoutedExchange::find_route() {
  const Registry& registry = dispatcher_.registry;
  match_ = registry.router.find(parse_method(head_.method), target_.segments);
  const RouteEntry* const route = match_.route != nullptr ? match_.route : match_.neighbour;
  mount_ = route != nullptr ? route->mount : &registry.mounts.of_path(target_.segments);
}

std::size_t RoutedExchange::body_limit() const {
  return match_.route == nullptr ? 0 : match_.route->body_limit;
}

Lane RoutedExchange::handler_lane() const {
  if (match_.route->hashing || needs_hashing_) return Lane::Hashing;
  const RouteEntry& route = *match_.route;
  return route.non_blocking && route.is_public() && !route.may_hash ? Lane::Io : Lane::Worker;
}

void RoutedExchange::run() {
  const WorkScope work(*this);
  const RunningRoutes::Scope running(dispatcher_.running, *match_.route);
  if (step_ == Step::Done) return go_on();
  try {
    if (step_ == Step::Authenticate) authenticate();
    if (step_ == Step::Handle && lane_ == handler_lane()) {
      handle();
      if (done()) tell_undeclared();
    }
  } catch (...) {
    fail(match_.route->plugin, "request_failed");
  }
}

// Clients are built from the document: what it does not show takes them by surprise.
void RoutedExchange::tell_undeclared() const {
  const RouteEntry& route = *match_.route;
  if (answer_.status == route.spec.status || route.errors != &render_problem) return;
  if (std::binary_search(route.statuses.begin(), route.statuses.end(), answer_.status)) return;
  dispatcher_.facilities.log_for(route.plugin)
      .warning("undeclared_answer",
               "{} {} answered {}, which /openapi.json does not show: say .answers({}, ...) where "
               "the route is added",
               method_name(route.spec.method),
               route.spec.pattern,
               answer_.status,
               answer_.status);
}

void RoutedExchange::authenticate() {
  std::optional<HashingAllowed> hashing;
  if (lane_ == Lane::Hashing) hashing.emplace(dispatcher_.facilities.hashing_slots);
  for (const SignIn& one : mount_->sign_ins) {
    std::optional<Result<Authentication>> asked;
    try {
      asked.emplace(one.authenticator->authenticate(*this));
    } catch (...) {
      return fail(one.plugin, "authenticator_failed");
    }
    auto& found = *asked;
    if (found && found->kind() == Authentication::Kind::NotRecognised) continue;
    if (!found && found.error().code == ErrorCode::NeedsHashing) {
      return wait_for_hashing(found.error().is_known_device);
    }
    recognised_by_ = one.authenticator;
    if (!found) return refuse(found.error());
    principal_ = std::move(found->principal());
    return authorize();
  }
  refuse(unauthenticated());
}

void RoutedExchange::wait_for_hashing(bool is_known_device) {
  if (lane_ == Lane::Hashing) {
    throw std::logic_error("an authenticator asked for hashing where it was allowed to");
  }
  is_known_device_ = is_known_device;
  lane_ = Lane::Hashing;
}

void RoutedExchange::authorize() {
  const RouteEntry& route = *match_.route;
  if (principal_->actor != 0 &&
      (route.delegable.empty() || !has_scope(principal_->grant_scopes, route.delegable))) {
    return refuse(delegated(route.delegable));
  }
  if (!may_use_api(*principal_) && !is_open_without_api_access()) return refuse(no_api_access());
  switch (holding(*principal_, route.held_by, route.spec.permission)) {
    case Holding::NotHeld:
      return refuse(denied());
    case Holding::NotInScope:
      return refuse(insufficient_scope(route.spec.permission));
    case Holding::Held:
      break;
  }
  step_ = Step::Handle;
  lane_ = handler_lane();
}

// security.md 4: what is left to a user without api_access is what is about themselves.
bool RoutedExchange::is_open_without_api_access() const {
  if (!match_.route->without_api_access) return false;
  if (match_.parameters.empty()) return true;
  const std::string_view whom = match_.parameters.front();
  return whom == "me" || whom == principal_->user_id || whom == std::to_string(principal_->user);
}

void RoutedExchange::handle() {
  std::unique_ptr<Idempotency::Attempt> attempt;  // ends after the commit
  std::optional<HashingAllowed> hashing;
  if (lane_ == Lane::Hashing) hashing.emplace(dispatcher_.facilities.hashing_slots);
  headers_before_ = answer_.headers.size();
  if (match_.route->etag) {
    auto read = Preconditions::read(head_.headers);
    if (!read) return refuse(read.error());
    preconditions_ = *std::move(read);
  }
  if (honours_key()) {
    auto begun = begin_attempt();
    if (!begun) return refuse(begun.error());
    attempt = *std::move(begun);
    if (attempt && attempt->before()) return replay(*attempt);
  }
  WriteTries tries;
  const bool hashes = needs_hashing_;
  while (!carry_out(attempt.get(), tries)) forget_run();
  if (needs_hashing_ == hashes) finish();
}

// Of a route with Route::may_hash(): what was done so far counts for nothing, so there must be
// nothing of it. Whoever sends a key twice may do so while this one waits: the first to come back
// is carried out.
void RoutedExchange::begin_again_hashing(const RequestScope& scope, const Error& asked) {
  if (!match_.route->may_hash) {
    throw std::logic_error("the handler returned needs_hashing(), but the route has no may_hash()");
  }
  if (lane_ == Lane::Hashing) {
    throw std::logic_error("the handler returned needs_hashing() where it was allowed to hash");
  }
  if (scope.committed() || scope.is_held()) {
    throw std::logic_error("the handler returned needs_hashing() after a Db::write()");
  }
  forget_run();
  is_known_device_ = is_known_device_ || asked.is_known_device;
  needs_hashing_ = true;
  lane_ = Lane::Hashing;
}

// False: nothing of it is stored, since others were quicker, and it has to be run again.
bool RoutedExchange::carry_out(const Idempotency::Attempt* attempt, WriteTries& tries) {
  RequestScope scope;
  if (match_.route->etag) {
    scope.before_commit([this, &scope](Session&) { require_check(scope.transaction()); });
  }
  if (attempt != nullptr) scope.hold_commit(&tries);
  if (const auto outcome = call_endpoint(); !outcome) {
    if (outcome.error().code == ErrorCode::NeedsHashing) {
      begin_again_hashing(scope, outcome.error());
      return true;
    }
    make_refusal(outcome.error());
  }
  // The rows of an answer that says "try again" are rolled back with the scope.
  if (scope.is_held() && !scope.has_collided() && answer_.status < 500) {
    const auto kept = scope.commit_held([&](Session& session) { return keep(*attempt, session); });
    if (!kept) make_refusal(kept.error());
  }
  if (scope.has_lost_hold()) tell_lost_hold();
  return !scope.has_collided() || answered_ == Answered::Late;
}

void RoutedExchange::forget_run() {
  answer_.headers.resize(headers_before_);
  answer_ = {200, {}, {}, std::move(answer_.headers)};
  etag_.clear();
  checked_in_ = 0;  // each scope numbers its transactions from 1
  next_piece_ = nullptr;
  rest_ = Rest::None;
  lane_ = handler_lane();
}

Result<None> RoutedExchange::call_endpoint() {
  GATEHOUSE_CHECK(match_.route->endpoint->run(*this, match_.route->lenient, answer_));
  GATEHOUSE_CHECK(finish_conditional());
  if (next_piece_) GATEHOUSE_CHECK(fill());
  check_sendable(answer_);
  return None{};
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

void RoutedExchange::finish() {
  answer_.headers.reserve(answer_.headers.size() + 5);  // what stands below
  answer_.headers.emplace_back("X-Request-Id", request_id_);
  if (!says_how_to_cache(answer_)) answer_.headers.emplace_back("Cache-Control", "no-store");
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
  const WorkScope work(*this);
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
    const WorkScope work(*this);
    log_request(dispatcher_.facilities.log_for(""),
                {head_.method,
                 match_.pattern,
                 answer_.status,
                 std::chrono::duration_cast<std::chrono::microseconds>(took),
                 head_.remote_address,
                 principal_ ? principal_->user : 0,
                 trace_id_});
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

Result<None> RoutedExchange::allows(std::int64_t user, std::string_view scope) const {
  const bool is_own = Call::user() == user;
  if (principal_->actor != 0) {
    return is_own ? judge_scope(principal_->grant_scopes, scope) : Result<None>(not_found());
  }
  if (is_own) return None{};
  auto* shared = dispatcher_.registry.find_service<SharedAccess>();
  if (shared == nullptr) return not_found();
  GATEHOUSE_TRY(const auto held, shared->scopes(principal_->user, user));
  return judge_scope(held, scope);
}

std::optional<std::string_view> RoutedExchange::header(std::string_view name) const {
  for (const auto& [header, value] : head_.headers) {
    if (same_header(header, name)) return value;
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
