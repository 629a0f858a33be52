// For experts: the SOCI session behind a Session, for what the SDK has no words for. Whoever
// includes this links SOCI and answers for facts the SDK otherwise guards: reset every statement,
// never keep the reference beyond the callback, never begin, commit or reconnect.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/export.hpp>
#include <gatehouse/storage.hpp>

namespace soci {
class session;
}

namespace gatehouse {

GATEHOUSE_API soci::session& native_session(Session& session);

}  // namespace gatehouse
