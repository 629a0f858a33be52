// From a request's credential to its principal. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>
#include <utility>

#include <gatehouse/call.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// What an authenticator found. An Error as Result means: recognised, and refused.
class Authentication {
 public:
  enum class Kind : std::uint8_t {
    NotRecognised,  // nothing of this authenticator's kind in the request: ask the next one
    NeedsHashing,   // ask again with a hashing slot
    Accepted,
  };
  static Authentication not_recognised() { return Authentication(Kind::NotRecognised, {}); }
  static Authentication needs_hashing() { return Authentication(Kind::NeedsHashing, {}); }
  static Authentication accepted(Principal principal) {
    return Authentication(Kind::Accepted, std::move(principal));
  }

  Kind kind() const { return kind_; }
  Principal& principal() { return principal_; }

 private:
  Authentication(Kind kind, Principal principal) : kind_(kind), principal_(std::move(principal)) {}
  Kind kind_;
  Principal principal_;
};

// Ownership: the plugin's; lives until Plugin::stop() returns. Threads: any, many at once.
// Blocking: storage yes; a password hash only when `may_hash` is true.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // The challenge for WWW-Authenticate (RFC 9110 11.6.1): `Basic realm="gatehouse"`.
  virtual std::string_view challenge() const = 0;

  // An authenticator that recognises a credential decides: an Error (Unauthenticated, RateLimited,
  // Unavailable) is the answer, never the next authenticator (security.md 8).
  virtual Result<Authentication> authenticate(const Call& call, bool may_hash) = 0;

  // What the credential is, in a sentence: the text of its security scheme in /openapi.json.
  virtual std::string_view description() const { return {}; }
};

// Only in Plugin::wire().
class Authenticators {
 public:
  // For every route outside the mounts of dialects, asked in the order of addition.
  virtual void add(Authenticator& authenticator) = 0;

 protected:
  ~Authenticators() = default;
};

}  // namespace gatehouse
