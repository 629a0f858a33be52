// One request on its way: matched, authenticated, authorised, handled, answered; on whichever lane
// the next step needs. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/runtime/exchange.hpp>
#include <gatehouse/runtime/request_scope.hpp>
#include <gatehouse/runtime/runtime.hpp>

#include "runtime/audit_desk.hpp"
#include "runtime/cors.hpp"
#include "runtime/idempotency.hpp"
#include "runtime/preconditions.hpp"
#include "runtime/registry.hpp"
#include "runtime/running.hpp"
#include "runtime/target.hpp"
#include "runtime/trace.hpp"

namespace gatehouse {
class Counter;
class Histogram;
}  // namespace gatehouse

namespace gatehouse::runtime {

// What exchanges need of the runtime; outlives them.
struct Dispatcher {
  const Registry& registry;
  const Facilities& facilities;
  const AuditDesk& audit;
  const Cors cors;
  std::array<Counter*, 6> requests_by_class{};  // [status / 100]
  Histogram* seconds = nullptr;
  Idempotency* idempotency = nullptr;  // null: no route honours keys
  mutable RunningRoutes running = {};
};

// render_problem() with a status that no ErrorCode stands for.
void render_problem_as(int status, const Call& call, const Error& error, Answer& answer);

class RoutedExchange final : public Exchange, public Call {
 public:
  RoutedExchange(const Dispatcher& dispatcher, RequestHead head, std::string request_id);
  // For what could not be read as a request: only refuse() makes sense.
  RoutedExchange(const Dispatcher& dispatcher, std::string request_id, RequestHead known)
      : dispatcher_(dispatcher), head_(std::move(known)), request_id_(std::move(request_id)) {}
  RoutedExchange(const RoutedExchange&) = delete;  // views into the head
  RoutedExchange& operator=(const RoutedExchange&) = delete;

  std::size_t body_limit() const override;
  bool done() const override { return step_ == Step::Done; }
  void receive(std::string body) override { body_ = std::move(body); }
  Lane lane() const override { return lane_; }
  std::uint32_t group() const override {
    return match_.route == nullptr ? 0 : match_.route->plugin_number;
  }
  HashingClaim hashing_claim() const override { return {head_.remote_address, is_known_device_}; }
  void run() override;
  void refuse(int status, std::string_view reason, std::string_view message) override;
  Answer answer_late(int status, std::string_view reason, std::string_view message) const override;
  Answer& answer() override { return answer_; }
  Rest rest() const override { return rest_; }
  std::string_view request_id() const override { return request_id_; }

  std::string_view method() const override { return head_.method; }
  std::string_view path() const override { return target_.path; }
  std::string_view query() const override { return target_.query; }
  std::string_view body() const override { return body_; }
  std::string_view mount() const override { return mount_->prefix; }
  std::optional<std::string_view> header(std::string_view name) const override;
  const std::vector<std::pair<std::string, std::string>>& parameters() const override {
    return target_.parameters;
  }
  std::string_view path_parameter(std::size_t index) const override {
    return match_.parameters.at(index);
  }
  std::string_view remote_address() const override { return head_.remote_address; }
  std::string_view trace_id() const override { return trace_id_; }
  const Principal* principal() const override { return principal_ ? &*principal_ : nullptr; }
  void set_header(std::string_view name, std::string_view value) override;
  void set_stream(Stream stream) override { next_piece_ = std::move(stream.next); }
  Result<None> check_preconditions(const Type& type, const void* current) override;
  bool has_etag() const override { return match_.route != nullptr && match_.route->etag; }
  void set_etag(std::string tag) override;
  Result<None> allows(std::int64_t user, std::string_view scope) const override;

  static constexpr std::string_view kInsufficientScope = "insufficient_scope";  // RFC 6750 3.1

 private:
  enum class Step : std::uint8_t { Authenticate, Handle, Done };
  // Whose answer counts: the handler's thread and the one that finds it late may both have one.
  enum class Answered : std::uint8_t { No, InTime, Late };

  void match();
  void find_route();
  void authenticate();
  void authorize();
  void wait_for_hashing(bool is_known_device);
  void handle();
  void tell_undeclared() const;
  bool carry_out(const Idempotency::Attempt* attempt, WriteTries& tries);
  void forget_run();
  void begin_again_hashing(const RequestScope& scope, const Error& asked);
  void tell_lost_hold() const;
  Result<None> call_endpoint();
  bool honours_key() const;
  Result<std::unique_ptr<Idempotency::Attempt>> begin_attempt();
  Result<None> keep(const Idempotency::Attempt& attempt, Session& session) const;
  void replay(const Idempotency::Attempt& attempt);
  void require_check(std::uint32_t transaction) const;
  bool changes_conditionally() const;
  Result<None> finish_conditional();
  Result<None> fill();
  void go_on();
  // `status`: where the engine's own is finer than the error's code.
  void refuse(const Error& error, std::optional<int> status = std::nullopt);
  // The same without an end: the answer can still change.
  void make_refusal(const Error& error, std::optional<int> status = std::nullopt);
  void tell_denial() const;
  void render(const Error& error, std::optional<int> status);
  void add_challenges(const Error& error);
  void add_challenge(const Authenticator& authenticator, Refusal refusal);
  void add_limits(const Error& error);
  // The log gets what was thrown, the client an error that says nothing of it.
  void fail(std::string_view plugin, std::string_view event);
  void finish();
  void count();
  Lane handler_lane() const;
  bool is_open_without_api_access() const;

  const Dispatcher& dispatcher_;
  const RequestHead head_;
  const std::string request_id_;
  const std::string_view trace_id_ = find_trace_id(head_.headers);
  mutable std::atomic<Answered> answered_{Answered::No};
  std::string body_;
  Target target_;
  Router::Match match_;
  const Mount* mount_ = &dispatcher_.registry.mounts.canonical();
  std::optional<Principal> principal_;
  // Whose credential it is: `principal_` says whether it holds.
  const Authenticator* recognised_by_ = nullptr;
  Preconditions preconditions_;
  std::uint32_t checked_in_ = 0;  // the transaction of the last check_if_match()
  std::string etag_;
  Answer answer_;
  std::size_t headers_before_ = 0;  // the handler: a cookie that the authenticator renews
  std::function<Result<Streaming>(std::string& out)> next_piece_;
  Rest rest_ = Rest::None;
  Step step_ = Step::Authenticate;
  bool preflight_ = false;
  bool needs_hashing_ = false;  // the handler does
  bool is_known_device_ = false;
  Lane lane_ = Lane::Worker;
  std::chrono::steady_clock::time_point opened_ = std::chrono::steady_clock::now();
};

}  // namespace gatehouse::runtime
