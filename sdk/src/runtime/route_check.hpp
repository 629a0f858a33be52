// What the compiler checks of typed routes, for those that were not made by it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/routes.hpp>

namespace gatehouse::runtime {

// Throws std::invalid_argument, which names the route and what is wrong with it.
void check_route(const RouteSpec& spec, const Endpoint* endpoint);

}  // namespace gatehouse::runtime
