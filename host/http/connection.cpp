// The receiving half of a connection, and what it is doing when; connection_output.cpp sends.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/connection.hpp"

#include <cerrno>
#include <utility>

#include <sys/socket.h>

#include "host/http/forwarded.hpp"

namespace gatehouse::host {

namespace {

// Pipelined answers are sent together up to this size; a body beyond it is sent from where it is.
constexpr std::size_t kOutputBound = 64 * 1024;
// A body that nobody wants (404, 405) is read over up to this size, so that the connection lives
// on.
constexpr std::size_t kUnwantedBody = 64 * 1024;
constexpr std::size_t kMaxReadOver = 16 * 1024 * 1024;

void add_retry_after(Answer& answer) {
  if (answer.status != 503) return;
  for (const auto& [name, value] : answer.headers) {
    if (name == "Retry-After") return;
  }
  answer.headers.emplace_back("Retry-After", "1");
}

}  // namespace

Connection::Connection(IoContext& context, std::uint64_t id, int fd, std::string address)
    : context_(context),
      id_(id),
      fd_(fd),
      address_(std::move(address)),
      since_(context.now),
      stalled_since_(context.now),
      parser_(context.options.framing) {}

Connection::~Connection() {
  if (job_) abandon(*job_);
}

Job::Phase Connection::abandon(Job& job) {
  const auto phase = job.abandon();
  if (phase == Job::Phase::Queued) context_.lanes.withdraw(job);
  return phase;
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  since_ = context_.now;
}

// With a reset where an answer is unfinished, so that the client cannot take what it has for the
// whole: for HTTP/1.0 the end of the connection may be the end of the body.
void Connection::close() {
  if (closed()) return;
  if (!output_.empty() || stream_ != BodyLength::Known) {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  if (job_) abandon(*job_);
  job_.reset();
  phase_ = Phase::Closed;
  account();
}

void Connection::on_ready(Readiness readiness) {
  if (readiness.writable && !output_.empty()) send_rest();
  if (!closed() && readiness.readable && interest_ == Interest::Read) read();
  // Nobody is there any more: a hang-up with nothing to read, or an error (which has no flag here).
  const bool idle_event = !readiness.readable && !readiness.writable;
  if (idle_event || (readiness.hung_up && interest_ != Interest::Read)) close();
}

void Connection::read() {
  const auto size = ::recv(fd_, context_.input.data(), context_.input.size(), 0);
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR) close();
    return;
  }
  if (size == 0) return close();
  const auto bytes = static_cast<std::size_t>(size);
  if (phase_ == Phase::Lingering) return read_over(bytes);
  take({context_.input.data(), bytes});
}

void Connection::read_over(std::size_t bytes) {
  read_over_ += bytes;
  if (read_over_ > kMaxReadOver) close();
}

void Connection::take(std::string_view bytes) {
  if (!can_process()) {
    input_.append(bytes);
    account();
    return update_interest();
  }
  if (!input_.empty()) {
    input_.append(bytes);
    return resume();
  }
  const auto used = process(bytes);
  if (!closed() && used < bytes.size()) input_.assign(bytes.substr(used));
  flush();
}

// Goes on with what has been taken in, after an answer or more bytes.
void Connection::resume() {
  while (!input_.empty() && can_process()) {
    std::string bytes = std::exchange(input_, {});
    const auto used = process(bytes);
    if (used < bytes.size()) {
      bytes.erase(0, used);
      input_ = std::move(bytes);
    }
    if (used == 0) break;
  }
  flush();
}

bool Connection::can_process() const {
  return output_.empty() && end_ == End::None &&
         (phase_ == Phase::Idle || phase_ == Phase::Head || phase_ == Phase::Body);
}

