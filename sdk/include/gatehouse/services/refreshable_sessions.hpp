// Sessions of a dialect's mount with access and refresh tokens, as /v1 has them for itself.
// Provided by the tokens plugin. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <gatehouse/call.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

// Frozen for SDK 1.
struct TokenPair {
  std::string access_token;  // a JSON Web Token of which `sub` is the user's id; never stored
  std::chrono::seconds expires_in{0};  // at most 5 minutes
  std::string refresh_token;           // good for one refresh; "": there is none
  std::int64_t user = 0;               // number
};

// Who came with a token, and when that text ends, which is sooner than what stands behind it
// (Principal::expires_at). Frozen for SDK 1.
struct RecognisedToken {
  Principal who;
  Time expires_at;
};

// Whatever is opened here belongs to call.mount(): its tokens open that mount and no other
// (security.md 3), it is in the user's list of sessions, and it ends like every session.
//
// Ownership: the tokens plugin's; valid until Plugin::stop(). Threads: any. Blocking: the database;
// recognise() only where memory is too old or does not know.
// Errors of all: Unauthenticated, whatever is wrong; Unavailable.
class RefreshableSessions {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.refreshable_sessions/1";

  // Opens a session of who has that name (or e-mail address) and that password. In a write of its
  // own, which is the one a request has. Throttled as PasswordSignIn::sign_in(): on a route with
  // Route::may_hash(). Errors also: NeedsHashing; RateLimited.
  virtual Result<TokenPair> sign_in(const Call& call,
                                    std::string_view name,
                                    std::string_view password) = 0;

  // Takes a refresh token of the mount and gives its successor (security.md 11); one that was used
  // before ends the session. In a write of its own.
  virtual Result<TokenPair> refresh(const Call& call, std::string_view refresh_token) = 0;

  // Another access token of the same credential, which ends at `latest` at the latest: of the
  // session that `who` came with, or of the API token, with that token's scopes and end. Without a
  // refresh token: whoever has an access token has something for minutes, and gets nothing for
  // weeks with it (security.md 3). Outside any transaction. Errors also: PermissionDenied for who
  // acts for somebody else, or came with another credential.
  virtual Result<TokenPair> renew(const Call& call, const Principal& who, Time latest) = 0;

  // Whether the text has the form of an access token, so that an authenticator knows it for its
  // own. API tokens have not: ApiTokens::check() is for these.
  virtual bool has_form(std::string_view token) const = 0;
  // Who came with an access token that was given on this mount: of a session, of an API token, or
  // delegated (DelegatedTokens).
  virtual Result<RecognisedToken> recognise(const Call& call, std::string_view token) = 0;
  // The same, but of a delegated token that holds, who acts: as they came when they asked for it.
  // security.md 3 forbids to let somebody out of a delegated token so, unless an operator wants it.
  virtual Result<RecognisedToken> recognise_actor(const Call& call, std::string_view token) = 0;

 protected:
  ~RefreshableSessions() = default;
};

}  // namespace gatehouse
