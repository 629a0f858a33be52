// The page on which a person chooses a new password: a plain form that posts to its own address.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/call.hpp>

namespace gatehouse::flexmeasures {

// `fault`: what was wrong with what was sent before; "": nothing was. Never echoes what was sent.
Answer password_page(std::string_view fault = {}, int status = 200);
Answer password_done_page();

}  // namespace gatehouse::flexmeasures
