// Opaque session tokens (gatehouse/services/session_tokens.hpp).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include <gatehouse/context.hpp>
#include <gatehouse/services/session_tokens.hpp>

#include "last_uses.hpp"
#include "session_ends.hpp"

namespace gatehouse::tokens {

class OpaqueSessions final : public SessionTokens {
 public:
  OpaqueSessions(Context& host,
                 const SessionRepository& rows,
                 LiveSessions& live,
                 SessionEnds& ends,
                 std::int64_t per_user)
      : host_(host),
        rows_(rows),
        live_(live),
        ends_(ends),
        per_user_(per_user),
        uses_(host,
              "session_uses_lost",
              [this](Session& db, const std::string& id, const Uses::Use& use) {
                return rows_.note_use(db, id, use.at, use.address);
              }) {}

  // Once a minute: when they were used last (other sessions say when they were refreshed).
  void write_uses() { uses_.write(); }

  Result<SessionToken> open(Session& db,
                            const Call& call,
                            const Principal& who,
                            std::string_view method,
                            std::chrono::seconds life) override;
  bool has_form(std::string_view token) const override;
  Result<Principal> recognise(const Call& call, std::string_view token) override;
  Result<None> end(Session& db, const Principal& who) override;

 private:
  using Uses = LastUses<std::string>;  // by the session's id

  Context& host_;
  const SessionRepository& rows_;
  LiveSessions& live_;
  SessionEnds& ends_;
  const std::int64_t per_user_;
  Uses uses_;
};

}  // namespace gatehouse::tokens
