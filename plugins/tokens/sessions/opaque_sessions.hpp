// Opaque session tokens (gatehouse/services/session_tokens.hpp).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>
#include <gatehouse/services/session_tokens.hpp>

#include "session_ends.hpp"

namespace gatehouse::tokens {

class OpaqueSessions final : public SessionTokens {
 public:
  OpaqueSessions(Context& host,
                 const SessionRepository& rows,
                 LiveSessions& live,
                 SessionEnds& ends,
                 std::int64_t per_user)
      : host_(host), rows_(rows), live_(live), ends_(ends), per_user_(per_user) {}

  Result<SessionToken> open(Session& db,
                            const Call& call,
                            const Principal& who,
                            std::string_view method,
                            std::chrono::seconds life) override;
  bool has_form(std::string_view token) const override;
  Result<Principal> recognise(const Call& call, std::string_view token) override;
  Result<None> end(Session& db, const Principal& who) override;

 private:
  Context& host_;
  const SessionRepository& rows_;
  LiveSessions& live_;
  SessionEnds& ends_;
  const std::int64_t per_user_;
};

}  // namespace gatehouse::tokens
