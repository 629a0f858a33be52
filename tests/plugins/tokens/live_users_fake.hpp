// LiveUsers without memory, as long as the users plugin provides none: reads the directory with
// every question. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include <gatehouse/context.hpp>
#include <gatehouse/plugin.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/live_users.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::tokens {

class LiveUsersFake final : public Plugin, public LiveUsers {
 public:
  void wire(Context& host) override {
    host_ = &host;
    host.services().provide<LiveUsers>(*this);
  }
  Result<std::shared_ptr<const LiveUser>> find(std::int64_t number) override {
    return host_->storage().read([&](Session& db) { return find(db, number); });
  }
  Result<std::shared_ptr<const LiveUser>> find(Session& db, std::int64_t number) override {
    GATEHOUSE_TRY(const auto record,
                  host_->services().require<UserDirectory>().find_by_number(db, number));
    if (!record) return std::shared_ptr<const LiveUser>();
    LiveUser user;
    user.number = record->number;
    user.id = record->id;
    user.username = record->username.value_or("");
    user.account = record->account;
    user.manager = record->manager;
    user.roles = record->roles;
    user.api_access = record->api_access;
    user.active = record->active && !record->locked;
    user.expires_at = record->expires_at;
    return std::make_shared<const LiveUser>(std::move(user));
  }
  void note_seen(std::int64_t) override {}

 private:
  Context* host_ = nullptr;
};

}  // namespace gatehouse::tokens
