// SPDX-License-Identifier: Apache-2.0
#include "password_sign_in.hpp"

#include <new>
#include <stdexcept>
#include <tuple>
#include <utility>

#include <gatehouse/beside_request.hpp>
#include <gatehouse/jobs.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/network.hpp>
#include <gatehouse/passwords.hpp>
#include <gatehouse/text.hpp>

#include "login_history.hpp"
#include "passwords/password_rules.hpp"

namespace gatehouse::users {
namespace {

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

bool is_text(std::string_view text) {
  return is_utf8(text) && text.find('\0') == text.npos;
}

// Whether it could be anybody's.
bool is_password(std::string_view password) {
  return !password.empty() && password.size() <= kMaxPasswordBytes && is_text(password);
}

}  // namespace

Principal principal_of(const SignIn& user, Time signed_in_at) {
  Principal who;
  who.user = user.number;
  who.user_id = user.id;
  who.username = user.username.value_or("");
  who.account = user.account.value_or(0);
  who.roles = Roles::from_bits(static_cast<std::uint32_t>(user.role_bits));
  who.api_access = user.api_access;
  who.signed_in_at = signed_in_at;
  who.epoch = user.epoch.value_or(0);
  return who;
}

StoredPasswordSignIn::StoredPasswordSignIn(Context& host,
                                           const UserRepository& users,
                                           const CredentialRepository& credentials,
                                           const LoginRepository& logins,
                                           const Throttle& throttle,
                                           LiveUsers& live_users,
                                           std::size_t remembered_passwords)
    : host_(host),
      users_(users),
      credentials_(credentials),
      logins_(logins),
      throttle_(throttle),
      live_users_(live_users),
      remembered_(host.random(), remembered_passwords),
      decoys_(host.keys(), host.passwords()) {}

Result<Principal> StoredPasswordSignIn::sign_in(const Call& call, const SignInAttempt& attempt) {
  GATEHOUSE_TRY(const Candidate candidate, find(call, attempt.name, attempt.method));
  return judge(call, attempt, candidate);
}

Result<Principal> StoredPasswordSignIn::check(const Call& call,
                                              std::string_view name,
                                              std::string_view password) {
  constexpr std::string_view kMethod = "basic";
  const auto accept = [&](Principal who) {
    who.method = kMethod;
    live_users_.note_seen(who.user);
    return who;
  };
  GATEHOUSE_TRY(const Candidate candidate, find(call, name, kMethod));
  const Time now = host_.clock().now();
  const auto& user = candidate.user;
  if (candidate.may_sign_in && remembered_.knows(user->number, *user->epoch, password, now)) {
    return accept(principal_of(*user, now));
  }
  GATEHOUSE_TRY(Principal who, judge(call, {name, password, kMethod}, candidate));
  remembered_.remember(who.user, who.epoch, password, now);
  return accept(std::move(who));
}

// What is used up is refused here already, where no hashing slot is taken, and so that a password
// that is remembered is not told apart from others by whoever guesses on.
Result<StoredPasswordSignIn::Candidate> StoredPasswordSignIn::find(const Call& call,
                                                                   std::string_view name,
                                                                   std::string_view method) {
  Candidate candidate;
  const auto looked = host_.storage().read([&](Session& db) -> Result<None> {
    const std::string network = client_network(call.remote_address());
    GATEHOUSE_TRY(candidate.user,
                  credentials_.find_sign_in(
                      db, is_text(name) ? name : "", network, throttle_.devices_since()));
    candidate.attempt = throttle_.attempt_of(candidate.user ? candidate.user->number : 0,
                                             name,
                                             call.remote_address(),
                                             candidate.user && candidate.user->device_seen_at);
    return throttle_.check(db, candidate.attempt);
  });
  if (!looked) {
    throttle_.count(candidate.attempt, looked.error());
    if (looked.error().code == ErrorCode::RateLimited) {
      host_.audit_refused(event_about("session.throttled", candidate.user, method));
    }
    return looked.error();
  }
  candidate.may_sign_in = candidate.user && may_sign_in(*candidate.user, host_.clock().now());
  return candidate;
}

Result<Principal> StoredPasswordSignIn::judge(const Call& call,
                                              const SignInAttempt& attempt,
                                              const Candidate& candidate) {
  const std::optional<SignIn>& user = candidate.user;
  if (!hashing_is_allowed()) return needs_hashing(candidate.attempt.is_known_device);
  const Time now = host_.clock().now();
  Login login = login_of(call, user ? user->number : 0, attempt.method, now);
  if (const auto admitted = admit(candidate, login); !admitted) {
    throttle_.count(candidate.attempt, admitted.error());
    return admitted.error();
  }

  // Always one hash, and of a password that can be hashed (security.md 15).
  const bool usable = is_password(attempt.password);
  const bool has_hash = user && is_hash(user->password_hash);
  const auto right = verify(has_hash ? *user->password_hash : decoys_.for_name(attempt.name),
                            usable ? attempt.password : std::string_view());
  if (!right) {
    take_back(candidate, login);
    return right.error();
  }
  bool holds = usable && candidate.may_sign_in && *right;
  if (holds) {
    GATEHOUSE_TRY(holds, settle(candidate, login));
  }
  if (!holds) {
    host_.audit_refused(event_about("session.refused", user, attempt.method));
    return unauthenticated();
  }
  strengthen(*user, attempt.password);
  host_.audit_success(event_about("session.accepted", user, attempt.method));
  return principal_of(*user, now);
}

Result<None> StoredPasswordSignIn::admit(const Candidate& candidate, Login& login) {
  const BesideRequest beside;
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_CHECK(throttle_.take(db, candidate.attempt));
    GATEHOUSE_TRY(const auto number, logins_.insert(db, login));
    login.number = number.value_or(0);
    return None{};
  });
}

