// The managed_users plugin as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gatehouse/plugin.hpp>

namespace gatehouse::managed_users {

class ManagedUsersPlugin final : public Plugin {
 public:
  ManagedUsersPlugin();
  ~ManagedUsersPlugin() override;

  void configure(Config& config) override;
  Migrations migrations() const override;
  void wire(Context& host) override;

 private:
  struct Settings {
    std::vector<std::string> scopes = {"data:read", "data:write"};
    std::int64_t managed_per_user = 100'000;
    std::int64_t grants_per_user = 100;
  };
  struct Parts;
  Settings settings_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::managed_users
