// What other plugins know of users at the moment of a request, in memory as long as the bus keeps
// it true. Whatever changes what LiveUser shows publishes the user's number on kUserTopic, in the
// same transaction; that is done in the repositories, so that nothing passes it by.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include <gatehouse/context.hpp>
#include <gatehouse/live_cache.hpp>
#include <gatehouse/services/live_users.hpp>

#include "directory/user_repository.hpp"
#include "login_repository.hpp"

namespace gatehouse::users {

class StoredLiveUsers final : public LiveUsers {
 public:
  // Signs of life that wait to be written; those of more users are lost.
  static constexpr std::size_t kMaxSeen = 100'000;

  // `limit`: users in memory; 0: none. Only in Plugin::wire().
  StoredLiveUsers(Context& host,
                  const UserRepository& users,
                  const LoginRepository& logins,
                  std::size_t limit);

  Result<std::shared_ptr<const LiveUser>> find(std::int64_t number) override;
  Result<std::shared_ptr<const LiveUser>> find(Session& db, std::int64_t number) override;
  void note_seen(std::int64_t number) override;

  // A job in every process: writes the signs of life since its last run.
  void write_seen();

 private:
  Context& host_;
  const UserRepository& users_;
  const LoginRepository& logins_;
  LiveCache<std::int64_t, LiveUser> cache_;
  std::mutex mutex_;                             // guards seen_
  std::unordered_map<std::int64_t, Time> seen_;  // by number
};

}  // namespace gatehouse::users