Result<bool> StoredPasswordSignIn::settle(const Candidate& candidate, const Login& login) {
  constexpr std::chrono::hours kLikeWithin{1};
  const SignIn& user = *candidate.user;
  const BesideRequest beside;
  return host_.storage().write([&](Session& db) -> Result<bool> {
    // A hash takes its time: they may have been shut out, or have another password.
    GATEHOUSE_TRY(const auto now, users_.find_live(db, user.number));
    if (!now || now->epoch != user.epoch || !now->may_act(host_.clock().now())) return false;
    GATEHOUSE_CHECK(throttle_.give_back(db, candidate.attempt));
    GATEHOUSE_CHECK(throttle_.note_device(db, user.number, candidate.attempt));
    GATEHOUSE_TRY(const bool is_told, logins_.succeed(db, login, login.attempted_at - kLikeWithin));
    // A password that comes with every request is one sign-in.
    if (is_told || login.method != "basic") {
      GATEHOUSE_CHECK(logins_.note_sign_in(db, user.number, login.attempted_at));
    }
    return true;
  });
}

void StoredPasswordSignIn::take_back(const Candidate& candidate, const Login& login) {
  const BesideRequest beside;
  // Else it counts until the budget is whole again.
  std::ignore = host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_CHECK(throttle_.give_back(db, candidate.attempt));
    return logins_.remove(db, login.number);
  });
}

Result<bool> StoredPasswordSignIn::verify(std::string_view encoded, std::string_view password) {
  try {
    return host_.passwords().verify(encoded, password);
  } catch (const std::bad_alloc&) {
    host_.log().error("hashing_out_of_memory",
                      "A sign-in was answered 503, because the memory for a hash is not to be had: "
                      "give the server more, or lower http.threads.hashing");
    return unavailable("The server is short of memory: try again later.");
  }
}

void StoredPasswordSignIn::refresh_decoys() {
  const auto costs =
      host_.storage().read([&](Session& db) { return CredentialRepository::count_costs(db); });
  if (costs) decoys_.set_costs(*costs);  // else the ones of before hold
}

// What a stranger typed as name is never told: it may be a password in the wrong place.
AuditEvent StoredPasswordSignIn::event_about(std::string_view action,
                                             const std::optional<SignIn>& user,
                                             std::string_view method) {
  AuditEvent event{std::string(action)};
  event.detail = method;
  if (user) {
    event.user = user->number;
    event.account = user->account.value_or(0);
    event.user_id = user->id;
    event.user_name = user->username.value_or(user->id);
  }
  return event;
}

// The hash is made here, where hashing is allowed and the password is at hand; it is stored beside
// the request, which has its one write for itself.
void StoredPasswordSignIn::strengthen(const SignIn& user, std::string_view password) {
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
