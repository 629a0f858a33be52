// Where the numbers that the database gives go on. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/runtime/runtime.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::storage {

// Moves every sequence of the database past what it has given itself and past `marks`, in the
// owner's transaction (Database::change_as_owner()). Throws DbError.
Result<None> advance_sequences(Session& session, const RestoreMarks& marks);

}  // namespace gatehouse::storage
