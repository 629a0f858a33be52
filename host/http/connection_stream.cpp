// The part of a connection that sends an answer while it is being made: one part of the body at a
// time, the next only when the client has taken the last. SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "host/http/connection.hpp"

namespace gatehouse::host {

void Connection::begin_stream(std::unique_ptr<Exchange> exchange) {
  const bool without_body = parser_.is_head_request() || is_bodiless(exchange->answer().status);
  const auto length = parser_.is_http_1_0() ? BodyLength::UntilClose : BodyLength::Chunked;
  append_answer_head(exchange->answer(), length);
  if (without_body) return;
  stream_ = length;
  exchange_ = std::move(exchange);
  append_piece();
}

// Puts what the exchange has made into the output.
void Connection::append_piece() {
  const auto rest = exchange_->rest();
  if (rest == Exchange::Rest::Missing) return close();
  const std::string& piece = exchange_->answer().body;
  if (stream_ == BodyLength::UntilClose) {
    context_.output += piece;
  } else if (!piece.empty()) {
    append_chunk(context_.output, piece);
  }
  if (rest == Exchange::Rest::Follows) return enter(Phase::Streaming);
  if (stream_ == BodyLength::Chunked) context_.output += kLastChunk;
  stream_ = BodyLength::Known;
  exchange_.reset();
  enter(Phase::Idle);
}

// Only when the client has taken all there was. Without room on the workers it is tried again at
// the next tick: an answer that has begun cannot become a 503.
void Connection::make_next_piece() {
  auto job = std::make_shared<Job>(std::move(exchange_), id_, context_.mailbox);
  if (context_.lanes.submit(job) == Lanes::Admission::Taken) {
    job_ = std::move(job);
    return enter(Phase::Handling);
  }
  exchange_ = std::move(job->exchange);
}

}  // namespace gatehouse::host
