// Implements raw_client.hpp; in a file of this name so that every suite of the folder links it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/host/http/raw_client.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gatehouse::host::testing {

namespace {

constexpr int kPatienceMs = 20'000;

}  // namespace

RawClient::RawClient(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    ::close(fd_);
    throw std::system_error(error, std::generic_category(), "cannot connect");
  }
  const int one = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

RawClient::~RawClient() {
  close();
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::end_sending() {
  ::shutdown(fd_, SHUT_WR);
}

void RawClient::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void RawClient::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

RawClient::More RawClient::receive() {
  pollfd wait{fd_, POLLIN, 0};
  if (::poll(&wait, 1, kPatienceMs) <= 0) return More::Broken;
  char bytes[16384];
  const auto size = ::recv(fd_, bytes, sizeof bytes, 0);
  if (size == 0) return More::Ended;
  if (size < 0) return More::Broken;
  buffer_.append(bytes, static_cast<std::size_t>(size));
  return More::Came;
}

std::optional<Reply> RawClient::reply(HeadReply head) {
  auto end = buffer_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (receive() != More::Came) return std::nullopt;
    end = buffer_.find("\r\n\r\n");
  }
  Reply reply;
  reply.head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  reply.status = std::stoi(reply.head.substr(9, 3));
  for (auto at = reply.head.find("\r\n") + 2; at < reply.head.size();) {
    const auto line_end = reply.head.find("\r\n", at);
    const auto colon = reply.head.find(": ", at);
    std::string name = reply.head.substr(at, colon - at);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
      return static_cast<char>(std::tolower(c));
    });
    reply.fields[name] = reply.head.substr(colon + 2, line_end - colon - 2);
    at = line_end + 2;
  }
  if (head == HeadReply::No && reply.fields.contains("transfer-encoding")) return chunked(reply);
  if (head == HeadReply::Yes || !reply.fields.contains("content-length")) return reply;
  const auto length = std::stoul(reply.fields["content-length"]);
  while (buffer_.size() < length) {
    if (receive() != More::Came) return std::nullopt;
  }
  reply.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return reply;
}

std::optional<Reply> RawClient::chunked(Reply reply) {
  for (;;) {
    auto line = buffer_.find("\r\n");
    while (line == std::string::npos) {
      if (receive() != More::Came) return std::nullopt;
      line = buffer_.find("\r\n");
    }
    const auto size = std::stoul(buffer_.substr(0, line), nullptr, 16);
    while (buffer_.size() < line + 4 + size) {
      if (receive() != More::Came) return std::nullopt;
    }
    reply.body.append(buffer_, line + 2, size);
    buffer_.erase(0, line + 4 + size);
    if (size == 0) return reply;
  }
}

std::optional<std::string> RawClient::rest() {
  for (;;) {
    const auto more = receive();
    if (more == More::Broken) return std::nullopt;
    if (more == More::Ended) return std::exchange(buffer_, {});
  }
}

bool RawClient::silent_for(std::chrono::milliseconds time) {
  if (!buffer_.empty()) return false;
  pollfd wait{fd_, POLLIN, 0};
  return ::poll(&wait, 1, static_cast<int>(time.count())) == 0;
}

int RawClient::local_port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

void RawClient::set_receive_buffer(int bytes) {
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

}  // namespace gatehouse::host::testing
