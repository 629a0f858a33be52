// When and from where tokens were used last: noted by requests in memory, written once a minute.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include <gatehouse/context.hpp>
#include <gatehouse/time.hpp>

#include "api_token_repository.hpp"

namespace gatehouse::tokens {

// Threads: any.
class LastUses {
 public:
  // Tokens used within one minute beyond these are noted a minute later.
  static constexpr std::size_t kLimit = 10'000;

  LastUses(Context& host, const ApiTokenRepository& tokens) : host_(host), tokens_(tokens) {}

  // Blocking: a mutex.
  void note(std::int64_t token, Time at, std::string_view address);
  // Blocking: the database. What cannot be written is forgotten: the next use is noted again.
  void write();

 private:
  struct Use {
    Time at;
    std::string address;
  };
  // In the order of the numbers, so that processes which write at once never wait for each other in
  // a circle.
  using Uses = std::map<std::int64_t, Use>;
  Result<None> write(Uses::const_iterator& next, const Uses& uses);

  Context& host_;
  const ApiTokenRepository& tokens_;
  std::mutex mutex_;  // guards noted_
  Uses noted_;
};

}  // namespace gatehouse::tokens
