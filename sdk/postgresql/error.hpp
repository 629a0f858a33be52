// What PostgreSQL's errors mean. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "storage/db_error.hpp"

namespace gatehouse::storage {

// `message`: only its first line is kept, for the lines below it repeat the values of the row.
// `constraint`: as the server names it, or "". `is_broken`: the connection is gone.
DbError postgresql_error(std::string_view sqlstate,
                         std::string_view message,
                         std::string_view constraint,
                         std::string_view sql,
                         bool is_broken);

}  // namespace gatehouse::storage
