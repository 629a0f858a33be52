// Errors as Soltra's clients know them: mistakes in fields as {"field": ["text"]} with 400, all
// else as {"detail": "text"}. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/call.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse::soltra_edge {

// Threads: any. Never blocks.
void render_error(const Call& call, const Error& error, Answer& answer);

}  // namespace gatehouse::soltra_edge
