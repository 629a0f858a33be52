// The sign-ins of a user, and failed ones, for dialects that show them in their own way. Provided
// by the users plugin; /v1/users/{user}/login-history shows the same ones.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/values.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

struct Principal;
class Session;

// One attempt. Of good ones that are alike (client, address, mount, method) one an hour is kept; of
// unknown names none. Frozen for SDK 1.
struct LoginRecord {
  Time attempted_at;
  bool success = false;
  std::string method;                     // "basic", "session", "form"
  std::string mount;                      // where it was tried: "/v1"
  std::string remote_address;             // "": not known
  std::optional<std::string> user_agent;  // at most 512 bytes of UTF-8
};

// Which of them, counted from the newest.
struct LoginSlice {
  std::int64_t offset = 0;
  std::int64_t limit = 50;  // 1..1,000
};

// Ownership: the users plugin's; valid until Plugin::stop(). Threads: any. Blocking: some indexed
// statements of the caller's session; an offset costs what it passes over.
//
// For whoever reads the audit trail about the user (UserAction::ReadTrail), which says the same.
// Errors: NotFound; PermissionDenied.
class LoginHistory {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.login_history/1";

  // The newest first.
  virtual Result<std::vector<LoginRecord>> list(Session& db,
                                                const Principal& who,
                                                const IdOrNumber& user,
                                                const LoginSlice& slice) const = 0;
  // How many there are.
  virtual Result<std::int64_t> count(Session& db,
                                     const Principal& who,
                                     const IdOrNumber& user) const = 0;

 protected:
  ~LoginHistory() = default;
};

}  // namespace gatehouse
