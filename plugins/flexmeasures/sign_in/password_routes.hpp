// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "sign_in_routes.hpp"

namespace gatehouse::flexmeasures {

// POST /reset, GET and POST /reset/{token}, POST /change, below Places::root; and the letters that
// lead to them.
void add_password_routes(Context& host, const Places& places);

}  // namespace gatehouse::flexmeasures
