// The API tokens' part of the plugin, put together. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/config.hpp>
#include <gatehouse/context.hpp>

#include "api_token_check.hpp"
#include "api_token_ends.hpp"
#include "api_token_mails.hpp"
#include "api_token_repository.hpp"
#include "api_token_service.hpp"
#include "last_uses.hpp"

namespace gatehouse::tokens {

// In Plugin::configure().
ApiTokenSettings read_api_token_settings(Config& config);

// Made and joined to the host in Plugin::wire().
class ApiTokensPart {
 public:
  ApiTokensPart(Context& host, const ApiTokenSettings& settings)
      : uses_(host, tokens_),
        check_(host, tokens_, uses_),
        service_(host, tokens_, check_, settings),
        ends_(host, tokens_, check_, settings),
        mails_(host, tokens_) {}

  void join(Context& host);
  ApiTokenCheck& credential() { return check_; }

 private:
  ApiTokenRepository tokens_;
  LastUses uses_;
  ApiTokenCheck check_;
  ApiTokenService service_;
  ApiTokenEnds ends_;
  ApiTokenMails mails_;
};

}  // namespace gatehouse::tokens
