// SPDX-License-Identifier: Apache-2.0
#include "token_authenticator.hpp"

#include <algorithm>
#include <utility>

#include <gatehouse/cookies.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/api_tokens.hpp>
#include <gatehouse/services/refreshable_sessions.hpp>

namespace gatehouse::sweatstack {

std::string_view TokenAuthenticator::challenge(Refusal refusal) const {
  return refusal == Refusal::InsufficientScope ? "Bearer error=\"insufficient_scope\"" : "Bearer";
}

std::string_view TokenAuthenticator::description() const {
  return "An access token or an API token, as Bearer, in the header refreshed-token, or in the "
         "cookie token.";
}

Result<Authentication> TokenAuthenticator::authenticate(const Call& call) {
  GATEHOUSE_TRY(const auto presented, find_presented(call));
  if (!presented) return Authentication::not_recognised();
  if (presented->place == PresentedToken::Place::Cookie) {
    GATEHOUSE_CHECK(check_same_site(call, host_.mail().link("")));
  }
  GATEHOUSE_TRY(Principal who, judge(call, presented->text));
  return Authentication::accepted(std::move(who));
}

Result<Principal> TokenAuthenticator::judge(const Call& call, std::string_view token) {
  auto& sessions = host_.services().require<RefreshableSessions>();
  if (!sessions.has_form(token)) {
    return host_.services().require<ApiTokens>().check(call, token);
  }
  auto recognised = call.path() == actor_path_ ? sessions.recognise_actor(call, token)
                                               : sessions.recognise(call, token);
  if (!recognised) return std::move(recognised).error();
  // What is made with an access token ends with that text, also where a session stands behind it:
  // else it would last as long as somebody goes on exchanging it (security.md 3).
  Principal& who = recognised->who;
  who.expires_at = std::min(who.expires_at.value_or(Time::max()), recognised->expires_at);
  return std::move(who);
}

}  // namespace gatehouse::sweatstack
