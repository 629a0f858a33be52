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
  // `known`: of a device that signed in not long ago, which has a queue of its own.
  static Authentication needs_hashing(bool known = false) {
    Authentication one(Kind::NeedsHashing, {});
    one.is_known_device_ = known;
    return one;
  }
  static Authentication accepted(Principal principal) {
    return Authentication(Kind::Accepted, std::move(principal));
  }

  Kind kind() const { return kind_; }
  Principal& principal() { return principal_; }
  bool is_known_device() const { return is_known_device_; }

 private:
  Authentication(Kind kind, Principal principal) : kind_(kind), principal_(std::move(principal)) {}
  Kind kind_;
  Principal principal_;
  bool is_known_device_ = false;
};

// Why a challenge is sent.
enum class Refusal : std::uint8_t {
  NoCredential,       // 401: nobody recognised one
  InvalidCredential,  // 401: this authenticator recognised one, which does not hold
  InsufficientScope,  // 403: it holds, and its scopes are not enough (RFC 6750 3.1)
};

// Ownership: the plugin's; lives until Plugin::stop() returns. Threads: any, many at once.
// Blocking: storage yes; a password hash only when `may_hash` is true.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // The challenge for WWW-Authenticate (RFC 9110 11.6.1): `Basic realm="gatehouse"`. "": none,
  // which is usual for InsufficientScope.
  virtual std::string_view challenge(Refusal refusal) const = 0;

  // An authenticator that recognises a credential decides: an Error (Unauthenticated, RateLimited,
  // Unavailable) is the answer, never the next authenticator (security.md 8). NeedsHashing counts
  // as Authentication::needs_hashing().
  virtual Result<Authentication> authenticate(const Call& call, bool may_hash) = 0;

  // What the credential is, in a sentence: the text of its security scheme in /openapi.json.
  virtual std::string_view description() const { return {}; }
};

// Only in Plugin::wire().
class Authenticators {
 public:
  // For every route outside the mounts of dialects, asked in the order of addition. A 401 tells
  // first the challenge of who refused, then the others, those of plugins that are wired later
  // (which stand on the others) first: Bearer before Basic.
  virtual void add(Authenticator& authenticator) = 0;
  // For the routes of a mount of this plugin (Routes::mount()), and for no others.
  virtual void add(Authenticator& authenticator, std::string_view mount) = 0;

 protected:
  ~Authenticators() = default;
};

}  // namespace gatehouse
