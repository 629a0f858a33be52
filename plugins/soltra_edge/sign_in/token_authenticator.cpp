// SPDX-License-Identifier: Apache-2.0
#include "token_authenticator.hpp"

#include <string>
#include <utility>

#include <gatehouse/digest.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::soltra_edge {
namespace {

// A name in UTF-8 of 255 characters and a token, in base64.
constexpr std::size_t kLongest = 2'048;

struct Pair {
  std::string name;
  std::string token;
};

// Base64 has no ":".
std::optional<Pair> read_pair(std::string_view sent) {
  std::string text(sent);
  if (text.find(':') == text.npos) {
    auto decoded = base64_decode(sent);
    if (!decoded) return std::nullopt;
    text = *std::move(decoded);
  }
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return std::nullopt;
  return Pair{text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

std::string_view TokenAuthenticator::challenge(Refusal refusal) const {
  if (refusal == Refusal::InsufficientScope) return {};
  return "Token realm=\"gatehouse\"";
}

std::string_view TokenAuthenticator::description() const {
  return "Authorization: Token user:token, or the same pair in base64.";
}

Result<Authentication> TokenAuthenticator::authenticate(const Call& call) {
  const auto header = call.header("Authorization");
  if (!header) return Authentication::not_recognised();
  const std::size_t blank = std::min(header->find(' '), header->size());
  if (fold(header->substr(0, blank)) != "token") return Authentication::not_recognised();
  std::string_view sent = header->substr(blank);
  while (sent.starts_with(' ')) sent.remove_prefix(1);  // RFC 9110 11.4: one or more
  if (sent.size() > kLongest) return unauthenticated();
  const auto pair = read_pair(sent);
  if (!pair) return unauthenticated();
  GATEHOUSE_TRY(Principal who, tokens_.check(call, pair->token));
  const std::string owner = fold(who.username);
  if (owner.empty() || fold(pair->name) != owner) return unauthenticated();
  return Authentication::accepted(std::move(who));
}

}  // namespace gatehouse::soltra_edge
