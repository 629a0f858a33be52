// The tokens plugin as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include <gatehouse/plugin.hpp>

#include "api_tokens/api_token_service.hpp"

namespace gatehouse::tokens {

class TokensPlugin final : public Plugin {
 public:
  TokensPlugin();
  ~TokensPlugin() override;

  void configure(Config& config) override;
  Migrations migrations() const override;
  void wire(Context& host) override;

 private:
  struct Parts;
  ApiTokenSettings api_token_settings_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::tokens
