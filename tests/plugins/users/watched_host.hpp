// The users plugin in front of a host whose password hashing is counted, and can run out of memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/passwords.hpp>
#include <gatehouse/runtime/passwords.hpp>

#include "plugins/users/plugin.hpp"

namespace gatehouse::users {

// Threads: any.
class WatchedPasswords final : public Passwords {
 public:
  explicit WatchedPasswords(Passwords& inner) : inner_(inner) {}

  std::string hash(std::string_view password) override {
    return makes_other_hashes ? Argon2Passwords(kOtherCost).hash(password) : inner_.hash(password);
  }
  bool verify(std::string_view encoded, std::string_view password) override {
    if (out_of_memory) throw std::bad_alloc();
    {
      const std::lock_guard lock(mutex_);
      costs_.emplace_back(encoded.substr(0, encoded.rfind('$', encoded.rfind('$') - 1)));
    }
    return inner_.verify(encoded, password);
  }
  bool is_weak(std::string_view encoded) const override { return inner_.is_weak(encoded); }
  std::string decoy() const override { return inner_.decoy(); }
  std::string decoy_like(std::string_view encoded) const override {
    return inner_.decoy_like(encoded);
  }
  Result<None> judge_foreign(std::string_view encoded) const override {
    return inner_.judge_foreign(encoded);
  }
  Result<std::string> adopt(std::string_view encoded) override { return inner_.adopt(encoded); }
  std::string original(std::string_view stored) const override { return inner_.original(stored); }

  static constexpr PasswordCost kOtherCost{12 * 1024, 3};
  // Whether new hashes cost that; reaches over plugins, so that it holds while one starts.
  static inline std::atomic<bool> makes_other_hashes = false;
  std::atomic<bool> out_of_memory = false;
  // The cost of each hash that was verified since the last call: "$argon2id$v=19$m=19456,t=2,p=1".
  std::vector<std::string> take_costs() {
    const std::lock_guard lock(mutex_);
    return std::exchange(costs_, {});
  }

 private:
  Passwords& inner_;
  std::mutex mutex_;  // guards costs_
  std::vector<std::string> costs_;
};

class WatchedHost final : public Context {
 public:
  explicit WatchedHost(Context& host) : watched(host.passwords()), host_(host) {}

  Routes& routes() override { return host_.routes(); }
  Permissions& permissions() override { return host_.permissions(); }
  Authenticators& authenticators() override { return host_.authenticators(); }
  Commands& commands() override { return host_.commands(); }
  Db& storage() override { return host_.storage(); }
  Services& services() override { return host_.services(); }
  Events& events() override { return host_.events(); }
  Bus& bus() override { return host_.bus(); }
  Jobs& jobs() override { return host_.jobs(); }
  Log& log() override { return host_.log(); }
  Metrics& metrics() override { return host_.metrics(); }
  Clock& clock() override { return host_.clock(); }
  Random& random() override { return host_.random(); }
  Passwords& passwords() override { return watched; }
  Keys& keys() override { return host_.keys(); }
  Mail& mail() override { return host_.mail(); }
  const PolicySettings& policy() override { return host_.policy(); }
  void audit_refused(const AuditEvent& event) override { host_.audit_refused(event); }
  void audit_success(const AuditEvent& event) override { host_.audit_success(event); }
  Result<None> as_owner(const std::function<Result<None>(Session&)>& work) override {
    return host_.as_owner(work);
  }
  void show_once(std::string_view name, std::string_view text) override {
    host_.show_once(name, text);
  }

  WatchedPasswords watched;

 private:
  Context& host_;
};

class WatchedUsers final : public Plugin {
 public:
  void configure(Config& config) override { users_.configure(config); }
  Migrations migrations() const override { return users_.migrations(); }
  void wire(Context& host) override {
    host_ = std::make_unique<WatchedHost>(host);
    latest = &host_->watched;
    users_.wire(*host_);
  }
  void start(Context&) override { users_.start(*host_); }

  // Of the plugin that was wired last.
  static inline WatchedPasswords* latest = nullptr;

 private:
  std::unique_ptr<WatchedHost> host_;
  UsersPlugin users_;
};

}  // namespace gatehouse::users
