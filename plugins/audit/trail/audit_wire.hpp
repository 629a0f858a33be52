// Events as contracts/v1.md writes them. The names of the types are the names of the schemas in
// /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/time.hpp>

#include "trail_repository.hpp"

namespace gatehouse::audit {

enum class OutcomeName : std::uint8_t {
  Success = static_cast<std::uint8_t>(AuditOutcome::Success),
  Refused = static_cast<std::uint8_t>(AuditOutcome::Refused),
};
BOOST_DESCRIBE_ENUM(OutcomeName, Success, Refused)
constexpr auto names(Of<OutcomeName>) {
  return std::array{named(OutcomeName::Success, "success"), named(OutcomeName::Refused, "refused")};
}

// Who did something, or to whom it happened.
struct AuditPerson {
  std::optional<std::string> id;
  std::optional<std::string> username;
};
BOOST_DESCRIBE_STRUCT(AuditPerson, (), (id, username))
constexpr auto rules(Of<AuditPerson>) {
  return std::tuple{
      field(&AuditPerson::id, {.text = "Null for strangers, and once the person was erased."}),
      field(&AuditPerson::username,
            {.text = "As of then. Null where it is not known, and once the person was erased."})};
}

struct AuditAccount {
  std::optional<std::string> id;
  std::int64_t number = 0;
  std::optional<std::string> name;
};
BOOST_DESCRIBE_STRUCT(AuditAccount, (), (id, number, name))
constexpr auto rules(Of<AuditAccount>) {
  return std::tuple{
      field(&AuditAccount::id, {.text = "Null when there is no such account any more."}),
      field(&AuditAccount::name, {.text = "As of now. Null like id."})};
}

struct NumberedPerson {
  std::int64_t number = 0;
  std::optional<std::string> name;
};
BOOST_DESCRIBE_STRUCT(NumberedPerson, (), (number, name))
constexpr auto rules(Of<NumberedPerson>) {
  return std::tuple{field(&NumberedPerson::name, {.text = "Null once the person was erased."})};
}

struct AuditDetail {
  std::optional<std::string> reason;
  std::int64_t count = 1;
  std::optional<bool> active;
  std::optional<std::vector<std::string>> roles_added;
  std::optional<std::vector<std::string>> roles_removed;
  std::optional<std::string> method;
  std::optional<NumberedPerson> actor;
  std::optional<NumberedPerson> user;
};
BOOST_DESCRIBE_STRUCT(AuditDetail,
                      (),
                      (reason, count, active, roles_added, roles_removed, method, actor, user))
constexpr auto rules(Of<AuditDetail>) {
  return std::tuple{
      field(&AuditDetail::reason, {.text = "Words about it.", .omit_null = true}),
      field(&AuditDetail::count,
            {.text = "Of refusals and sign-ins that were alike and are counted together."}),
      field(&AuditDetail::active, {.text = "What it was set to.", .omit_null = true}),
      field(&AuditDetail::roles_added, {.omit_null = true}),
      field(&AuditDetail::roles_removed, {.omit_null = true}),
      field(&AuditDetail::method,
            {.text = "How the actor had signed in; command: the operator.", .omit_null = true}),
      field(&AuditDetail::actor, {.omit_null = true}),
      field(&AuditDetail::user, {.omit_null = true})};
}

struct AuditItem {
  std::int64_t number = 0;
  std::int64_t chain = 0;
  std::int64_t sequence = 0;
  Time at;
  std::string action;
  OutcomeName outcome = OutcomeName::Success;
  std::optional<AuditPerson> actor;
  std::optional<AuditPerson> on_behalf_of;
  std::optional<AuditPerson> user;
  std::optional<AuditAccount> account;
  std::vector<std::string> changes;
  AuditDetail detail;
  std::optional<std::string> remote_address;
  std::optional<std::string> request_id;
  std::optional<std::string> hash;
};
BOOST_DESCRIBE_STRUCT(AuditItem,
                      (),
                      (number,
                       chain,
                       sequence,
                       at,
                       action,
                       outcome,
                       actor,
                       on_behalf_of,
                       user,
                       account,
                       changes,
                       detail,
                       remote_address,
                       request_id,
                       hash))
constexpr auto rules(Of<AuditItem>) {
  return std::tuple{
      field(&AuditItem::number, {.text = "Of the whole trail, never used again."}),
      field(&AuditItem::chain, {.text = "The account's number, or of the system's below 0."}),
      field(&AuditItem::sequence, {.text = "The place in its chain, from 1."}),
      field(&AuditItem::action, {.example = "\"user.updated\""}),
      field(&AuditItem::actor, {.text = "Null for strangers, commands and jobs."}),
      field(&AuditItem::on_behalf_of,
            {.text = "For whom the actor stood with a delegated credential."}),
      field(&AuditItem::user, {.text = "To whom it happened."}),
      field(&AuditItem::account, {.text = "To which it belonged at that time."}),
      field(&AuditItem::changes, {.text = "Names of fields.", .example = "[\"email\"]"}),
      field(&AuditItem::remote_address, {.text = "Null once the person was erased."}),
      field(&AuditItem::hash, {.text = "Only in exports.", .omit_null = true})};
}

struct AuditQuery {
  std::optional<std::string> action;
  std::optional<std::string> actor;
  std::optional<Time> since;
  std::optional<Time> until;
  std::int64_t limit = 50;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(AuditQuery, (), (action, actor, since, until, limit, cursor))
constexpr auto rules(Of<AuditQuery>) {
  return std::tuple{
      field(&AuditQuery::action, {.text = "Exactly this one: user.created.", .max_length = 255}),
      field(&AuditQuery::actor, {.text = "Id or number of who did it, or me.", .max_length = 24}),
      field(&AuditQuery::since, {.text = "From then on."}),
      field(&AuditQuery::until, {.text = "Before then."}),
      field(&AuditQuery::limit,
            {.text = "How many events one page has at most.",
             .optional = true,
             .has_minimum = true,
             .minimum = 1,
             .maximum = 1000}),
      field(&AuditQuery::cursor,
            {.text = "\"next\" of the page before. All other parameters must stay as they were.",
             .max_bytes = 4096})};
}

// What accounts are called, by number.
using AccountNames = std::map<std::int64_t, AuditAccount>;

AuditItem to_wire(const EventRow& row, const AccountNames& accounts);

}  // namespace gatehouse::audit
