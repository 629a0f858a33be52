// The API tokens' part of the plugin, put together. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/config.hpp>
#include <gatehouse/context.hpp>

#include "api_token_check.hpp"
#include "api_token_ends.hpp"
#include "api_token_mails.hpp"
#include "api_token_repository.hpp"
#include "api_token_service.hpp"

namespace gatehouse::tokens {

// In Plugin::configure().
ApiTokenSettings read_api_token_settings(Config& config);

// Made and joined to the host in Plugin::wire().
class ApiTokensPart {
 public:
  ApiTokensPart(Context& host, const ApiTokenSettings& settings)
      : uses_(host,
              "api_token_uses_lost",
              [this](Session& db, std::int64_t number, const ApiTokenCheck::Uses::Use& use) {
                return tokens_.note_use(db, number, use.at, use.address);
              }),
        check_(host, tokens_, uses_),
        service_(host, tokens_, check_, settings),
        ends_(host, tokens_, check_, settings),
        mails_(host, tokens_) {}

  void join(Context& host);
  ApiTokenCheck& credential() { return check_; }

 private:
  ApiTokenRepository tokens_;
  ApiTokenCheck::Uses uses_;
  ApiTokenCheck check_;
  ApiTokenService service_;
  ApiTokenEnds ends_;
  ApiTokenMails mails_;
};

}  // namespace gatehouse::tokens
