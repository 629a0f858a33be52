// `gatehouse user ...`: what an operator does at the machine. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/commands.hpp>

#include "user_service.hpp"

namespace gatehouse::users {

// `service` outlives the commands.
void add_user_commands(Commands& commands, UserService& service);

}  // namespace gatehouse::users
