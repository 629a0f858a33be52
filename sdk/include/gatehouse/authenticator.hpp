// From a request's credential to its principal. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/call.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// What an authenticator found. An Error as Result means: recognised, and refused; or NeedsHashing.
class Authentication {
 public:
  enum class Kind : std::uint8_t {
    NotRecognised,  // nothing of this authenticator's kind in the request: ask the next one
    Accepted,
  };
  static Authentication not_recognised() { return Authentication(Kind::NotRecognised, {}); }
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

// Why a challenge is sent.
enum class Refusal : std::uint8_t {
  NoCredential,       // 401: nobody recognised one
  InvalidCredential,  // 401: this authenticator recognised one, which does not hold
  InsufficientScope,  // 403: it holds, and its scopes are not enough (RFC 6750 3.1)
};

// Ownership: the plugin's; lives until Plugin::stop() returns. Threads: any, many at once.
// Blocking: storage yes; a password hash only where hashing_is_allowed() (gatehouse/passwords.hpp).
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // The challenge for WWW-Authenticate (RFC 9110 11.6.1): `Basic realm="gatehouse"`. "": none,
  // which is usual for InsufficientScope.
  virtual std::string_view challenge(Refusal refusal) const = 0;

  // An authenticator that recognises a credential decides: an Error (Unauthenticated, RateLimited,
  // Unavailable) is the answer, never the next authenticator (security.md 8). needs_hashing() is
  // none: it is asked again, in a hashing slot.
  virtual Result<Authentication> authenticate(const Call& call) = 0;

  // What the credential is, in a sentence: the text of its security scheme in /openapi.json.
  virtual std::string_view description() const { return {}; }
};

// What a client sends with HTTP Basic (RFC 7617, in UTF-8).
struct BasicCredential {
  std::string name;  // before the first colon
  std::string password;
};
// Nothing: the request's Authorization has another scheme, or there is none. Unauthenticated: it is
// Basic and cannot be read, or longer than any name and password there are.
GATEHOUSE_API Result<std::optional<BasicCredential>> basic_credential(const Call& call);

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
