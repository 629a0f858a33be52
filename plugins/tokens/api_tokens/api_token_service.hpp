// The rules of API tokens: who makes which, for how long, and what becomes of them. HTTP and SQL
// are elsewhere. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/values.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/field_errors.hpp>

#include "api_token_check.hpp"
#include "api_token_repository.hpp"
#include "standing.hpp"
#include "token_owners.hpp"

namespace gatehouse::tokens {

// contracts/v1.md: 365 days exactly, leap years or not.
constexpr std::chrono::hours kDefaultLifetime{365 * 24};
constexpr std::int64_t kMostTokensPerUser = 1'000;

struct ApiTokenSettings {
  std::chrono::seconds max_lifetime{kDefaultLifetime};
  std::int64_t tokens_per_user = 100;
  bool password_change_ends_tokens = false;  // a reset does always
};

// Says whether the client's If-Match allows a change of the token as it stands.
using ApiTokenPrecondition = std::function<Result<None>(const ApiTokenRecord& current)>;

// Threads: any. Blocking: the database.
class ApiTokenService final : public ApiTokens {
 public:
  ApiTokenService(Context& host,
                  const ApiTokenRepository& tokens,
                  ApiTokenCheck& check,
                  const ApiTokenSettings& settings)
      : host_(host),
        tokens_(tokens),
        check_(check),
        settings_(settings),
        owners_(host),
        standing_(host) {}

  // What /v1 does. Beyond the errors of gatehouse/services/api_tokens.hpp: where a token begins to
  // open something, PermissionDenied recent_sign_in_required; Conflict token_expired.
  Result<MintedApiToken> create(const Principal& who,
                                const IdOrNumber& user,
                                const ApiTokenDraft& draft);
  Result<MintedApiToken> rotate(const Principal& who,
                                const IdOrNumber& user,
                                std::string_view id,
                                const ApiTokenPrecondition& is_as_seen);
  // Up to `limit` with numbers less than `before`, the newest first.
  Result<std::vector<StoredApiToken>> page(const Principal& who,
                                           const IdOrNumber& user,
                                           std::int64_t before,
                                           std::int64_t limit);
  Result<ApiTokenRecord> read(const Principal& who, const IdOrNumber& user, std::string_view id);
  Result<ApiTokenRecord> edit(const Principal& who,
                              const IdOrNumber& user,
                              std::string_view id,
                              const ApiTokenChange& change,
                              const ApiTokenPrecondition& is_as_seen);
  Result<None> revoke(const Principal& who,
                      const IdOrNumber& user,
                      std::string_view id,
                      const ApiTokenPrecondition& is_as_seen);

  Result<MintedApiToken> mint(Session& db,
                              const Principal& who,
                              std::int64_t user,
                              const ApiTokenDraft& draft) override;
  Result<std::vector<ApiTokenRecord>> list(Session& db,
                                           const Principal& who,
                                           std::int64_t user) override;
  Result<ApiTokenRecord> find(Session& db,
                              const Principal& who,
                              std::int64_t user,
                              std::string_view id) override;
  Result<ApiTokenRecord> change(Session& db,
                                const Principal& who,
                                std::int64_t user,
                                std::string_view id,
                                const ApiTokenChange& change) override;
  Result<None> remove(Session& db,
                      const Principal& who,
                      std::int64_t user,
                      std::string_view id) override;
  Result<Principal> check(const Call& call, std::string_view secret) override {
    return check_.check_secret(call, secret);
  }
  Result<Principal> check_pair(const Call& call,
                               std::string_view id,
                               std::string_view secret) override {
    return check_.check_pair(call, id, secret);
  }

 private:
  struct Owned {
    UserRecord owner;
    StoredApiToken token;
  };
  Result<Owned> find_owned(Session& db,
                           const Principal& who,
                           const IdOrNumber& user,
                           std::string_view id) const;
  // What is made for who is shut out would come to life with them (security.md 12), and managed
  // users have no login.
  Result<None> require_sign_in(const UserRecord& owner) const;
  void check_scopes(FieldErrors& errors, const std::vector<std::string>& scopes) const;
  Time default_end(const Principal& who, Time now) const;
  // The token that the draft describes, if it may be.
  Result<ApiTokenRecord> prepare(const Principal& who,
                                 const UserRecord& owner,
                                 const ApiTokenDraft& draft) const;
  Result<MintedApiToken> store(Session& db,
                               const Principal& who,
                               const UserRecord& owner,
                               const ApiTokenDraft& draft);
  // The token with another secret.
  Result<MintedApiToken> renew(Session& db, Owned owned);
  Result<ApiTokenRecord> apply(Session& db,
                               const Principal& who,
                               Owned owned,
                               const ApiTokenChange& change);
  Result<None> end(Session& db, const Owned& owned);
  Result<None> tell(Session& db, const char* mail, const StoredApiToken& token);

  Context& host_;
  const ApiTokenRepository& tokens_;
  ApiTokenCheck& check_;
  const ApiTokenSettings settings_;
  const TokenOwners owners_;
  const Standing standing_;
};

// What the trail says of one token of the user's.
AuditEvent event_about(std::string_view action, const UserRecord& owner, std::string_view token_id);

}  // namespace gatehouse::tokens
