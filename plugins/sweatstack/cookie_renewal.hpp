// A browser's cookie that is about to end is followed by a new one (`renew_cookie_before`).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

#include <gatehouse/call.hpp>
#include <gatehouse/context.hpp>

namespace gatehouse::sweatstack {

// Threads: any. Blocking: a statement or two, where there is something to renew.
class CookieRenewal {
 public:
  // `before`: how long before its end; 0: never.
  CookieRenewal(Context& host, std::chrono::seconds before) : host_(host), before_(before) {}

  // After a request that succeeds: where it came with the cookie of a session which ends soon, the
  // answer has the next one, also in the header refreshed-token. Never beyond the end of the
  // session (security.md 16). What cannot be renewed is left as it is.
  void apply(Call& call) const;

 private:
  bool is_due(const Call& call) const;

  Context& host_;
  const std::chrono::seconds before_;
};

}  // namespace gatehouse::sweatstack
