// SPDX-License-Identifier: Apache-2.0
#include "new_session.hpp"

#include <gatehouse/deployment.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::tokens {
namespace {

constexpr std::size_t kLongestAgent = 512;

std::string user_agent_of(const Call& call) {
  std::string agent(call.header("User-Agent").value_or(""));
  make_storable(agent, kLongestAgent);
  return agent;
}

}  // namespace

Result<StoredSession> new_session(Context& host,
                                  Session& db,
                                  const Call& call,
                                  const LiveUser& user) {
  StoredSession session;
  GATEHOUSE_TRY(session.deployment_epoch, deployment_epoch(db));
  session.id = host.random().object_id();
  session.user_number = user.number;
  session.user_epoch = user.epoch;
  session.mount = call.mount();
  session.created_at = host.clock().now();
  session.remote_address = call.remote_address();
  session.user_agent = user_agent_of(call);
  session.last_used_at = session.created_at;
  session.last_used_address = session.remote_address;
  session.rotated_at = session.created_at;
  return session;
}

}  // namespace gatehouse::tokens
