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

// In an event each person has one part (Part), the first that fits.
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

#define AUDIT_FROM_EVENTS                                                            \
  "from audit_event e "                                                              \
  "left join audit_personal a on a.chain = e.chain and a.sequence = e.sequence and " \
  "a.part = 1 "                                                                      \
  "left join audit_personal u on u.chain = e.chain and u.sequence = e.sequence and " \
  "u.part = 2 "                                                                      \
  "left join audit_personal b on b.chain = e.chain and b.sequence = e.sequence and " \
  "b.part = 3 where "
