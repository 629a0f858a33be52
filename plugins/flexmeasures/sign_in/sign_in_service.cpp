// SPDX-License-Identifier: Apache-2.0
#include "sign_in_service.hpp"

#include <utility>

#include <gatehouse/services.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::flexmeasures {

SignInService::SignInService(Context& host, const Settings& settings)
    : host_(host),
      settings_(settings),
      passwords_(host.services().require<PasswordSignIn>()),
      tokens_(host.services().require<SessionTokens>()),
      users_(host.services().require<UserDirectory>()) {}

// After all the work of a wrong password.
Result<None> SignInService::tell_unknown(const Credentials& credentials) {
  if (!settings_.reveal_unknown_email) return unauthenticated();
  GATEHOUSE_TRY(const bool is_known, host_.storage().read([&](Session& db) -> Result<bool> {
    GATEHOUSE_TRY(const auto by_email, users_.find_by_email(db, credentials.email));
    if (by_email) return true;
    GATEHOUSE_TRY(const auto by_name, users_.find_by_username(db, credentials.email));
    return by_name.has_value();
  }));
  if (is_known) return unauthenticated();
  Error error = not_found();
  error.reason = kUnknownEmail;
  return error;
}

Result<SignInService::Opened> SignInService::sign_in(const Call& call,
                                                     const Credentials& credentials,
                                                     std::string_view method,
                                                     Tokens tokens,
                                                     std::string_view replaced) {
  auto who = passwords_.sign_in(call, {credentials.email, credentials.password, method});
  if (!who && who.error().code == ErrorCode::Unauthenticated) {
    GATEHOUSE_CHECK(tell_unknown(credentials));
  }
  if (!who) return std::move(who).error();
  const auto before = tokens_.recognise(call, replaced);
  return host_.storage().write([&](Session& db) -> Result<Opened> {
    if (before) GATEHOUSE_CHECK(end(db, *before));
    Opened opened;
    opened.user = who->user;
    GATEHOUSE_TRY(auto token, tokens_.open(db, call, *who, method, settings_.token_lifetime));
    opened.token = std::move(token.token);
    if (tokens == Tokens::One) return opened;
    GATEHOUSE_TRY(auto second, tokens_.open(db, call, *who, method, settings_.token_lifetime));
    opened.second = std::move(second.token);
    return opened;
  });
}

Result<None> SignInService::sign_out(const Call& call, std::string_view token) {
  auto who = tokens_.recognise(call, token);
  if (!who && who.error().code == ErrorCode::Unauthenticated) return None{};
  if (!who) return std::move(who).error();
  return host_.storage().write([&](Session& db) { return end(db, *who); });
}

Result<None> SignInService::end(Session& db, const Principal& who) {
  auto ended = tokens_.end(db, who);
  if (!ended && ended.error().code == ErrorCode::NotFound) return None{};  // by somebody else
  return ended;
}

}  // namespace gatehouse::flexmeasures
