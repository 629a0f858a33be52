// Routes about passwords and confirmed addresses, and the pages that links in mails lead to.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "mail/email_changes.hpp"
#include "password_service.hpp"

namespace gatehouse::users {

// In Plugin::wire(). Both live as long as the routes.
void add_password_routes(Context& host, PasswordService& passwords, EmailChanges& email_changes);

}  // namespace gatehouse::users
