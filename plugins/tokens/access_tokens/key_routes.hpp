// The public halves of the signing keys, for those who verify access tokens themselves.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "signing_keys.hpp"

namespace gatehouse::tokens {

void add_key_routes(Context& host, SigningKeys& keys);

}  // namespace gatehouse::tokens
