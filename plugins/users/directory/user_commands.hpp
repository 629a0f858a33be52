// `gatehouse user ...`: what an operator does at the machine. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/commands.hpp>

#include "passwords/password_service.hpp"
#include "user_service.hpp"

namespace gatehouse::users {

// Both services outlive the commands.
void add_user_commands(Commands& commands, UserService& service, PasswordService& passwords);

}  // namespace gatehouse::users
