// SPDX-License-Identifier: Apache-2.0
#include "account_wire.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <gatehouse/cursor.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::accounts {
Account to_wire(const StoredAccount& account) {
  Account body;
  body.id = account.id;
  body.number = account.number;
  body.name = account.name;
  body.roles = account.roles;
  if (const auto& consultancy = account.consultancy) {
    body.consultancy_account = {consultancy->id, consultancy->number, consultancy->name};
  }
  body.primary_color = account.primary_color;
  body.secondary_color = account.secondary_color;
  body.logo_url = account.logo_url;
  body.created_at = account.created_at;
  body.updated_at = account.updated_at;
  return body;
}

Account to_wire(const AccountService::Counted& counted) {
  Account body = to_wire(counted.account);
  body.user_count = counted.users;
  return body;
}

AccountChange to_change(const NewAccount& body) {
  AccountChange change;
  const auto set = [](auto& patch, const auto& value) {
    if (value) patch.emplace() = *value;
  };
  change.name = body.name;
  if (!body.roles.empty()) change.roles = body.roles;
  set(change.consultancy_account, body.consultancy_account);
  set(change.primary_color, body.primary_color);
  set(change.secondary_color, body.secondary_color);
  set(change.logo_url, body.logo_url);
  return change;
}

AccountChange to_change(const AccountPatch& body) {
  AccountChange change;
  change.name = body.name;
  change.roles = body.roles;
  change.consultancy_account = body.consultancy_account;
  change.primary_color = body.primary_color;
  change.secondary_color = body.secondary_color;
  change.logo_url = body.logo_url;
  return change;
}

Result<AccountFilter> to_filter(const Call& call, const AccountQuery& query) {
  AccountFilter filter;
  if (!add_text(filter, query.text)) {
    return malformed(
        "too_many_words", "\"text\" has more than {} words.", AccountFilter::kMaxWords);
  }
  filter.role = normalise(query.role);
  filter.sort = static_cast<AccountSort>(query.sort);
  filter.order = query.order;
  filter.limit = query.limit;
  if (query.cursor) {
    GATEHOUSE_TRY(filter.after, read_cursor<AccountPosition>(call, *query.cursor));
  }
  return filter;
}

Page<Account> to_page(const Call& call,
                      const AccountQuery& query,
                      std::vector<StoredAccount> rows) {
  Page<Account> page;
  page.next = cut_to_limit(call, rows, query.limit, [&query](const StoredAccount& last) {
    return position_of(
        last.number, last.name, last.created_at, static_cast<AccountSort>(query.sort));
  });
  page.items.reserve(rows.size());
  for (const StoredAccount& row : rows) page.items.push_back(to_wire(row));
  return page;
}

StateCheck by_if_match(Call& call) {
  return [&call](const StoredAccount& current) { return call.check_if_match(to_wire(current)); };
}

}  // namespace gatehouse::accounts
