// Stands in for what makes delegated tokens: for managers only, and without a signature.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/plugin.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/delegated_tokens.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::managed_users {

class FakeDelegatedTokens final : public Plugin, public DelegatedTokens {
 public:
  void wire(Context& host) override {
    host_ = &host;
    host.services().provide<DelegatedTokens>(*this);
  }

  Result<DelegatedToken> mint(Session& db,
                              const Call& call,
                              std::int64_t user,
                              const std::optional<std::vector<std::string>>& scopes) override {
    const auto& users = host_->services().require<UserDirectory>();
    GATEHOUSE_TRY(const auto found, users.find_by_number(db, user));
    if (!found || found->manager != call.user()) return not_found();
    DelegatedToken token;
    token.text = "header.for-" + std::to_string(user) + ".signature";
    token.expires_in = std::chrono::minutes(5);
    token.scopes = scopes.value_or(std::vector<std::string>{"data:read", "data:write"});
    return token;
  }

 private:
  Context* host_ = nullptr;
};

}  // namespace gatehouse::managed_users
