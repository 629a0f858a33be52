// The users plugin as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <gatehouse/plugin.hpp>

#include "passwords/password_service.hpp"
#include "sign_in/throttle.hpp"

namespace gatehouse::users {

class UsersPlugin final : public Plugin {
 public:
  UsersPlugin();
  ~UsersPlugin() override;

  void configure(Config& config) override;
  Migrations migrations() const override;
  void wire(Context& host) override;
  void start(Context& host) override;

 private:
  struct Settings {
    std::string default_timezone;
    std::size_t remembered_passwords = 0;
    PasswordService::Settings passwords;
    std::chrono::seconds keep_logins{};
    Throttle::Settings throttle;
    std::int64_t handovers_per_hour = 0;
    std::size_t live_users = 0;
    bool unique_email = true;
  };
  struct Parts;
  void configure_throttle(Config config);
  void add_jobs(Jobs& jobs);
  Settings settings_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::users
