// SPDX-License-Identifier: Apache-2.0
#include "delegation_routes.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/reference.hpp>
#include <gatehouse/routes.hpp>

#include "delegation_wire.hpp"

namespace gatehouse::managed_users {
namespace {

constexpr std::string_view kAboutTokens =
    "For as long as an access token lasts and no longer than the caller's own credential, whose "
    "permissions bound it, too. It opens the routes that say which scope they want, and ends with "
    "the grant. 403 exceeds_grant: a scope that the caller does not have.";
constexpr std::string_view kEnd = "/delegated-token";
constexpr std::string_view kNoTokens = "no_tokens (the server has no plugin tokens)";

// A token stands nowhere: its place is the user's.
Created<DelegatedAccess> created(const Call& call, const Delegation& made) {
  std::string_view of = call.path();
  of.remove_suffix(kEnd.size());
  return {to_wire(made), std::string(of)};
}

DelegationService::Scopes scopes_of(const std::optional<DelegationRequest>& body) {
  return body ? body->scopes : std::nullopt;
}

}  // namespace

void add_delegation_routes(Context& host, DelegationService& service) {
  host.routes()
      .post("/v1/managed-users/{user}/delegated-token",
            "managed_users:delegate",
            "Act for a user you manage",
            [&service](
                Call& call,
                std::string_view user,
                const std::optional<DelegationRequest>& body) -> Result<Created<DelegatedAccess>> {
              GATEHOUSE_TRY(const auto reference, parse_reference(user));
              GATEHOUSE_TRY(const auto made,
                            service.act_for_managed(call, reference, scopes_of(body)));
              return created(call, made);
            })
      .description(kAboutTokens)
      .parameter("user", "An id (24 hex digits) or a number, of somebody whom the caller manages.")
      .answers(409, kNoTokens)
      .answers_secret();

  host.routes()
      .post("/v1/users/{user}/delegated-token",
            "managed_users:delegate",
            "Act for a user who shares with you",
            [&service](
                Call& call,
                std::string_view user,
                const std::optional<DelegationRequest>& body) -> Result<Created<DelegatedAccess>> {
              GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
              GATEHOUSE_TRY(const auto made, service.act_for(call, reference, scopes_of(body)));
              return created(call, made);
            })
      .description(kAboutTokens)
      .parameter("user", kAboutUser)
      .answers(409, kNoTokens)
      .answers_secret();
}

}  // namespace gatehouse::managed_users
