// Signing in with a name and a password, on whatever mount. Provided by the users plugin.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/call.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

class Authenticator;

struct SignInAttempt {
  std::string_view name;      // username or e-mail address, as sent
  std::string_view password;  // bytes as sent; any length
  std::string_view method;    // for the login history: "basic", "session", "form"
};

// Ownership: the users plugin's; valid until Plugin::stop(). Threads: any. Blocking: the database,
// and one hash where hashing_is_allowed() (gatehouse/passwords.hpp).
//
// Whatever is wrong, the answer is the same after the same work: one read, one count, one hash
// (security.md 14, 15). One budget of failures for all mounts.
class PasswordSignIn {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.password_sign_in/1";

  // Errors: NeedsHashing     ask again where hashing is allowed;
  //         Unauthenticated  whatever is wrong;
  //         RateLimited      too many failures, with retry_after and rate_limit;
  //         Unavailable.
  // The principal has no method and no credential, signed_in_at of now, and the epoch of the
  // password that was shown, which may have been changed since.
  virtual Result<Principal> sign_in(const Call& call, const SignInAttempt& attempt) = 0;

  // The same for clients that send the password with each request (HTTP Basic): one that was right
  // a moment ago is not hashed again (security.md 13), all else is looked at each time. The method
  // is "basic". Errors: as above.
  virtual Result<Principal> check(const Call& call,
                                  std::string_view name,
                                  std::string_view password) = 0;
  // HTTP Basic by check(), for a dialect's mount (Authenticators::add()).
  virtual Authenticator& basic() = 0;

 protected:
  ~PasswordSignIn() = default;
};

}  // namespace gatehouse
