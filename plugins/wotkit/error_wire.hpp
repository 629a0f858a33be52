// Errors as WoTKit writes them: {"error": {status, code, message, developerMessage, moreInfo}}.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/call.hpp>

namespace gatehouse::wotkit {

// An ErrorRenderer. Fields that break their rules are 400 here, never 422, as is an e-mail address
// that somebody else has.
void render_error(const Call& call, const Error& error, Answer& answer);

}  // namespace gatehouse::wotkit
