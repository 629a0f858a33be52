// SPDX-License-Identifier: Apache-2.0
#include "grant_wire.hpp"

#include <utility>

#include <gatehouse/cursor.hpp>

namespace gatehouse::managed_users {

// After the grant with this number.
struct GrantPosition {
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(GrantPosition, (), (number))

namespace {

GrantParty to_party(const UserRecord& user) {
  return {user.id, user.number, user.display_name};
}

}  // namespace

GrantDraft to_draft(const NewGrant& body) {
  return {body.grantee, body.scopes, body.expires_at};
}

Grant GrantWire::to_wire(const GrantView& view) const {
  Grant body;
  body.id = view.grant.id;
  body.owner = to_party(view.owner);
  body.grantee = to_party(view.grantee);
  body.scopes = scopes_.names_of(view.grant.scopes);
  if (view.made_by) body.made_by = to_party(*view.made_by);
  body.confirmed = view.grant.is_confirmed(view.owner.manager);
  body.created_at = view.grant.created_at;
  body.expires_at = view.grant.expires_at;
  return body;
}

Page<Grant> GrantWire::to_page(const Call& call,
                               const GrantQuery& query,
                               std::vector<GrantView> rows) const {
  Page<Grant> page;
  page.next = cut_to_limit(call, rows, query.limit, [](const GrantView& last) {
    return GrantPosition{last.grant.number};
  });
  page.items.reserve(rows.size());
  for (const GrantView& row : rows) page.items.push_back(to_wire(row));
  return page;
}

Page<SharedWithMe> GrantWire::to_page(const Call& call, const SharedPage& shared) const {
  Page<SharedWithMe> page;
  if (shared.next) page.next = write_cursor(call, GrantPosition{*shared.next});
  page.items.reserve(shared.users.size());
  for (const SharedUser& row : shared.users) {
    page.items.push_back({to_party(row.user),
                          row.user.first_name,
                          row.user.last_name,
                          row.user.display_name,
                          scopes_.names_of(row.grant.scopes),
                          row.grant.expires_at,
                          row.grant.id});
  }
  return page;
}

GrantPrecondition GrantWire::by_if_match(Call& call) const {
  return [&call, this](const GrantView& current) { return call.check_if_match(to_wire(current)); };
}

Result<std::int64_t> position_in(const Call& call, const GrantQuery& query, std::int64_t start) {
  if (!query.cursor) return start;
  GATEHOUSE_TRY(const auto after, read_cursor<GrantPosition>(call, *query.cursor));
  return after.number;
}

}  // namespace gatehouse::managed_users