std::size_t Connection::process(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && can_process()) {
    if (phase_ == Phase::Idle) {
      const auto connected = since_;
      enter(Phase::Head);
      // The first head's time counts from the connect on, or one byte would double it.
      if (!served_) since_ = connected;
    }
    const auto step = parser_.feed(bytes.substr(used));
    used += step;
    if (phase_ == Phase::Body && !exchange_->done()) body_ += step;
    if (parser_.stage() == RequestParser::Stage::HeadRead) {
      begin_exchange();
      if (phase_ == Phase::Body && parser_.expects_continue() && used == bytes.size()) {
        context_.output += "HTTP/1.1 100 Continue\r\n\r\n";
      }
    } else if (parser_.stage() == RequestParser::Stage::Failed) {
      refuse_unreadable();
    } else if (phase_ == Phase::Body && parser_.stage() == RequestParser::Stage::Body &&
               body_ > 0 && !has_memory_for(0)) {
      refuse_for_memory();
    } else if (step == 0) {
      break;
    }
    if (parser_.stage() == RequestParser::Stage::Complete && phase_ != Phase::Handling) {
      run_exchange();
    }
  }
  return used;
}

void Connection::begin_exchange() {
  const bool has_body = parser_.has_body();
  auto& head = parser_.head();
  head.remote_address = client_address(address_, head.headers, context_.options.is_trusted_proxy);
  exchange_ = context_.application.open(std::move(head));
  if (context_.draining == Draining::Yes) {
    end_ = has_body ? End::AfterLingering : End::AfterAnswer;
    if (!exchange_->done()) {
      exchange_->refuse(503, "shutting_down", "The server is shutting down; try again soon.");
    }
    return finish_exchange();
  }
  const bool wanted = !exchange_->done();
  if (!wanted && has_body && parser_.expects_continue()) {
    end_ = End::AfterLingering;  // the client waits for a word that it will not get
    return finish_exchange();
  }
  parser_.expect_body(wanted ? exchange_->body_limit() : kUnwantedBody,
                      wanted ? RequestParser::BodyUse::Keep : RequestParser::BodyUse::Discard);
  if (parser_.stage() == RequestParser::Stage::Failed) return refuse_unreadable();
  if (parser_.stage() != RequestParser::Stage::Body) return;
  if (wanted && !has_memory_for(parser_.announced_body())) return refuse_for_memory();
  enter(Phase::Body);
}

bool Connection::has_memory_for(std::uint64_t bytes) const {
  const auto others = context_.buffered.load(std::memory_order_relaxed) - held_;
  return others + holds() + bytes <= context_.options.buffered_bytes;
}

void Connection::refuse_for_memory() {
  end_ = End::AfterLingering;
  refuse_for_load(*exchange_);
  finish_exchange();
}

// Answers that the client takes at once, and requests without a body, never come here with a
// difference: they cost no write to memory that the I/O threads share.
void Connection::account() {
  const auto now = closed() ? 0 : holds();
  if (now == held_) return;
  context_.buffered.fetch_add(now - held_, std::memory_order_relaxed);  // modulo 2^64
  held_ = now;
}

// After an error of framing nobody knows where the next request begins, so none is read.
void Connection::refuse_unreadable() {
  end_ = End::AfterLingering;
  const auto& error = parser_.error();
  if (!exchange_) {
    return answer_unread(error.status, error.reason, error.message);
  }
  if (!exchange_->done()) exchange_->refuse(error.status, error.reason, error.message);
  finish_exchange();
}

void Connection::run_exchange() {
  if (!exchange_->done()) exchange_->receive(parser_.take_body());
  advance();
}

void Connection::advance() {
  while (!exchange_->done() && exchange_->lane() == Lane::Io) exchange_->run();
  if (exchange_->done()) return finish_exchange();
  if (phase_ != Phase::Handling) enter(Phase::Handling);  // the deadline counts once, not per lane
  job_ = std::make_shared<Job>(std::move(exchange_), id_, context_.mailbox);
  if (context_.lanes.submit(job_) == Lanes::Admission::Taken) return;
  exchange_ = std::move(job_->exchange);
  job_.reset();
  refuse_for_load(*exchange_);
  finish_exchange();
}

void Connection::on_job(std::shared_ptr<Job> job) {
  if (job != job_) return;  // given up meanwhile
  exchange_ = std::move(job_->exchange);
  job_.reset();
  if (stream_ == BodyLength::Known) {
    advance();
  } else {
    append_piece();
  }
  resume();
}

