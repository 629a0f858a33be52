// The sending half of a connection: one send() for all answers of a call, a buffer for what the
// client does not take, and the ways to end. SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <utility>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "host/http/connection.hpp"

namespace gatehouse::host {

// Every entry into the connection ends here.
void Connection::flush() {
  send_output();
  if (closed()) return;
  if (output_.empty() && phase_ == Phase::Streaming) make_next_piece();
  if (output_.empty()) {
    sent_all();
  } else {
    update_interest();
  }
  account();
}

// How many bytes the socket took, 0 when it is full; nothing when the client is gone.
std::optional<std::size_t> Connection::give(std::string_view bytes, int flags) {
  for (;;) {
    const auto size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | flags);
    if (size >= 0) {
      given_ += static_cast<std::uint64_t>(size);
      return static_cast<std::size_t>(size);
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    if (errno != EINTR) return std::nullopt;
  }
}

// The socket says that there is room only when much of its buffer is free, and a slow reader may
// take longer for that than a client may stall; so the bytes are asked for that it has taken.
void Connection::look_for_progress() {
  int waiting = 0;
  if (::ioctl(fd_, SIOCOUTQ, &waiting) != 0) return;
  const auto acknowledged = given_ - static_cast<std::uint64_t>(waiting);
  if (acknowledged == acknowledged_) return;
  acknowledged_ = acknowledged;
  stalled_since_ = context_.now;
}

// Sends what the answers of this call have put together so far.
void Connection::send_output() {
  auto& output = context_.output;
  if (!closed() && !output.empty()) {
    if (!output_.empty()) {
      output_ += output;
    } else if (const auto sent = give(output, 0); !sent) {
      close();
    } else if (*sent < output.size()) {
      output_.assign(output, *sent);
      stalled_since_ = context_.now;
    }
  }
  output.clear();
}

// A large body is sent from where it is, and kept as it is where the client is slow.
void Connection::send_answer_body(std::string body) {
  auto& output = context_.output;
  if (!output_.empty()) {
    output_ += output;
    output_ += body;
    output.clear();
    return;
  }
  const auto head = give(output, MSG_MORE);
  std::optional<std::size_t> sent = 0;
  if (head && *head == output.size()) sent = give(body, 0);
  if (!head || !sent) {
    close();
  } else if (*head < output.size()) {
    output_.assign(output, *head);
    output_ += body;
  } else if (*sent < body.size()) {
    output_ = std::move(body);
    sent_ = *sent;
  }
  stalled_since_ = context_.now;
  output.clear();
}

void Connection::send_rest() {
  const auto rest = std::string_view(output_).substr(sent_);
  const auto sent = give(rest, 0);
  if (!sent) return close();
  sent_ += *sent;
  if (*sent < rest.size()) return;
  std::string().swap(output_);
  sent_ = 0;
  since_ = context_.now;  // the wait for the client begins now, not when the answer was made
  resume();
}

// All is with the client: goes on reading, or ends as decided.
void Connection::sent_all() {
  if (end_ == End::None || phase_ == Phase::Lingering || stream_ != BodyLength::Known) {
    return update_interest();
  }
  if (end_ == End::AfterAnswer && input_.empty()) return close();
  // Closing with unread input would reset the connection and take the answer from the client.
  std::string().swap(input_);
  ::shutdown(fd_, SHUT_WR);
  enter(Phase::Lingering);
  update_interest();
}

// The kernel is told only what changes: hardly ever, since answers mostly fit the socket's buffer.
void Connection::update_interest() {
  auto wanted = Interest::Read;
  if (!output_.empty()) {
    wanted = Interest::Write;
  } else if ((phase_ == Phase::Handling || phase_ == Phase::Streaming) &&
             input_.size() >= context_.options.pipelined_backlog) {
    wanted = Interest::Nothing;
  }
  if (wanted == interest_) return;
  interest_ = wanted;
  context_.sockets->watch(fd_, id_, wanted);
}

}  // namespace gatehouse::host
