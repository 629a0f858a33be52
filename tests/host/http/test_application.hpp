// What the engine's tests put behind it: a handful of paths that behave in every way a route can.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gatehouse/log.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/runtime/exchange.hpp>

#include "tests/host/http/framing_cases.hpp"

namespace gatehouse::host::testing {

// Holds handlers back until the test lets them go.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  // Whether so many handlers have reached the gate within the time a busy machine may need.
  bool wait_for(int arrivals) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return arrived_ >= arrivals; });
  }
  int arrived() {
    const std::lock_guard lock(mutex_);
    return arrived_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
  bool open_ = false;
};

// /inline/TAG   answered on the I/O thread        /worker/TAG   on a worker
// /hashing/TAG  worker, then hashing, then worker /io/TAG       worker, then the I/O thread
// /gated/TAG    on a worker, once the gate is open; /gated-hash/TAG in a hashing slot
// A TAG that begins with a digit and a dot is of that group. "?client" behind it: hashing is the
// client's, "?known": of a known device of the client's; without, it is nobody's.
// /echo         POST, up to 1,000 bytes           /huge/N       N bytes
// /stream/N     a stream of N pieces; "/stream/N?gated" passes the gate before the second,
//               "?breaks" breaks off after it
// /missing      404 without wanting a body        /empty        204
// /remote       the client's address
// /injected     a header with CR LF in its value  /framed       a Content-Length of its own
class TestApplication final : public Application {
 public:
  Gate gate;
  std::atomic<int> opened{0};
  std::atomic<int> runs{0};
  std::atomic<int> pieces{0};  // of streams
  std::atomic<int> alive{0};   // exchanges that have not been destroyed

  // The targets below /worker/ and /gated-hash/, in the order in which they were begun.
  std::vector<std::string> order() {
    const std::lock_guard lock(order_mutex_);
    return order_;
  }

  static constexpr std::size_t kPiece = 32 * 1024;
  // The i-th piece of every stream.
  static std::string piece(int i) { return std::string(kPiece, static_cast<char>('a' + i % 26)); }

  std::unique_ptr<Exchange> open(RequestHead head) override {
    ++opened;
    return std::make_unique<TestExchange>(*this, std::move(head));
  }

  Answer unreadable(int status,
                    std::string_view reason,
                    std::string_view message,
                    RequestHead) override {
    return {status,
            "application/problem+json",
            format("{\"status\":{},\"reason\":\"{}\",\"detail\":\"{}\"}", status, reason, message),
            {}};
  }

 private:
  class TestExchange final : public Exchange {
   public:
    TestExchange(TestApplication& application, RequestHead head)
        : application_(application), head_(std::move(head)) {
      ++application_.alive;
      answer_.content_type = "text/plain";
      if (starts("/stream/")) pieces_ = std::stoi(head_.target.substr(8));
      if (pieces_ > 0 || starts("/worker/") || starts("/gated/") || starts("/io/") ||
          starts("/hashing/")) {
        lane_ = Lane::Worker;
      }
      if (starts("/gated-hash/")) lane_ = Lane::Hashing;
      if (head_.target == "/missing") finish(404, "missing");
    }
    ~TestExchange() override { --application_.alive; }

    std::size_t body_limit() const override {
      return head_.target == "/" ? kFramingBodyLimit : 1000;
    }
    bool done() const override { return done_; }
    void receive(std::string body) override { body_ = std::move(body); }
    Lane lane() const override { return lane_; }
    // "/gated/3.x" is work of group 3.
    std::uint32_t group() const override {
      const auto digit = head_.target.find_first_of("0123456789");
      const bool named = digit != std::string::npos && head_.target[digit - 1] == '/' &&
                         digit + 1 < head_.target.size() && head_.target[digit + 1] == '.';
      return named ? static_cast<std::uint32_t>(head_.target[digit] - '0') : 0;
    }

    HashingClaim hashing_claim() const override {
      const bool is_known = head_.target.ends_with("?known");
      if (!is_known && !head_.target.ends_with("?client")) return {};
      return {head_.remote_address, is_known};
    }

