// Who may use what of this mount: admins and staff, who are Soltra's superusers and staff, all that
// the policy gives them; everybody else their own record, tokens and history, whatever else other
// mounts show them. That others need allow_rest_access at all, the SDK asks.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/body/values.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse::soltra_edge {

// Whether `who` works with others' records here.
bool administers(const Principal& who);

// PermissionDenied for another's record of who does not, before it is looked for: whether there is
// such a user is not told.
Result<None> permit_reach(const Principal& who, const IdOrNumber& user);

}  // namespace gatehouse::soltra_edge
