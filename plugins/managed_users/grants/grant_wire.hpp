// Share grants as contracts/v1.md writes them. The names of the types are the names of the schemas
// in /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>

#include "grant_service.hpp"

namespace gatehouse::managed_users {

// Somebody in short.
struct GrantParty {
  std::string id;
  std::int64_t number = 0;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(GrantParty, (), (id, number, name))
constexpr auto rules(Of<GrantParty>) {
  return std::tuple{field(&GrantParty::name, {.text = "Their display_name."})};
}

struct Grant {
  std::string id;
  GrantParty owner;
  GrantParty grantee;
  std::vector<std::string> scopes;
  std::optional<GrantParty> made_by;
  bool confirmed = true;
  Time created_at;
  std::optional<Time> expires_at;
};
BOOST_DESCRIBE_STRUCT(Grant,
                      (),
                      (id, owner, grantee, scopes, made_by, confirmed, created_at, expires_at))
constexpr Rule kGrantScopesRule{
    .text =
        "Of the setting managed_users.scopes, in its order. What a scope lets the grantee do "
        "is up to the plugins that have the data.",
    .example = "[\"data:read\"]",
    .max_items = 32};
constexpr Rule kGrantEndRule{.text = "Null: until somebody deletes it."};
constexpr auto rules(Of<Grant>) {
  return std::tuple{
      field(&Grant::id, {.example = "\"65f1c0ffee00000000000001\""}),
      field(&Grant::owner, {.text = "Whose data it is about."}),
      field(&Grant::scopes, kGrantScopesRule),
      field(&Grant::made_by,
            {.text = "The owner, or who managed them then; null where that user is gone."}),
      field(&Grant::confirmed,
            {.text = "False: it gives nothing, for somebody took the user over since their manager "
                     "made it, and has not confirmed it."}),
      field(&Grant::expires_at, kGrantEndRule)};
}

struct NewGrant {
  IdOrNumber grantee;
  std::vector<std::string> scopes;
  std::optional<Time> expires_at;
};
BOOST_DESCRIBE_STRUCT(NewGrant, (), (grantee, scopes, expires_at))
constexpr auto rules(Of<NewGrant>) {
  return std::tuple{
      field(&NewGrant::grantee,
            {.text = "The user's id, which they tell whom they like; or the number, of users whom "
                     "you may read.",
             .example = "\"65f1c0ffee00000000000001\""}),
      field(&NewGrant::scopes, kGrantScopesRule),
      field(&NewGrant::expires_at,
            {.text = "By default never, or with the API token of this request."})};
}

// Who shares with the caller.
struct SharedWithMe {
  GrantParty user;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::string display_name;
  std::vector<std::string> scopes;
  std::optional<Time> expires_at;
  std::string grant;
};
BOOST_DESCRIBE_STRUCT(SharedWithMe,
                      (),
                      (user, first_name, last_name, display_name, scopes, expires_at, grant))
constexpr auto rules(Of<SharedWithMe>) {
  return std::tuple{field(&SharedWithMe::scopes, kGrantScopesRule),
                    field(&SharedWithMe::expires_at, kGrantEndRule),
                    field(&SharedWithMe::grant,
                          {.text = "Its id: DELETE /v1/users/{user}/grants/{grant} gives "
                                   "it back."})};
}

struct GrantQuery {
  std::int64_t limit = 50;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(GrantQuery, (), (limit, cursor))
constexpr auto rules(Of<GrantQuery>) {
  return std::tuple{
      field(&GrantQuery::limit,
            {.text = "How many items one page has at most.",
             .optional = true,
             .has_minimum = true,
             .minimum = 1,
             .maximum = 1000}),
      field(&GrantQuery::cursor, {.text = "\"next\" of the page before.", .max_bytes = 4096})};
}

GrantDraft to_draft(const NewGrant& body);

class GrantWire {
 public:
  explicit GrantWire(const GrantScopes& scopes) : scopes_(scopes) {}

  Grant to_wire(const GrantView& view) const;
  // `rows` hold one more than the limit when there are more.
  Page<Grant> to_page(const Call& call, const GrantQuery& query, std::vector<GrantView> rows) const;
  Page<SharedWithMe> to_page(const Call& call, const SharedPage& shared) const;
  // The client's If-Match. Outlived by `call`.
  GrantPrecondition by_if_match(Call& call) const;

 private:
  const GrantScopes& scopes_;
};

// The number of the grant behind which the page begins; `start` where it is the first one.
Result<std::int64_t> position_in(const Call& call, const GrantQuery& query, std::int64_t start);

}  // namespace gatehouse::managed_users
