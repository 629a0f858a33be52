// SPDX-License-Identifier: Apache-2.0
#include "login_history.hpp"

#include <gatehouse/text.hpp>

namespace gatehouse::users {
namespace {

constexpr std::size_t kMaxAgentBytes = 512;

// What a client calls itself: headers are bytes (RFC 9110 5.5).
std::optional<std::string> agent_of(const Call& call) {
  const auto sent = call.header("User-Agent");
  if (!sent || sent->empty()) return std::nullopt;
  std::string agent(*sent);
  make_storable(agent, kMaxAgentBytes);
  return agent;
}

}  // namespace

Login login_of(const Call& call, std::int64_t user, std::string_view method, Time now) {
  Login login;
  login.user_number = user;
  login.attempted_at = now;
  login.method = method;
  login.mount = call.mount();
  login.remote_address = call.remote_address();
  login.user_agent = agent_of(call);
  return login;
}

Result<std::vector<Login>> LoginHistory::list(const Principal& who,
                                              const UserReference& reference,
                                              const std::optional<LoginPosition>& after,
                                              std::int64_t limit) const {
  return host_.storage().read([&](Session& db) -> Result<std::vector<Login>> {
    GATEHOUSE_TRY(auto user, users_.find(db, reference));
    if (!user) return not_found();
    GATEHOUSE_TRY(const auto placed, accounts_.place(db, *std::move(user)));
    GATEHOUSE_CHECK(permit(decide(who, UserAction::ReadTrail, placed.as_object(), host_.policy())));
    return logins_.list(db, placed.user.number, after, limit + 1);
  });
}

void LoginHistory::drop_old() const {
  constexpr int kMostBatches = 1'000;  // what is left is dropped in the next round
  const Time end = host_.clock().now() - keep_;
  for (int i = 0; i < kMostBatches; ++i) {
    const auto dropped =
        host_.storage().write([&](Session& db) { return logins_.drop_before(db, end); });
    if (!dropped || *dropped < LoginRepository::kBatch) return;
  }
}

}  // namespace gatehouse::users
