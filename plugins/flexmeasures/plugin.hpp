// The dialect of FlexMeasures as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include <gatehouse/plugin.hpp>
#include <gatehouse/services/user_passwords.hpp>

#include "sign_in/sign_in_service.hpp"

namespace gatehouse::flexmeasures {

class FlexMeasuresPlugin final : public Plugin {
 public:
  FlexMeasuresPlugin();
  ~FlexMeasuresPlugin() override;

  void configure(Config& config) override;
  Migrations migrations() const override;
  void wire(Context& host) override;

 private:
  struct Settings {
    std::string mount = "/api/v3_0";
    std::int64_t max_unpaged_rows = 10'000;
    bool token_in_query = false;
    UserPasswords::OwnPassword own_reset = UserPasswords::OwnPassword::NeedsRecentSignIn;
    SignInService::Settings sign_in;
  };
  struct Parts;
  Settings settings_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::flexmeasures
