// The pages that links in mails lead to: each does with a click what its route under /v1 does, with
// the code at the end of its own address. Looking at a page uses no code up (security.md 10).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include <gatehouse/call.hpp>
#include <gatehouse/random.hpp>

namespace gatehouse::users {

enum class AccountPage : std::uint8_t { SetPassword, ConfirmEmail, UndoEmail };

// With headers that let it load nothing and be framed by nobody. Threads: any. Blocking: never.
Answer account_page(AccountPage page, Random& random);

}  // namespace gatehouse::users
