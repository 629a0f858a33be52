// Refresh tokens: each is used once, and the next one follows from it (security.md 11).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "session.hpp"

namespace gatehouse::tokens {

// No username begins with it (security.md 9).
constexpr std::string_view kRefreshPrefix = "grt_";
constexpr std::size_t kFamilyKeyBytes = 32;

// grt_ SESSION _ GENERATION _ 64 hex digits: an HMAC of the session and the generation under the
// family's key. So the successor of a token is the same however often it is asked for, and no
// master key that is rotated in changes it. The session's id is no secret.
struct RefreshToken {
  std::string session;
  std::int64_t generation = 0;
  std::string secret;

  static RefreshToken derive(std::string_view family_key,
                             std::string_view session,
                             std::int64_t generation);
  // Nothing for what is not exactly of that form.
  static std::optional<RefreshToken> parse(std::string_view text);
  std::string text() const;
};

// What a token is good for, once its secret was right.
enum class RefreshVerdict : std::uint8_t {
  Rotates,  // it is the last one given, and not used yet
  Repeats,  // its successor was given a moment ago and is not used yet: that one again
  Reused,   // it was used longer ago, or its successor was used: somebody has a copy
  Unknown,  // it was never given
};
RefreshVerdict judge(const StoredSession& session,
                     std::int64_t generation,
                     std::chrono::seconds grace,
                     Time now);

}  // namespace gatehouse::tokens
