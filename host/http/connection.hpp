// One client's connection from its first byte to its last: reads requests, hands them on one at a
// time, writes the answers in order, and knows when its time is up.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/log.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/runtime/exchange.hpp>

#include "host/http/framing.hpp"
#include "host/http/job.hpp"
#include "host/http/lanes.hpp"
#include "host/http/options.hpp"
#include "host/http/reactor.hpp"
#include "host/http/response.hpp"

namespace gatehouse::host {

enum class Draining : std::uint8_t { No, Yes };

// What the connections of one I/O thread share; each uses it only while it is being called.
struct IoContext {
  const HttpOptions& options;
  Application& application;
  Lanes& lanes;
  Log& log;
  Mailbox& mailbox;
  Counter& deadlines;
  std::atomic<std::size_t>& buffered;  // of all I/O threads, see HttpOptions::buffered_bytes
  IoSockets* sockets = nullptr;

  std::chrono::steady_clock::time_point now = {};  // of the batch of events
  std::string date = {};                           // of the same
  Draining draining = Draining::No;
  std::string output = {};                 // of one call; empty between calls
  std::array<char, 64 * 1024> input = {};  // of one read
};

// Ownership: the I/O thread's table; to be destroyed once closed(). Owns the exchange of its
//            request except while a Job does.
// Threads:   its I/O thread only. Blocking: never.
// Limits:    holds at most one request's body, the pipelined backlog and one unsent answer, or one
//            unsent part of a stream (with those answers of up to kOutputBound bytes that were
//            pipelined before it).
//
// A client that ends its side while its request is being handled counts as gone, since that is what
// a cancelled request looks like: what waits is dropped, what runs is not answered. A client that
// ends its side right after an inline request still gets the answer.
class Connection {
 public:
  Connection(IoContext& context, std::uint64_t id, int fd, std::string address);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void on_ready(Readiness readiness);
  void on_job(std::shared_ptr<Job> job);
  void on_tick();
  void on_drain();
  // For a connection too many, instead of all else: sends the refusal, and reads over for a moment
  // what the client has sent, since with unread input it would get a reset and no refusal.
  void turn_away(const Answer& refusal);
  void close();  // the descriptor stays open, and is the caller's to close

  bool closed() const { return phase_ == Phase::Closed; }
  int fd() const { return fd_; }
  const std::string& address() const { return address_; }
  // Since when its client has taken nothing of an answer that waits for it.
  std::optional<std::chrono::steady_clock::time_point> waits_for_client() const {
    if (output_.empty()) return std::nullopt;
    return stalled_since_;
  }

 private:
  enum class Phase : std::uint8_t {
    Idle,  // no byte of the next request is there
    Head,
    Body,
    Handling,   // the exchange is with a Job
    Streaming,  // a part of the body is on its way; the exchange waits to make the next
    Lingering,  // all is sent and the sending side ended; what still comes is read over
    Closed,
  };
  enum class End : std::uint8_t { None, AfterAnswer, AfterLingering };

  using TimePoint = std::chrono::steady_clock::time_point;

  void read();
  void read_over(std::size_t bytes);
  void take(std::string_view bytes);
  std::size_t process(std::string_view bytes);
  void resume();
  bool can_process() const;

  void begin_exchange();
  void run_exchange();
  void advance();
  void finish_exchange();
  void refuse_unreadable();
  bool has_memory_for(std::uint64_t bytes) const;
  void refuse_for_memory();
  std::size_t holds() const { return input_.size() + body_ + output_.size(); }
  void account();
  void answer_unread(int status, std::string_view reason, std::string_view message);
  void answer(Answer& answer);
  void append_answer_head(Answer& answer, BodyLength length);
  void begin_stream(std::unique_ptr<Exchange> exchange);
  void append_piece();
  void make_next_piece();
  Job::Phase abandon(Job& job);
  void give_up_late_job();

  void flush();
  void send_output();
  void send_answer_body(std::string body);
  std::optional<std::size_t> give(std::string_view bytes, int flags);
  void send_rest();
  void look_for_progress();
  void sent_all();
  void update_interest();
  void enter(Phase phase);

  IoContext& context_;
  const std::uint64_t id_;
  const int fd_;
  const std::string address_;

  Phase phase_ = Phase::Idle;
  End end_ = End::None;
  Interest interest_ = Interest::Read;
  bool served_ = false;      // whether it has had an answer: before that, silence is a slow head
  TimePoint since_;          // since when it is in its phase
  TimePoint stalled_since_;  // since when the client has taken nothing of what waits
  std::uint64_t given_ = 0;  // bytes that the kernel took, ever
  std::uint64_t acknowledged_ = 0;  // of these, bytes that the client's kernel had last time

  BodyLength stream_ = BodyLength::Known;  // Known: no answer is being streamed
  RequestParser parser_;
  std::unique_ptr<Exchange> exchange_;
  std::shared_ptr<Job> job_;
  std::string input_;   // taken in and not used yet
  std::string output_;  // not taken by the client yet, from sent_ on
  std::size_t sent_ = 0;
  std::size_t body_ = 0;  // bytes of the request's body that have come and are kept
  std::size_t held_ = 0;  // what context_.buffered has of this connection
  std::size_t read_over_ = 0;
};

}  // namespace gatehouse::host
