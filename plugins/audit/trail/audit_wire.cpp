// SPDX-License-Identifier: Apache-2.0
#include "audit_wire.hpp"

#include <string_view>

#include <gatehouse/body.hpp>

namespace gatehouse::audit {
namespace {

std::optional<std::string> unless_empty(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

std::optional<AuditPerson> person(std::int64_t number, std::string_view id, std::string_view name) {
  if (number == 0 && id.empty() && name.empty()) return std::nullopt;
  return AuditPerson{unless_empty(id), unless_empty(name)};
}

std::optional<NumberedPerson> numbered(std::int64_t number, std::string_view name) {
  if (number == 0) return std::nullopt;
  return NumberedPerson{number, unless_empty(name)};
}

std::optional<std::vector<std::string>> roles(std::int64_t bits) {
  if (bits == 0) return std::nullopt;
  return role_names(Roles::from_bits(static_cast<std::uint32_t>(bits)));
}

}  // namespace

AuditItem to_wire(const EventRow& row, const AccountNames& accounts) {
  AuditItem item;
  item.number = row.number;
  item.chain = row.chain;
  item.sequence = row.sequence;
  item.at = row.at;
  item.action = row.action;
  item.outcome = static_cast<OutcomeName>(row.outcome);
  item.actor = person(row.actor_number, row.actor_id, row.actor_name);
  item.on_behalf_of = person(row.on_behalf_of, row.on_behalf_of_id, "");
  item.user = person(row.user_number, row.user_id, row.user_name);
  if (row.account != 0) {
    const auto known = accounts.find(row.account);
    item.account = known != accounts.end() ? known->second : AuditAccount{{}, row.account, {}};
  }
  if (auto changes = decode_json<std::vector<std::string>>(row.changes)) {
    item.changes = *std::move(changes);
  }
  item.detail.reason = unless_empty(row.detail);
  item.detail.count = row.count;
  item.detail.active = row.active;
  item.detail.roles_added = roles(row.roles_added);
  item.detail.roles_removed = roles(row.roles_removed);
  item.detail.method = unless_empty(row.method);
  item.detail.actor = numbered(row.actor_number, row.actor_name);
  item.detail.user = numbered(row.user_number, row.user_name);
  item.remote_address =
      unless_empty(row.actor_address.empty() ? row.user_address : row.actor_address);
  item.request_id = unless_empty(row.request_id);
  return item;
}

}  // namespace gatehouse::audit
