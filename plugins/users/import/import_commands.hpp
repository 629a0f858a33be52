// `gatehouse import users` and `gatehouse export users`. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/commands.hpp>
#include <gatehouse/context.hpp>

#include "directory/accounts.hpp"
#include "directory/user_repository.hpp"
#include "passwords/credential_repository.hpp"
#include "user_import.hpp"

namespace gatehouse::users {

// All outlive the commands.
void add_import_command(Commands& commands, UserImport& import);
void add_export_command(Context& host,
                        const UserRepository& users,
                        const Accounts& accounts,
                        const CredentialRepository& credentials);

}  // namespace gatehouse::users
