// API tokens for dialects, which show and check them in their own way. Provided by the tokens
// plugin; /v1/users/{user}/tokens shows the same ones. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/call.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

class Session;

// What the secret looks like. Stored; an enumerator never changes its value.
enum class ApiTokenFormat : std::int64_t {
  Prefixed = 1,  // "gat_", 27 characters of base62, a checksum of 6: opens /v1 as a Bearer token
  Hex40 = 2,     // 40 lower-case hex digits, for dialects whose contract wants them
};

// Without the secret, of which only a digest is kept. Frozen for SDK 1.
struct ApiTokenRecord {
  std::string id;                                  // 24 hex digits
  std::int64_t user = 0;                           // number of the owner
  std::string title;                               // 1 to 255 code points
  std::optional<std::vector<std::string>> scopes;  // permissions; nothing: all of the owner's
  bool active = true;
  std::string made_on;  // the mount: "/v1"
  Time created_at;
  Time updated_at;
  Time expires_at;
  std::optional<Time> last_used_at;  // to the minute
  std::optional<std::string> last_used_address;
};

struct ApiTokenDraft {
  std::string title;
  std::optional<std::vector<std::string>> scopes = {};
  std::optional<Time> expires_at = {};  // nothing: in 365 days, or sooner where that is the limit
  ApiTokenFormat format = ApiTokenFormat::Prefixed;
  std::string made_on = "/v1";
};

struct MintedApiToken {
  ApiTokenRecord record;
  std::string secret;  // shown once, never stored or logged
};

struct ApiTokenChange {
  std::optional<std::string> title = {};
  std::optional<bool> active = {};
};

// Published inside the transaction that gives a token another secret, or deletes it, for who keeps
// something beside it. An Error ends the change.
struct ApiTokenRotated {
  static constexpr std::string_view kEventName = "gatehouse.api_token_rotated/1";
  std::string id;
  std::int64_t user = 0;
};
struct ApiTokenEnded {
  static constexpr std::string_view kEventName = "gatehouse.api_token_ended/1";
  std::string id;
  std::int64_t user = 0;
};

// Ownership: the tokens plugin's; valid until Plugin::stop(). Threads: any. Blocking: some indexed
// statements each, of the caller's session, so that a caller in a transaction joins it; check() and
// check_pair() one where memory does not know, outside any session.
//
// Rights are judged here, alike on all mounts: the user themselves, and whoever contains their
// rights (security.md 1); NotFound and PermissionDenied. What a credential may not do itself it
// mints for nobody (security.md 3): PermissionDenied exceeds_credential. That the password was
// shown lately is /v1's to ask.
class ApiTokens {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.api_tokens/1";

  // In a write transaction. Errors also: InvalidArgument with the fields /title, /scopes and
  // /expires_at; Conflict too_many_tokens, and no_sign_in for who is shut out or managed.
  virtual Result<MintedApiToken> mint(Session& db,
                                      const Principal& who,
                                      std::int64_t user,
                                      const ApiTokenDraft& draft) = 0;
  // All of the user's, the newest first; at most 1,000.
  virtual Result<std::vector<ApiTokenRecord>> list(Session& db,
                                                   const Principal& who,
                                                   std::int64_t user) = 0;
  virtual Result<ApiTokenRecord> find(Session& db,
                                      const Principal& who,
                                      std::int64_t user,
                                      std::string_view id) = 0;
  // In a write transaction. Errors also: InvalidArgument /title.
  virtual Result<ApiTokenRecord> change(Session& db,
                                        const Principal& who,
                                        std::int64_t user,
                                        std::string_view id,
                                        const ApiTokenChange& change) = 0;
  // In a write transaction.
  virtual Result<None> remove(Session& db,
                              const Principal& who,
                              std::int64_t user,
                              std::string_view id) = 0;

  // Who a secret stands for, of either format; the second where the client sends the token's id,
  // too. A token opens the mount it was made on, and one made on /v1 every mount that asks here.
  // Errors: Unauthenticated, whatever is wrong with it; Unavailable.
  virtual Result<Principal> check(const Call& call, std::string_view secret) = 0;
  virtual Result<Principal> check_pair(const Call& call,
                                       std::string_view id,
                                       std::string_view secret) = 0;

 protected:
  ~ApiTokens() = default;
};

}  // namespace gatehouse
