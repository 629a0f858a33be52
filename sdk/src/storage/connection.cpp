// SPDX-License-Identifier: Apache-2.0
#include "storage/connection.hpp"

#include <gatehouse/text.hpp>

#include "storage/coarse_clock.hpp"

namespace gatehouse::storage {

void Connection::check_time_limit(std::string_view sql) const {
  if (coarse_now() <= end_) return;
  throw DbError(
      late_,
      format("storage: no time was left of what one use of the database may take, before: {}",
             sql));
}

}  // namespace gatehouse::storage
