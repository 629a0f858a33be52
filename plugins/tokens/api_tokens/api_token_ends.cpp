// SPDX-License-Identifier: Apache-2.0
#include "api_token_ends.hpp"

#include <gatehouse/deployment.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/user_directory.hpp>

namespace gatehouse::tokens {

Result<None> tell_ended(Context& host,
                        ApiTokenCheck& check,
                        Session& db,
                        const std::vector<EndedApiToken>& ended) {
  for (const EndedApiToken& token : ended) {
    GATEHOUSE_CHECK(check.forget(db, token.id, token.digest));
    GATEHOUSE_CHECK(host.events().publish(db, ApiTokenEnded{token.id, token.user_number}));
  }
  return None{};
}

// The events say too little of the user for the trail, and the row has changed by now.
template <class E>
Result<None> ApiTokenEnds::end_of(Session& db,
                                  const E& event,
                                  const std::vector<EndedApiToken>& ended) {
  if (ended.empty()) return None{};
  GATEHOUSE_CHECK(tell_ended(host_, check_, db, ended));
  GATEHOUSE_TRY(const auto owner,
                host_.services().require<UserDirectory>().find_by_number(db, event.number));
  if (!owner) return None{};
  for (const EndedApiToken& token : ended) {
    db.audit(event_about("token.revoked", *owner, token.id));
  }
  return None{};
}

void ApiTokenEnds::listen() {
  Events& events = host_.events();
  // The trail tells of the user's end, which says enough.
  events.subscribe<UserDeleted>([this](Session& db, const UserDeleted& event) -> Result<None> {
    GATEHOUSE_TRY(const auto ended, tokens_.take_of(db, event.number));
    return tell_ended(host_, check_, db, ended);
  });
  events.subscribe<UserPasswordChanged>(
      [this](Session& db, const UserPasswordChanged& event) -> Result<None> {
        if (!event.was_reset && !settings_.password_change_ends_tokens) return None{};
        GATEHOUSE_TRY(const auto ended, tokens_.take_of(db, event.number));
        return end_of(db, event, ended);
      });
  events.subscribe<UserShutOut>([this](Session& db, const UserShutOut& event) -> Result<None> {
    GATEHOUSE_TRY(const auto ended, tokens_.take_of(db, event.number));
    return end_of(db, event, ended);
  });
  // Scopes were chosen for the account of before (security.md 6); a token without any may what its
  // owner may, now in the other account.
  events.subscribe<UserMoved>([this](Session& db, const UserMoved& event) -> Result<None> {
    GATEHOUSE_TRY(const auto ended, tokens_.take_scoped_of(db, event.number));
    return end_of(db, event, ended);
  });
  events.subscribe<AllRevoked>([this](Session& db, const AllRevoked& event) -> Result<None> {
    return event.with_api_tokens ? end_all(db) : None{};
  });
}

Result<None> ApiTokenEnds::end_all(Session& db) {
  for (;;) {
    GATEHOUSE_TRY(const auto ended, tokens_.take_some(db));
    if (ended.empty()) return None{};
    GATEHOUSE_CHECK(tell_ended(host_, check_, db, ended));
  }
}

void ApiTokenEnds::drop_expired() {
  const Time due = host_.clock().now() - kKeptExpired;
  for (std::size_t dropped = ApiTokenRepository::kBatch; dropped == ApiTokenRepository::kBatch;) {
    const auto done = host_.storage().write([&](Session& db) -> Result<None> {
      GATEHOUSE_TRY(const auto ended, tokens_.take_expired(db, due));
      dropped = ended.size();
      return tell_ended(host_, check_, db, ended);
    });
    if (!done) {
      host_.log().warning("expired_api_tokens_stay",
                          "Expired API tokens could not be deleted: {}",
                          done.error().message);
      return;
    }
  }
}

}  // namespace gatehouse::tokens
