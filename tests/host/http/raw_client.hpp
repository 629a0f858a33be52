// A client that sends exactly the bytes it is given. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::host::testing {

struct Reply {
  int status = 0;
  std::map<std::string, std::string> fields;  // names in lower case
  std::string head;
  std::string body;
};

enum class HeadReply { No, Yes };

// Waits up to 20 s, which no test needs unless it fails. Not a promise of the engine's.
class RawClient {
 public:
  explicit RawClient(int port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False once the server has reset the connection.
  bool send(std::string_view bytes);
  void end_sending();
  void close();
  void reset();  // closes with RST

  // The next answer; nothing when the connection ends or is reset before it is whole.
  std::optional<Reply> reply(HeadReply head = HeadReply::No);
  // All that comes until the server ends the connection; nothing when it does not, or resets it.
  std::optional<std::string> rest();
  // Whether nothing comes for as long.
  bool silent_for(std::chrono::milliseconds time);

  int local_port() const;
  void set_receive_buffer(int bytes);

  std::optional<Reply> ask(std::string_view request, HeadReply head = HeadReply::No) {
    send(request);
    return reply(head);
  }

 private:
  enum class More { Came, Ended, Broken };
  More receive();
  std::optional<Reply> chunked(Reply reply);

  int fd_ = -1;
  std::string buffer_;
};

}  // namespace gatehouse::host::testing
