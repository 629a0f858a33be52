// Errors as FastAPI writes them, which is what clients of SweatStack read.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/call.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse::sweatstack {

// {"detail": "..."}; or 422 with {"detail": [{"loc", "msg", "type"}]} for all that is wrong with
// what was sent, JSON that is none and other content types among it.
void render_error(const Call& call, const Error& error, Answer& answer);

}  // namespace gatehouse::sweatstack
