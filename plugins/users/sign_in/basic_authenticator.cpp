// SPDX-License-Identifier: Apache-2.0
#include "basic_authenticator.hpp"

#include <new>
#include <stdexcept>
#include <utility>

#include <gatehouse/digest.hpp>
#include <gatehouse/jobs.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/passwords.hpp>
#include <gatehouse/text.hpp>

#include "directory/name_rules.hpp"
#include "passwords/password_rules.hpp"

namespace gatehouse::users {
namespace {

// The longest name of four-byte characters, ":", and the longest password, in base64.
constexpr std::size_t kMaxDecoded = kMaxNameLength * 4 + 1 + kMaxPasswordBytes;
constexpr std::size_t kMaxEncoded = (kMaxDecoded + 2) / 3 * 4;

bool is_scheme_basic(std::string_view scheme) {
  return fold(scheme) == "basic";
}

// Of ours, or adopted (gatehouse/passwords.hpp): nothing else takes time to verify.
bool is_hash(const std::optional<std::string>& stored) {
  return stored && (stored->starts_with("$argon2id$") || stored->find('~') != stored->npos);
}

// Whether the user could sign in if the password were right.
bool may_sign_in(const SignIn& user, Time now) {
  return user.active && !user.locked && !(user.expires_at && *user.expires_at <= now) &&
         !(user.password_expires_at && *user.password_expires_at <= now) && user.username &&
         is_hash(user.password_hash) && user.version;
}

Principal principal_of(const SignIn& user) {
  Principal who;
  who.user = user.number;
  who.user_id = user.id;
  who.username = user.username.value_or("");
  who.account = user.account.value_or(0);
  who.roles = Roles::from_bits(static_cast<std::uint32_t>(user.role_bits));
  who.api_access = user.api_access;
  who.method = "basic";
  return who;
}

}  // namespace

BasicAuthenticator::BasicAuthenticator(Context& host,
                                       const CredentialRepository& credentials,
                                       std::size_t remembered_passwords)
    : host_(host),
      credentials_(credentials),
      remembered_(host.random(), remembered_passwords),
      decoys_(host.keys(), host.passwords()) {}

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
  Credential credential{decoded->substr(0, colon), decoded->substr(colon + 1), true};
  credential.usable =
      !credential.password.empty() && credential.password.size() <= kMaxPasswordBytes;
  return credential;
}

Result<Authentication> BasicAuthenticator::authenticate(const Call& call, bool may_hash) {
  const auto header = call.header("Authorization");
  if (!header) return Authentication::not_recognised();
  const std::size_t blank = header->find(' ');
  if (!is_scheme_basic(header->substr(0, blank))) return Authentication::not_recognised();
  const std::optional<Credential> credential =
      parse(blank == std::string_view::npos ? "" : header->substr(blank));
  if (!credential) return unauthenticated();

  GATEHOUSE_TRY(const auto found, host_.storage().read([&](Session& db) {
    return credentials_.find_sign_in(db, credential->name);
  }));
  const Time now = host_.clock().now();
  const bool usable = credential->usable && found && may_sign_in(*found, now);
  if (usable && remembered_.knows(found->number, *found->epoch, credential->password, now)) {
    return Authentication::accepted(principal_of(*found));
  }
  if (!may_hash) return Authentication::needs_hashing();

  // Always one hash, and of a password that can be hashed (security.md 15).
  const bool has_hash = found && is_hash(found->password_hash);
  GATEHOUSE_TRY(
      const bool right,
      verify(has_hash ? *found->password_hash : decoys_.for_name(credential->name),
             credential->usable ? std::string_view(credential->password) : std::string_view()));
  if (!usable || !right) return refuse(found);
  remembered_.remember(found->number, *found->epoch, credential->password, now);
  strengthen(*found, credential->password);
  host_.audit_success(event_about("session.accepted", found));
  return Authentication::accepted(principal_of(*found));
}

Result<bool> BasicAuthenticator::verify(std::string_view encoded, std::string_view password) {
  try {
    return host_.passwords().verify(encoded, password);
  } catch (const std::bad_alloc&) {
    host_.log().error("hashing_out_of_memory",
                      "A sign-in was answered 503, because the memory for a hash is not to be had: "
                      "give the server more, or lower http.threads.hashing");
    return unavailable("The server is short of memory: try again later.");
  }
}

void BasicAuthenticator::refresh_decoys() {
  const auto costs =
      host_.storage().read([&](Session& db) { return credentials_.count_costs(db); });
  if (costs) decoys_.set_costs(*costs);  // else the ones of before hold
}

// What a stranger typed as name is never told: it may be a password in the wrong place.
AuditEvent BasicAuthenticator::event_about(std::string_view action,
                                           const std::optional<SignIn>& found) {
  AuditEvent event{std::string(action)};
  event.detail = "basic";
  if (found) {
    event.user = found->number;
    event.account = found->account.value_or(0);
    event.user_id = found->id;
    event.user_name = found->username.value_or(found->id);
  }
  return event;
}

Error BasicAuthenticator::refuse(const std::optional<SignIn>& found) {
  host_.audit_refused(event_about("session.refused", found));
  return unauthenticated();
}

// The hash is made here, where hashing is allowed and the password is at hand; it is stored beside
// the request, which has its one write for itself.
void BasicAuthenticator::strengthen(const SignIn& user, std::string_view password) {
  if (!host_.passwords().is_weak(*user.password_hash)) return;
  std::string hash = host_.passwords().hash(password);
  try {
    host_.jobs().post(
        "strengthen_password", [this, number = user.number, version = *user.version, hash] {
          const auto stored = host_.storage().write(
              [&](Session& db) { return credentials_.strengthen(db, number, version, hash); });
          if (!stored) {
            host_.log().warning("password_not_strengthened",
                                "The stronger hash of user {} was not stored: {}",
                                number,
                                stored.error().message);
          }
        });
  } catch (const std::runtime_error&) {
    // Too much work waits; the next sign-in tries again.
  }
}

}  // namespace gatehouse::users