void Connection::finish_exchange() {
  auto exchange = std::move(exchange_);
  auto& result = exchange->answer();
  if (!is_sendable(result)) {
    context_.log.error("unsendable_answer",
                       "request {}: the answer's {} would break the framing",
                       exchange->request_id(),
                       unsendable_part(result));
    constexpr std::string_view kMessage = "The server failed to answer; the log says why.";
    exchange->refuse(500, "internal", kMessage);
    if (!is_sendable(result)) return answer_unread(500, "internal", kMessage);
  }
  if (exchange->rest() != Exchange::Rest::None) return begin_stream(std::move(exchange));
  answer(result);
}

// Answers without an exchange: there is none yet, or a handler still has it.
void Connection::answer_unread(int status, std::string_view reason, std::string_view message) {
  auto refusal = context_.application.unreadable(
      status, reason, message, {std::string(parser_.method()), "", {}, address_});
  answer(refusal);
}

// Writes the answer to the request that the parser holds, and makes ready for the next.
void Connection::answer(Answer& answer) {
  add_retry_after(answer);
  const bool without_body = is_bodiless(answer.status) || parser_.is_head_request();
  append_answer_head(answer, BodyLength::Known);
  if (without_body) return;
  if (answer.body.size() > kOutputBound) return send_answer_body(std::move(answer.body));
  context_.output += answer.body;
  if (context_.output.size() > kOutputBound) send_output();
}

void Connection::append_answer_head(Answer& answer, BodyLength length) {
  if (end_ == End::None && (context_.draining == Draining::Yes || !parser_.keep_alive() ||
                            length == BodyLength::UntilClose)) {
    end_ = End::AfterAnswer;
  }
  auto persistence = Persistence::Keep;
  if (end_ != End::None) {
    persistence = Persistence::Close;
  } else if (parser_.is_http_1_0()) {
    persistence = Persistence::KeepAsked;
  }
  append_head(context_.output, answer, persistence, context_.date, length);
  parser_.next();
  body_ = 0;
  served_ = true;
  enter(Phase::Idle);
}

void Connection::on_tick() {
  const auto& options = context_.options;
  if (!output_.empty()) {
    look_for_progress();
    if (context_.now - stalled_since_ >= options.write_stall) close();
    return;
  }
  const auto waited = context_.now - since_;
  switch (phase_) {
    case Phase::Idle:
      if (waited >= (served_ ? options.idle_timeout : options.header_timeout)) close();
      break;
    case Phase::Head:
      if (waited >= options.header_timeout) {
        end_ = End::AfterLingering;
        answer_unread(408, "head_timeout", "The request's head took too long to arrive.");
        flush();
      }
      break;
    case Phase::Body:
      if (waited >= options.body_timeout) {
        end_ = End::AfterLingering;
        if (!exchange_->done()) {
          exchange_->refuse(408, "body_timeout", "The request's body took too long to arrive.");
        }
        finish_exchange();
        flush();
      }
      break;
    case Phase::Handling:
      if (waited >= options.handler_deadline) give_up_late_job();
      break;
    case Phase::Streaming:  // there was no room on the workers
      if (waited >= options.handler_deadline) return close();
      flush();
      break;
    case Phase::Lingering:
      if (waited >= options.linger) close();
      break;
    case Phase::Closed:
      break;
  }
}

// A handler that runs keeps its thread until it returns; its answer then goes nowhere.
void Connection::give_up_late_job() {
  constexpr std::string_view kReason = "deadline_exceeded";
  constexpr std::string_view kMessage = "The server could not answer in time; try again later.";
  context_.deadlines.add(1);
  if (stream_ != BodyLength::Known) return close();
  const auto job = std::exchange(job_, nullptr);
  if (abandon(*job) == Job::Phase::Running) {
    auto refusal = job->exchange->answer_late(503, kReason, kMessage);
    answer(refusal);
  } else {
    exchange_ = std::move(job->exchange);
    if (!exchange_->done()) exchange_->refuse(503, kReason, kMessage);
    finish_exchange();
  }
  resume();
}

void Connection::turn_away(const Answer& refusal) {
  end_ = End::AfterLingering;
  if (is_sendable(refusal)) {
    append_head(context_.output, refusal, Persistence::Close, context_.date);
    context_.output += refusal.body;
  }
  flush();
}

void Connection::on_drain() {
  if (phase_ != Phase::Idle || !output_.empty()) return;
  read();  // a request that is there already gets an answer
  if (phase_ == Phase::Idle && output_.empty()) close();
}

}  // namespace gatehouse::host
