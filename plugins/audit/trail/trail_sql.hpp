// Literals that the statements about events share; the compiler joins them, so that each statement
// is one constant. SPDX-License-Identifier: Apache-2.0
#pragma once

#define AUDIT_EVENT_COLUMNS                                                                  \
  "e.number as number, e.chain as chain, e.sequence as sequence, e.at as at, "               \
  "e.action as action, e.outcome as outcome, e.user_number as user_number, "                 \
  "e.actor_number as actor_number, e.on_behalf_of as on_behalf_of, e.account as account, "   \
  "e.changes as changes, e.detail as detail, e.count as count, e.request_id as request_id, " \
  "e.method as method, e.active as active, e.roles_added as roles_added, "                   \
  "e.roles_removed as roles_removed, e.personal as personal, e.hash as hash"

// What is said of a person stands in the first of the parts that they have in an event.
#define AUDIT_PERSONAL_COLUMNS                                                                \
  ", coalesce(a.id, '') as actor_id, coalesce(a.name, '') as actor_name, "                    \
  "coalesce(a.address, '') as actor_address, "                                                \
  "case when e.user_number > 0 and e.user_number = e.actor_number then coalesce(a.id, '') "   \
  "else coalesce(u.id, '') end as user_id, "                                                  \
  "case when e.user_number > 0 and e.user_number = e.actor_number then coalesce(a.name, '') " \
  "else coalesce(u.name, '') end as user_name, "                                              \
  "coalesce(u.address, '') as user_address, "                                                 \
  "case when e.on_behalf_of > 0 and e.on_behalf_of = e.user_number then coalesce(u.id, '') "  \
  "else coalesce(b.id, '') end as on_behalf_of_id "

// By the primary key of audit_personal.
#define AUDIT_JOIN_PERSONAL                                                                        \
  "left join audit_personal a on a.person = e.actor_number and a.part = 1 and "                    \
  "a.number = e.number "                                                                           \
  "left join audit_personal u on u.person = e.user_number and u.part = 2 and u.number = e.number " \
  "left join audit_personal b on b.person = e.on_behalf_of and b.part = 3 and b.number = "         \
  "e.number "
