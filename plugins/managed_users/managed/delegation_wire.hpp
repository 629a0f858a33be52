// Delegated tokens as contracts/v1.md writes them. The names of the types are the names of the
// schemas in /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>

#include "delegation_service.hpp"

namespace gatehouse::managed_users {

struct DelegationRequest {
  std::optional<std::vector<std::string>> scopes;
};
BOOST_DESCRIBE_STRUCT(DelegationRequest, (), (scopes))
constexpr auto rules(Of<DelegationRequest>) {
  return std::tuple{field(&DelegationRequest::scopes,
                          {.text = "Grant scopes, at least one; null: all that hold.",
                           .example = "[\"data:read\"]",
                           .max_items = 32})};
}

// Whom a token lets its bearer act for, in short.
struct ActedFor {
  std::string id;
  std::int64_t number = 0;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(ActedFor, (), (id, number, name))

struct DelegatedAccess {
  std::string access_token;
  std::string token_type = "Bearer";
  std::int64_t expires_in = 0;
  std::vector<std::string> scopes;
  ActedFor user;
};
BOOST_DESCRIBE_STRUCT(DelegatedAccess, (), (access_token, token_type, expires_in, scopes, user))
constexpr auto rules(Of<DelegatedAccess>) {
  return std::tuple{
      field(&DelegatedAccess::access_token,
            {.text = "For the header Authorization: Bearer. A JSON Web Token (RFC 9068) with the "
                     "claim act (RFC 8693)."}),
      field(&DelegatedAccess::expires_in,
            {.text = "Seconds that the token lasts, at most 300. It is not refreshed: ask for the "
                     "next one."}),
      field(&DelegatedAccess::scopes,
            {.text = "What it may do with the user's data.", .example = "[\"data:read\"]"})};
}

DelegatedAccess to_wire(const Delegation& delegation);

}  // namespace gatehouse::managed_users
