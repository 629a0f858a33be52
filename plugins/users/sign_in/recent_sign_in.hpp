// Re-authentication: what changes how a user signs in takes the password itself, or a session that
// began with it a moment ago (contracts/v1.md, security.md, bar.md 21).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>

#include <gatehouse/principal.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::users {

// Whether `who` is the user and has just shown it.
inline bool has_just_signed_in(const Principal& who,
                               std::int64_t user,
                               std::chrono::seconds within,
                               Time now) {
  if (who.user != user || who.actor != 0) return false;
  if (who.method == "basic") return true;
  return who.signed_in_at && now - *who.signed_in_at <= within;
}

inline Error recent_sign_in_required() {
  return {
      ErrorCode::PermissionDenied,
      "recent_sign_in_required",
      "This takes the password: sign in again (POST /v1/sessions, or HTTP Basic), and repeat it.",
      {},
      {}};
}

}  // namespace gatehouse::users
