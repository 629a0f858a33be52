// SPDX-License-Identifier: Apache-2.0
#include "cookie_renewal.hpp"

#include <gatehouse/cookies.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/refreshable_sessions.hpp>
#include <gatehouse/time.hpp>

#include "presented_token.hpp"

namespace gatehouse::sweatstack {

bool CookieRenewal::is_due(const Call& call) const {
  // An API token in a cookie has no shorter life that could be renewed.
  if (before_.count() == 0 || call.principal()->method != "session") return false;
  const auto presented = find_presented(call);
  if (!presented || !*presented || (*presented)->place != PresentedToken::Place::Cookie) {
    return false;
  }
  const Time end = call.principal()->expires_at.value_or(Time::max());
  return end <= host_.clock().now() + before_;
}

void CookieRenewal::apply(Call& call) const {
  if (!is_due(call)) return;
  auto& sessions = host_.services().require<RefreshableSessions>();
  const auto pair = sessions.renew(call, *call.principal(), Time::max());
  if (!pair) return;
  const NewCookie cookie{kTokenCookie, pair->access_token, call.mount(), pair->expires_in};
  call.set_header("Set-Cookie", write_cookie(cookie, host_.mail().link("")));
  call.set_header(kTokenHeader, pair->access_token);
}

}  // namespace gatehouse::sweatstack
