// SPDX-License-Identifier: Apache-2.0
#include "refresh_token.hpp"

#include <algorithm>
#include <charconv>
#include <span>

#include <gatehouse/digest.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::tokens {
namespace {

constexpr std::size_t kIdLength = 24;
constexpr std::size_t kSecretLength = 64;

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

}  // namespace

RefreshToken RefreshToken::derive(std::string_view family_key,
                                  std::string_view session,
                                  std::int64_t generation) {
  const auto key = std::as_bytes(std::span(family_key.data(), family_key.size()));
  return {std::string(session),
          generation,
          to_hex(hmac_sha256(key, {session, std::to_string(generation)}))};
}

std::optional<RefreshToken> RefreshToken::parse(std::string_view text) {
  constexpr std::size_t kShortest = kRefreshPrefix.size() + kIdLength + 3 + kSecretLength;
  if (!text.starts_with(kRefreshPrefix) || text.size() < kShortest) return std::nullopt;
  RefreshToken token;
  token.session = text.substr(kRefreshPrefix.size(), kIdLength);
  token.secret = text.substr(text.size() - kSecretLength);
  std::string_view between = text.substr(kRefreshPrefix.size() + kIdLength);
  between.remove_suffix(kSecretLength);
  if (!between.starts_with('_') || !between.ends_with('_')) return std::nullopt;
  const std::string_view digits = between.substr(1, between.size() - 2);
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, token.generation);
  if (error != std::errc() || end != last || token.generation < 1 || digits.front() == '0' ||
      !is_hex(token.session) || !is_hex(token.secret)) {
    return std::nullopt;
  }
  return token;
}

std::string RefreshToken::text() const {
  return format("{}{}_{}_{}", kRefreshPrefix, session, generation, secret);
}

RefreshVerdict judge(const StoredSession& session,
                     std::int64_t generation,
                     std::chrono::seconds grace,
                     Time now) {
  if (generation > session.generation) return RefreshVerdict::Unknown;
  if (generation == session.generation) return RefreshVerdict::Rotates;
  const bool is_last_but_one = generation == session.generation - 1;
  return is_last_but_one && now < session.rotated_at + grace ? RefreshVerdict::Repeats
                                                             : RefreshVerdict::Reused;
}

}  // namespace gatehouse::tokens
