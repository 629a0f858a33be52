// SPDX-License-Identifier: Apache-2.0
#include "managed_user_wire.hpp"

#include <gatehouse/cursor.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::managed_users {

ManagedUser to_wire(const UserRecord& user) {
  ManagedUser body;
  body.id = user.id;
  body.number = user.number;
  body.first_name = user.first_name;
  body.last_name = user.last_name;
  body.display_name = user.display_name;
  body.timezone = user.timezone;
  body.description = user.description;
  body.active = user.active;
  body.created_at = user.created_at;
  body.updated_at = user.updated_at;
  return body;
}

ManagedUserDraft to_draft(const NewManagedUser& body) {
  return {body.first_name, body.last_name};
}

ManagedUserChange to_change(const ManagedUserPatch& body) {
  return {body.first_name, body.last_name, body.timezone, body.description};
}

Handover to_handover(const NewOwner& body) {
  return {body.email, body.username};
}

Invitation to_wire(const OpenHandover& handover) {
  return {handover.to.email, handover.to.username, handover.expires_at};
}

Result<ManagedUserFilter> to_filter(const Call& call, const ManagedUserQuery& query) {
  ManagedUserFilter filter;
  if (split_search(query.text).size() > ManagedUserFilter::kMaxWords) {
    return malformed(
        "too_many_words", "\"text\" has more than {} words.", ManagedUserFilter::kMaxWords);
  }
  filter.text = query.text;
  filter.limit = query.limit;
  if (query.cursor) {
    GATEHOUSE_TRY(filter.after, read_cursor<UserPosition>(call, *query.cursor));
  }
  return filter;
}

Page<ManagedUser> to_page(const Call& call,
                          const ManagedUserService& service,
                          const ManagedUserQuery& query,
                          std::vector<UserRecord> rows) {
  Page<ManagedUser> page;
  page.next = cut_to_limit(
      call, rows, query.limit, [&](const UserRecord& last) { return service.position_of(last); });
  page.items.reserve(rows.size());
  for (const UserRecord& row : rows) page.items.push_back(to_wire(row));
  return page;
}

UserEditor::Check by_if_match(Call& call) {
  return [&call](const UserRecord& current) { return call.check_if_match(to_wire(current)); };
}

}  // namespace gatehouse::managed_users
