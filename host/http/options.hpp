// What the HTTP engine can be told, with the values it uses otherwise.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace gatehouse::host {

// How much of a request's head is taken in before it is refused.
struct FramingLimits {
  std::size_t head_bytes = 16 * 1024;  // request line and fields together; more is 414 or 431
  std::size_t fields = 100;            // more is 431
};

// Every time-out counts for every request of a connection, not only for the first. They are looked
// at every `sweep`, so they come true up to that much later.
struct HttpOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  std::size_t io_threads = 1;

  std::size_t worker_threads = 4;
  std::size_t worker_queue = 1024;  // requests that wait for a worker; more are answered 503
  std::size_t hashing_slots = 0;    // 0: as many as there are cores
  // Threads for hashing beyond the slots, which wait for a database while others hash. Above 0,
  // whoever hashes has to keep to the slots (HashingSlots of the SDK); here they are only threads.
  std::size_t hashing_spares = 0;
  // Requests that wait for a slot, and the same again of known devices; half of it for one address.
  std::size_t hashing_queue = 256;

  FramingLimits framing;
  // What all connections together hold of bodies and backlogs that have come and of answers that
  // have not been taken, in bytes; without the kernel's buffers.
  std::size_t buffered_bytes = 256 * 1024 * 1024;
  std::size_t pipelined_backlog = 64 * 1024;  // bytes taken in while a request is being handled

  std::chrono::milliseconds header_timeout{
      10'000};  // from the first byte (of the first request: from the connect) to the blank line
  std::chrono::milliseconds body_timeout{30'000};      // from there to the body's last byte
  std::chrono::milliseconds idle_timeout{60'000};      // between two requests
  std::chrono::milliseconds write_stall{30'000};       // without a byte taken by the client
  std::chrono::milliseconds handler_deadline{30'000};  // from the body's last byte to the answer
  std::chrono::milliseconds linger{2'000};  // after a refusal, so that the client can read it
  std::chrono::milliseconds sweep{250};

  // Both are capped by RLIMIT_NOFILE (less a reserve for databases, files and plugins), which
  // start() raises to its hard limit.
  std::size_t max_connections = 20'000;
  std::size_t max_connections_per_address = 1'024;  // IPv6: per /64
  // Reverse proxies: the second limit does not hold for them, and their word on where a request
  // comes from is believed (forwarded.hpp). Empty: nobody is trusted. Threads: any.
  std::function<bool(std::string_view address)> is_trusted_proxy;
};

}  // namespace gatehouse::host
