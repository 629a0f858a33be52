// SPDX-License-Identifier: Apache-2.0
#include "basic_authenticator.hpp"

#include <utility>

#include <gatehouse/digest.hpp>
#include <gatehouse/text.hpp>

#include "directory/name_rules.hpp"
#include "passwords/password_rules.hpp"

namespace gatehouse::users {
namespace {

// The longest name of four-byte characters, ":", and the longest password, in base64.
constexpr std::size_t kMaxDecoded = kMaxNameLength * 4 + 1 + kMaxPasswordBytes;
constexpr std::size_t kMaxEncoded = (kMaxDecoded + 2) / 3 * 4;

constexpr std::string_view kMethod = "basic";

bool is_scheme_basic(std::string_view scheme) {
  return fold(scheme) == "basic";
}

}  // namespace

BasicAuthenticator::BasicAuthenticator(Context& host,
                                       StoredPasswordSignIn& sign_in,
                                       LiveUsers& live_users,
                                       std::size_t remembered_passwords)
    : host_(host),
      sign_in_(sign_in),
      live_users_(live_users),
      remembered_(host.random(), remembered_passwords) {}

std::string_view BasicAuthenticator::challenge(Refusal refusal) const {
  if (refusal == Refusal::InsufficientScope) return {};
  return "Basic realm=\"gatehouse\", charset=\"UTF-8\"";
}

std::string_view BasicAuthenticator::description() const {
  return "Username or e-mail address, and password (RFC 7617, UTF-8).";
}

std::optional<BasicAuthenticator::Credential> BasicAuthenticator::parse(std::string_view encoded) {
  while (encoded.starts_with(' ')) encoded.remove_prefix(1);  // RFC 9110 11.4: one or more
  if (encoded.size() > kMaxEncoded) return std::nullopt;
  const std::optional<std::string> decoded = base64_decode(encoded);
  if (!decoded || !is_utf8(*decoded) || decoded->find('\0') != std::string::npos) {
    return std::nullopt;
  }
  const std::size_t colon = decoded->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Credential{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

Result<Authentication> BasicAuthenticator::authenticate(const Call& call) {
  const auto header = call.header("Authorization");
  if (!header) return Authentication::not_recognised();
  const std::size_t blank = header->find(' ');
  if (!is_scheme_basic(header->substr(0, blank))) return Authentication::not_recognised();
  const std::optional<Credential> credential =
      parse(blank == std::string_view::npos ? "" : header->substr(blank));
  if (!credential) return unauthenticated();

  GATEHOUSE_TRY(const auto candidate, sign_in_.find(call, credential->name, kMethod));
  const Time now = host_.clock().now();
  const auto& user = candidate.user;
  if (candidate.may_sign_in &&
      remembered_.knows(user->number, *user->epoch, credential->password, now)) {
    return accept(principal_of(*user, now));
  }
  GATEHOUSE_TRY(Principal who,
                sign_in_.judge(call, {credential->name, credential->password, kMethod}, candidate));
  remembered_.remember(who.user, who.epoch, credential->password, now);
  return accept(std::move(who));
}

Authentication BasicAuthenticator::accept(Principal who) {
  who.method = kMethod;
  live_users_.note_seen(who.user);
  return Authentication::accepted(std::move(who));
}

}  // namespace gatehouse::users
