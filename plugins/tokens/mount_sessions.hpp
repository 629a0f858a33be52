// Sessions for dialects whose clients refresh (gatehouse/services/refreshable_sessions.hpp): those
// of /v1, on the mount of the call. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/services/refreshable_sessions.hpp>

#include "json_web_tokens.hpp"
#include "sessions/session_service.hpp"
#include "standing.hpp"

namespace gatehouse::tokens {

class MountSessions final : public RefreshableSessions {
 public:
  MountSessions(Context& host,
                SessionService& sessions,
                SigningKeys& signing_keys,
                SignedTokens& tokens,
                const AccessTokens& access,
                const BoundTokens& bound,
                const DelegatedCheck& delegated,
                const JsonWebTokens& json_web_tokens)
      : host_(host),
        sessions_(sessions),
        signing_keys_(signing_keys),
        signed_(tokens),
        access_(access),
        bound_(bound),
        delegated_(delegated),
        json_web_tokens_(json_web_tokens),
        standing_(host) {}

  Result<TokenPair> sign_in(const Call& call,
                            std::string_view name,
                            std::string_view password) override;
  Result<TokenPair> refresh(const Call& call, std::string_view refresh_token) override;
  Result<TokenPair> renew(const Call& call, const Principal& who, Time latest) override;
  bool has_form(std::string_view token) const override;
  Result<RecognisedToken> recognise(const Call& call, std::string_view token) override;
  Result<RecognisedToken> recognise_actor(const Call& call, std::string_view token) override;

 private:
  Result<SigningKey> signer(Time now);
  Result<AccessToken> issue(
      Session& db, const Call& call, const Principal& who, const SigningKey& key, Time latest);

  Context& host_;
  SessionService& sessions_;
  SigningKeys& signing_keys_;
  SignedTokens& signed_;
  const AccessTokens& access_;
  const BoundTokens& bound_;
  const DelegatedCheck& delegated_;
  const JsonWebTokens& json_web_tokens_;
  const Standing standing_;
};

}  // namespace gatehouse::tokens
