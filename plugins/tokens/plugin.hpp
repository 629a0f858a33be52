// The tokens plugin as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include <gatehouse/plugin.hpp>

namespace gatehouse::tokens {

class TokensPlugin final : public Plugin {
 public:
  TokensPlugin();
  ~TokensPlugin() override;

  Migrations migrations() const override;
  void wire(Context& host) override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::tokens
