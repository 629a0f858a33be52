// What SQLite's result codes mean. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "storage/db_error.hpp"

namespace gatehouse::storage {

// `code`: SQLite's extended result code; `message`: its text; `sql`: what was run, for bugs;
// `file`: the database, for what the operator mends.
DbError sqlite_error(int code,
                     std::string_view message,
                     std::string_view sql,
                     std::string_view file);

}  // namespace gatehouse::storage
