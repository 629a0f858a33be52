// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include <gatehouse/context.hpp>
#include <gatehouse/routes.hpp>

#include "sign_in_service.hpp"
#include "token_authenticator.hpp"

namespace gatehouse::flexmeasures {

// Where the dialect stands: mount "/api/v3_0", api "/api", root "". Lives as long as the plugin.
struct Places {
  explicit Places(std::string mount_path)
      : mount(std::move(mount_path)),
        api(mount.substr(0, mount.size() - std::string_view("/v3_0").size())),
        root(api.substr(0, api.size() - std::string_view("/api").size())) {}
  std::string mount;
  std::string api;
  std::string root;
};

// POST /api/requestAuthToken, GET /api/, GET /api, POST /login, GET and POST /logout, below
// Places::root.
void add_sign_in_routes(Context& host,
                        const Places& places,
                        SignInService& sign_in,
                        const TokenAuthenticator& tokens);

}  // namespace gatehouse::flexmeasures
