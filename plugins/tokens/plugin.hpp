// The tokens plugin as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>

#include <gatehouse/plugin.hpp>

#include "api_tokens/api_token_service.hpp"
#include "sessions/session_service.hpp"

namespace gatehouse::tokens {

class TokensPlugin final : public Plugin {
 public:
  TokensPlugin();
  ~TokensPlugin() override;

  void configure(Config& config) override;
  Migrations migrations() const override;
  void wire(Context& host) override;
  void start(Context& host) override;

 private:
  struct Settings {
    std::chrono::seconds access_lifetime = kLongestAccess;
    std::chrono::seconds signing_key_life = std::chrono::hours(24 * 90);
    SessionSettings sessions;
    ApiTokenSettings api_tokens;
  };
  struct Parts;
  Settings settings_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::tokens
