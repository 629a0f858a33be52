// Stands in for what the users plugin offers to those who sign people in: LiveUsers and
// PasswordSignIn, over its own directory. Steps aside where that plugin offers them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include <gatehouse/plugin.hpp>
#include <gatehouse/services/audit_trail.hpp>
#include <gatehouse/services/live_users.hpp>
#include <gatehouse/services/password_sign_in.hpp>
#include <gatehouse/services/user_directory.hpp>

namespace gatehouse::tokens {

// Everybody's.
constexpr std::string_view kPassword = "enchantress of number";

class SignInStandIn final : public Plugin, private LiveUsers, private PasswordSignIn {
 public:
  void wire(Context& host) override {
    host_ = &host;
    stands_in = host.services().find<LiveUsers>() == nullptr;
    if (!stands_in) return;
    host.services().provide<LiveUsers>(*this);
    host.services().provide<PasswordSignIn>(*this);
    const auto grows = [this](Session&, const auto& event) -> Result<None> {
      const std::lock_guard lock(mutex_);
      ++epochs_[event.number];
      return None{};
    };
    host.events().subscribe<UserPasswordChanged>(grows);
    host.events().subscribe<UserMoved>(grows);
  }

  bool stands_in = true;

  // As the plugin that the event belongs to does.
  template <class E>
  Result<None> publish(const E& event) {
    return host_->storage().write([&](Session& db) { return host_->events().publish(db, event); });
  }

 private:
  Result<std::shared_ptr<const LiveUser>> find(std::int64_t number) override {
    return host_->storage().read([&](Session& db) { return find(db, number); });
  }
  Result<std::shared_ptr<const LiveUser>> find(Session& db, std::int64_t number) override {
    GATEHOUSE_TRY(const auto found,
                  host_->services().require<UserDirectory>().find_by_number(db, number));
    if (!found) return std::shared_ptr<const LiveUser>();
    LiveUser user;
    user.number = found->number;
    user.id = found->id;
    user.username = found->username.value_or("");
    user.account = found->account;
    user.manager = found->manager;
    user.roles = found->roles;
    user.api_access = found->api_access;
    user.active = found->active && !found->locked;
    user.expires_at = found->expires_at;
    const std::lock_guard lock(mutex_);
    user.epoch = epochs_[number];
    return std::make_shared<const LiveUser>(std::move(user));
  }
  void note_seen(std::int64_t) override {}

  Result<Principal> sign_in(const Call&, const SignInAttempt& attempt) override {
    if (!attempt.may_hash) return needs_hashing(false);
    GATEHOUSE_TRY(const auto user, host_->storage().read([&](Session& db) {
      const auto& users = host_->services().require<UserDirectory>();
      return attempt.name.find('@') == attempt.name.npos ? users.find_by_username(db, attempt.name)
                                                         : users.find_by_email(db, attempt.name);
    }));
    if (!user || !user->active || attempt.password != kPassword) return unauthenticated();
    GATEHOUSE_TRY(const auto live, find(user->number));
    Principal who = principal_of(*live);
    who.signed_in_at = host_->clock().now();
    return who;
  }

  Context* host_ = nullptr;
  std::mutex mutex_;  // guards epochs_
  std::map<std::int64_t, std::int64_t> epochs_;
};

// Keeps what was told in transactions, of those that were rolled back too.
class HeardTrail final : public Plugin, private AuditTrail {
 public:
  // Each as "action user detail".
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
  }
  void wire(Context& host) override { host.services().provide<AuditTrail>(*this); }

 private:
  Result<None> append(Session&, const AuditRecord& record) override {
    const std::lock_guard lock(mutex_);
    const AuditEvent& event = record.event;
    lines_.push_back(event.action + " " + event.user_name + " " + event.detail);
    return None{};
  }
  void note(AuditRecord) noexcept override {}
  Result<std::vector<AuditEntry>> list(Session&,
                                       const Principal&,
                                       const AuditListing&) const override {
    return std::vector<AuditEntry>{};
  }
  Result<std::int64_t> count(Session&, const Principal&, const AuditListing&) const override {
    return std::int64_t{0};
  }

  std::mutex mutex_;  // guards lines_
  std::vector<std::string> lines_;
};

}  // namespace gatehouse::tokens
