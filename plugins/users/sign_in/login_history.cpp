// SPDX-License-Identifier: Apache-2.0
#include "login_history.hpp"

#include <utility>

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

Result<std::int64_t> StoredLoginHistory::find_readable(Session& db,
                                                       const Principal& who,
                                                       const UserReference& reference) const {
  GATEHOUSE_TRY(auto user, users_.find(db, reference));
  if (!user) return not_found();
  GATEHOUSE_TRY(const auto placed, accounts_.place(db, *std::move(user)));
  GATEHOUSE_CHECK(permit(decide(who, UserAction::ReadTrail, placed.as_object(), host_.policy())));
  return placed.user.number;
}

Result<std::vector<LoginRecord>> StoredLoginHistory::list(Session& db,
                                                          const Principal& who,
                                                          const UserReference& reference,
                                                          const LoginSlice& slice) const {
  GATEHOUSE_TRY(const std::int64_t user, find_readable(db, who, reference));
  GATEHOUSE_TRY(auto rows, logins_.slice(db, user, slice.offset, slice.limit));
  std::vector<LoginRecord> records;
  records.reserve(rows.size());
  for (Login& row : rows) {
    records.push_back({row.attempted_at,
                       row.success,
                       std::move(row.method),
                       std::move(row.mount),
                       std::move(row.remote_address),
                       std::move(row.user_agent)});
  }
  return records;
}

Result<std::int64_t> StoredLoginHistory::count(Session& db,
                                               const Principal& who,
                                               const UserReference& reference) const {
  GATEHOUSE_TRY(const std::int64_t user, find_readable(db, who, reference));
  return logins_.count(db, user);
}

Result<std::vector<Login>> StoredLoginHistory::page(const Principal& who,
                                                    const UserReference& reference,
                                                    const std::optional<LoginPosition>& after,
                                                    std::int64_t limit) const {
  return host_.storage().read([&](Session& db) -> Result<std::vector<Login>> {
    GATEHOUSE_TRY(const std::int64_t user, find_readable(db, who, reference));
    return logins_.list(db, user, after, limit + 1);
  });
}

void StoredLoginHistory::drop_old() const {
  constexpr int kMostBatches = 1'000;  // what is left is dropped in the next round
  const Time end = host_.clock().now() - keep_;
  for (int i = 0; i < kMostBatches; ++i) {
    const auto dropped =
        host_.storage().write([&](Session& db) { return logins_.drop_before(db, end); });
    if (!dropped || *dropped < LoginRepository::kBatch) return;
  }
}

}  // namespace gatehouse::users
