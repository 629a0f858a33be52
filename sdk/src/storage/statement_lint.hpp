// What a statement may look like, so that it means the same on every engine and stays right when it
// is cached. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

namespace gatehouse::storage {

// Returns the number of `:names`. Throws std::logic_error naming the statement and the rule it
// breaks.
std::size_t check_statement(std::string_view sql);

}  // namespace gatehouse::storage
