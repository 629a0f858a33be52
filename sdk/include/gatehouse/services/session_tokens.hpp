// Opaque session tokens, for APIs whose clients keep one token and never refresh it. Provided by
// the tokens plugin. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include <gatehouse/call.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

class Session;

// A session with one token of its own ("gst_...", 65 characters of [A-Za-z0-9_]), which is told
// once and stored as a digest. Frozen for SDK 1.
struct SessionToken {
  std::string token;
  std::string session;  // its id, in the user's list of sessions
  Time expires_at;
};

// Ownership: the tokens plugin's; valid until Plugin::stop(). Threads: any. Blocking: the database;
// recognise() only where memory is too old or does not know.
class SessionTokens {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.session_tokens/1";

  // In a write transaction of the caller's: opens a session of `who` on call.mount(), with the
  // scopes of `who` and never beyond their expires_at (security.md 3). It ends with `life` (>= 1 s,
  // at most 400 days), and like every session with a new password, a move, or by the user's or an
  // admin's hand. `method`: how the user signed in, for lists ("form"). Errors: PermissionDenied
  // for who acts for somebody else; Unauthenticated for who may not act any more.
  virtual Result<SessionToken> open(Session& db,
                                    const Call& call,
                                    const Principal& who,
                                    std::string_view method,
                                    std::chrono::seconds life) = 0;

  // Whether the text has the form of such a token, so that an authenticator knows it for its own.
  virtual bool has_form(std::string_view token) const = 0;
  // Who came with it. Errors: Unauthenticated, whatever is wrong, a token of another mount among
  // it; Unavailable.
  virtual Result<Principal> recognise(const Call& call, std::string_view token) = 0;

  // In a write transaction of the caller's: ends the session that `who` came with. NotFound where
  // it is none.
  virtual Result<None> end(Session& db, const Principal& who) = 0;

 protected:
  ~SessionTokens() = default;
};

}  // namespace gatehouse