    void run() override {
      ++application_.runs;
      ++step_;
      if (pieces_ > 0) return stream();
      if (starts("/worker/") || starts("/gated-hash/")) {
        const std::lock_guard lock(application_.order_mutex_);
        application_.order_.push_back(head_.target);
      }
      if (starts("/gated")) application_.gate.pass();
      if (starts("/hashing/") && step_ == 1) {
        lane_ = Lane::Hashing;
      } else if (starts("/hashing/") && step_ == 2) {
        lane_ = Lane::Worker;
      } else if (starts("/io/") && step_ == 1) {
        lane_ = Lane::Io;
      } else if (head_.target == "/echo") {
        finish(200, body_);
      } else if (starts("/huge/")) {
        finish(200, std::string(std::stoul(head_.target.substr(6)), 'h'));
      } else if (head_.target == "/remote") {
        finish(200, head_.remote_address);
      } else if (head_.target == "/empty") {
        answer_.content_type.clear();
        finish(204, "");
      } else if (head_.target == "/injected") {
        answer_.headers.emplace_back("X-Name", "a\r\nSet-Cookie: stolen=1");
        finish(200, "injected");
      } else if (head_.target == "/framed") {
        answer_.headers.emplace_back("content-length", "1");
        finish(200, "framed");
      } else {
        finish(200, head_.target);
      }
    }

    void refuse(int status, std::string_view reason, std::string_view message) override {
      answer_ = application_.unreadable(status, reason, message, {});
      answer_.headers.emplace_back("X-Request-Id", request_id());
      done_ = true;
    }
    Answer answer_late(int status,
                       std::string_view reason,
                       std::string_view message) const override {
      return application_.unreadable(status, reason, message, {});
    }
    Answer& answer() override { return answer_; }
    Rest rest() const override { return rest_; }
    std::string_view request_id() const override { return "test"; }

   private:
    void stream() {
      if (step_ == 2 && head_.target.ends_with("?gated")) application_.gate.pass();
      finish(200, piece(step_ - 1));
      ++application_.pieces;
      rest_ = step_ == pieces_ ? Rest::None : Rest::Follows;
      if (step_ == 3 && head_.target.ends_with("?breaks")) rest_ = Rest::Missing;
    }
    bool starts(std::string_view prefix) const { return head_.target.starts_with(prefix); }
    void finish(int status, std::string body) {
      answer_.status = status;
      answer_.body = std::move(body);
      done_ = true;
    }

    TestApplication& application_;
    RequestHead head_;
    std::string body_;
    Answer answer_;
    Lane lane_ = Lane::Io;
    Rest rest_ = Rest::None;
    int pieces_ = 0;  // of a stream
    int step_ = 0;
    bool done_ = false;
  };

  std::mutex order_mutex_;
  std::vector<std::string> order_;  // guarded by order_mutex_
};

class SilentLog final : public Log {
 public:
  std::atomic<int> errors{0};
  void write(LogLevel level, std::string_view, std::string_view) override {
    if (level == LogLevel::Error) ++errors;
  }
};

// One number for every name: the tests ask for one at a time.
class TestMetrics final : public Metrics {
 public:
  class Number final : public Counter, public Gauge, public Histogram {
   public:
    void add(double amount) override { value = value + amount; }
    void set(double amount) override { value = amount; }
    void observe(double) override {}
    std::atomic<double> value{0};
  };
  Number connections;
  Number refused;
  Number deadlines;
  Number shed;
  Number buffered;
  Number refused_of_address;  // by the lane of hashing
  Number waiting_for_hashing;
  Number others;

  Counter& counter(std::string_view name,
                   std::string_view,
                   std::span<const Label> labels) override {
    if (name == "http_queue_refusals_total" && has(labels, "lane", "hashing") &&
        has(labels, "limit", "address")) {
      return refused_of_address;
    }
    if (name == "http_connections_refused_total") return refused;
    if (name == "http_deadlines_exceeded_total") return deadlines;
    if (name == "http_answers_shed_total") return shed;
    return others;
  }
  Gauge& gauge(std::string_view name, std::string_view, std::span<const Label> labels) override {
    if (name == "http_queue_length" && has(labels, "lane", "hashing")) return waiting_for_hashing;
    if (name == "http_buffered_bytes") return buffered;
    return name == "http_connections" ? connections : others;
  }
  Histogram& histogram(std::string_view,
                       std::string_view,
                       std::span<const Label>,
                       std::span<const double>) override {
    return others;
  }

 private:
  static bool has(std::span<const Label> labels, std::string_view name, std::string_view value) {
    return std::any_of(labels.begin(), labels.end(), [&](const Label& label) {
      return label.first == name && label.second == value;
    });
  }
};

}  // namespace gatehouse::host::testing
