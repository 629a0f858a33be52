// SPDX-License-Identifier: Apache-2.0
#include "user_wire.hpp"

#include <utility>

#include <gatehouse/cursor.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::users {
namespace {

std::vector<RoleName> role_list(Roles roles) {
  std::vector<RoleName> list;
  for (const Role role : all_roles()) {
    if (roles.has(role)) list.push_back(static_cast<RoleName>(role));
  }
  return list;
}

Roles role_set(const std::vector<RoleName>& list) {
  Roles roles;
  for (const RoleName name : list) roles.add(static_cast<Role>(name));
  return roles;
}

Patch<std::string> text_of(const Patch<RawJson>& json) {
  Patch<std::string> text;
  if (json.value()) text.emplace() = json.value()->text;
  if (json.is_null()) text.make_null();
  return text;
}

struct RoleText {
  std::string_view id;
  std::string_view description;
};

// The ids never change, in no installation: clients may keep them.
RoleText text_of(Role role) {
  switch (role) {
    case Role::Admin:
      return {"726f6c650000000000000001", "Everything."};
    case Role::AdminReader:
      return {"726f6c650000000000000002", "Reads everything, changes nothing."};
    case Role::Staff:
      return {"726f6c650000000000000004",
              "Everything but over admins, admin-readers and staff; grants no roles."};
    case Role::AccountAdmin:
      return {"726f6c650000000000000008", "The users and data of the own account."};
    case Role::Consultant:
      return {"726f6c650000000000000010",
              "Like an account-admin in the accounts that the own account looks after."};
  }
  return {};
}

// The place among all_roles(), from 1.
std::int64_t number_of(Role role) {
  std::int64_t number = 1;
  for (const Role one : all_roles()) {
    if (one == role) break;
    ++number;
  }
  return number;
}

}  // namespace

User to_wire(const Principal& who, const PolicySettings& policy, const PlacedUser& placed) {
  const StoredUser& user = placed.user;
  User body;
  body.id = user.id;
  body.number = user.number;
  body.username = user.username;
  body.display_name = display_name(user);
  body.email = user.email;
  body.email_verified = user.email_verified;
  if (shows_recovery_email(who, placed.as_object(), policy)) {
    body.recovery_email = user.recovery_email;
  }
  body.first_name = user.first_name;
  body.last_name = user.last_name;
  body.timezone = user.timezone;
  body.description = user.description;
  if (user.preferences) body.preferences = RawJson{*user.preferences};
  body.organization = user.organization;
  if (placed.account) {
    body.account = Reference{placed.account->id, placed.account->number, placed.account->name};
  }
  if (placed.manager) {
    body.manager = Reference{placed.manager->id, placed.manager->number, placed.manager->name};
  }
  body.roles = role_list(user.roles());
  body.active = user.active;
  body.locked = user.locked;
  body.expires_at = user.expires_at;
  body.password_expires_at = user.password_expires_at;
  body.clearances = clearances_of(user.clearance_bits);
  body.can_inbox = user.can_inbox;
  body.api_access = user.api_access;
  body.created_at = user.created_at;
  body.updated_at = user.updated_at;
  body.last_login_at = user.last_login_at;
  body.previous_login_at = user.previous_login_at;
  body.last_seen_at = user.last_seen_at;
  return body;
}

UserDraft to_draft(const NewUser& body) {
  UserDraft draft;
  draft.username = body.username;
  draft.password = body.password;
  draft.email = body.email;
  draft.first_name = body.first_name;
  draft.last_name = body.last_name;
  draft.timezone = body.timezone;
  draft.description = body.description.value_or("");
  draft.preferences = text_of(body.preferences);
  draft.organization = body.organization;
  draft.account = body.account;
  draft.roles = role_set(body.roles);
  draft.active = body.active;
  draft.locked = body.locked;
  draft.expires_at = body.expires_at;
  draft.password_expires_at = body.password_expires_at;
  draft.clearances = body.clearances;
  draft.can_inbox = body.can_inbox;
  draft.api_access = body.api_access;
  return draft;
}

UserChange to_change(const UserPatch& body) {
  UserChange change;
  change.username = body.username;
  change.email = body.email;
  change.first_name = body.first_name;
  change.last_name = body.last_name;
  change.timezone = body.timezone;
  change.description = body.description;
  change.preferences = text_of(body.preferences);
  change.organization = body.organization;
  change.account = body.account;
  if (body.roles.value()) change.roles = role_set(*body.roles.value());
  if (body.roles.is_null()) change.roles.make_null();
  change.active = body.active;
  change.locked = body.locked;
  change.expires_at = body.expires_at;
  change.password_expires_at = body.password_expires_at;
  change.clearances = body.clearances;
  change.can_inbox = body.can_inbox;
  change.api_access = body.api_access;
  return change;
}

Result<UserFilter> to_filter(const Call& call, const UserQuery& query) {
  UserFilter filter;
  if (!add_text(filter, query.text, UserListing::kAnyField)) {
    return malformed("too_many_words", "\"text\" has more than {} words.", UserFilter::kMaxWords);
  }
  add_substring(filter, query.username, UserListing::kUsername);
  add_substring(filter, query.email, UserListing::kEmail);
  add_substring(filter, query.first_name, UserListing::kFirstName);
  add_substring(filter, query.last_name, UserListing::kLastName);
  if (query.role) filter.roles = static_cast<Role>(*query.role);
  if (query.active != ActiveFilter::Any) filter.active = query.active == ActiveFilter::True;
  filter.sort = static_cast<UserSort>(query.sort);
  filter.order = query.order;
  filter.limit = query.limit;
  if (query.cursor) {
    GATEHOUSE_TRY(filter.after, read_cursor<UserPosition>(call, *query.cursor));
  }
  return filter;
}

Page<User> to_page(const Call& call,
                   const PolicySettings& policy,
                   const UserQuery& query,
                   std::vector<PlacedUser> rows) {
  Page<User> page;
  page.next = cut_to_limit(call, rows, query.limit, [&query](const PlacedUser& last) {
    return position_of(last.user, static_cast<UserSort>(query.sort));
  });
  page.items.reserve(rows.size());
  for (const PlacedUser& row : rows) page.items.push_back(to_wire(*call.principal(), policy, row));
  return page;
}

RoleInfo to_wire(Role role, std::vector<std::string> permissions) {
  const RoleText text = text_of(role);
  return {std::string(text.id),
          number_of(role),
          static_cast<RoleName>(role),
          std::string(text.description),
          std::move(permissions)};
}

UserCheck by_if_match(Call& call, const PolicySettings& policy) {
  return [&call, &policy](const PlacedUser& current) {
    return call.check_if_match(to_wire(*call.principal(), policy, current));
  };
}

}  // namespace gatehouse::users
