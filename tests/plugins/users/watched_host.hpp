// The users plugin in front of a host whose password hashing is counted, and can run out of memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/passwords.hpp>
#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/storage.hpp>

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
    if (breaks) throw std::runtime_error("the process ends here");
    {
      const std::lock_guard lock(mutex_);
      costs_.emplace_back(encoded.substr(0, encoded.rfind('$', encoded.rfind('$') - 1)));
    }
    if (meanwhile) std::exchange(meanwhile, nullptr)();
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
  std::function<void()> meanwhile;   // once, while something is hashed; not with several threads
  std::atomic<bool> breaks = false;  // in the middle of a hash
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

// The database, which can refuse to write, as on a full disk.
class WatchedDb final : public Db {
 public:
  explicit WatchedDb(Context& host) : host_(host) {}
  std::atomic<bool> refuses_writes = false;

 private:
  Result<None> run(Mode mode, bool (*work)(void* context, Session&), void* context) override {
    if (mode == Mode::Write && refuses_writes) return unavailable("The disk is full.");
    bool is_refused = false;  // by the callback, which keeps its error
    const auto pass_on = [&](Session& db) -> Result<None> {
      is_refused = !work(context, db);
      if (is_refused) return denied();
      return None{};
    };
    auto outcome =
        mode == Mode::Write ? host_.storage().write(pass_on) : host_.storage().read(pass_on);
    if (is_refused) return None{};
    return outcome;
  }

  Context& host_;
};

class WatchedHost final : public Context {
 public:
  explicit WatchedHost(Context& host) : watched(host.passwords()), database(host), host_(host) {}

  Routes& routes() override { return host_.routes(); }
  Permissions& permissions() override { return host_.permissions(); }
  Authenticators& authenticators() override { return host_.authenticators(); }
  Commands& commands() override { return host_.commands(); }
  Db& storage() override { return database; }
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
  std::string_view public_url() override { return host_.public_url(); }
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
  WatchedDb database;

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
    latest_database = &host_->database;
    users_.wire(*host_);
  }
  void start(Context&) override { users_.start(*host_); }

  // Of the plugin that was wired last.
  static inline WatchedPasswords* latest = nullptr;
  static inline WatchedDb* latest_database = nullptr;

 private:
  std::unique_ptr<WatchedHost> host_;
  UsersPlugin users_;
};

}  // namespace gatehouse::users
