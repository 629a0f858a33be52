// The dialect of SweatStack as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include <gatehouse/plugin.hpp>

#include "users/user_service.hpp"

namespace gatehouse::sweatstack {

class SweatStackPlugin final : public Plugin {
 public:
  SweatStackPlugin();
  ~SweatStackPlugin() override;

  void configure(Config& config) override;
  void wire(Context& host) override;

 private:
  struct Settings {
    std::string mount;
    UserService::Limits limits;
    bool password_grant = false;
    bool principal_from_delegated = false;
    std::chrono::seconds renew_cookie_before{0};
  };
  struct Parts;
  Settings settings_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::sweatstack
