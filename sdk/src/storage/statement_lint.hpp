// What a statement may look like, so that it means the same on every engine and stays right when it
// is cached. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

namespace gatehouse::storage {

struct StatementText {
  std::size_t names = 0;  // `:names`
  bool writes = false;    // or locks rows, by its words
};

// Throws std::logic_error naming the statement and the rule it breaks.
StatementText check_statement(std::string_view sql);

}  // namespace gatehouse::storage
