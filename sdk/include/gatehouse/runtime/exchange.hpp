// The seam between an HTTP engine and what answers requests: an engine opens an Exchange when a
// request's head is complete, gives it the body, runs it where it asks to be run, and sends its
// answer. The dispatcher implements it; the engine knows nothing of routes, plugins or rights. Not
// for plugins. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/call.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// A request's head, framing checked: a known method token, the target as sent (origin form),
// headers in order.
struct RequestHead {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string remote_address;
};

// Where a piece of work runs.
enum class Lane : std::uint8_t {
  Io,       // the connection's I/O thread: never blocks
  Worker,   // a thread of the worker pool
  Hashing,  // a slot of the hashing pool
};

// On what grounds an exchange asks for a hashing slot.
struct HashingClaim {
  std::string_view address;      // the client's; "": nobody's, not limited. As long as the exchange
  bool is_known_device = false;  // has a queue of its own
};

// One request. Threads: one at a time, but for answer_late().
class Exchange {
 public:
  virtual ~Exchange() = default;

  // The largest body that will be read, in bytes. When the answer is ready already (done() after
  // open(): 404, 405, a bad target), the body is not wanted at all.
  virtual std::size_t body_limit() const = 0;
  virtual bool done() const = 0;

  virtual void receive(std::string body) = 0;

  enum class Rest : std::uint8_t {
    None,     // answer().body is the body, or its end
    Follows,  // once it is sent, run() puts what follows in its place, on a worker
    Missing,  // there should be more and never will be: the connection must be cut off
  };
  // What comes after answer().body. Only once done().
  virtual Rest rest() const { return Rest::None; }

  // Where run() is to be called next. Only while !done(), or when more of the body follows.
  virtual Lane lane() const = 0;
  // Whose work it is, as a small number: exchanges of one group share the threads with others, but
  // never get all of them. 0: nobody's, not limited.
  virtual std::uint32_t group() const { return 0; }
  // While lane() is Hashing.
  virtual HashingClaim hashing_claim() const { return {}; }
  // Works until the answer is ready (done()) or another lane is needed (lane() changed). Never
  // throws.
  virtual void run() = 0;

  // Ends it with an error of the engine's own (413, 503, a time-out), in the shape of the route it
  // matched.
  virtual void refuse(int status, std::string_view reason, std::string_view message) = 0;

  // The same for a request that another thread is working on and whose time is up: the answer to
  // send in its place, which counts as the request's only one. Threads: any, also while run() runs;
  // once.
  virtual Answer answer_late(int status,
                             std::string_view reason,
                             std::string_view message) const = 0;

  // The answer, once done(); its body as rest() says. Headers are checked (no CR, LF, NUL); the
  // engine adds Date, Content-Length, Connection, and leaves the body of a HEAD out.
  virtual Answer& answer() = 0;
  virtual std::string_view request_id() const = 0;
};

class Application {
 public:
  // Threads: I/O threads, several at once. Never blocks, never throws.
  virtual std::unique_ptr<Exchange> open(RequestHead head) = 0;

  // The answer to what cannot be read as a request at all (400, 408, 431, 501, 505), problem+json.
  // `known`, for the log: the address it came from, and the method if that much could be read.
  virtual Answer unreadable(int status,
                            std::string_view reason,
                            std::string_view message,
                            RequestHead known) = 0;

 protected:
  ~Application() = default;
};

}  // namespace gatehouse
