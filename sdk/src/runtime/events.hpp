// Events on their way from the publisher to those who listen. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/result.hpp>

#include "runtime/registry.hpp"

namespace gatehouse::runtime {

// As Events::publish() has it.
Result<None> tell_listeners(const Registry& registry,
                            const Facilities& facilities,
                            Session& session,
                            std::string_view name,
                            const void* event);

}  // namespace gatehouse::runtime
