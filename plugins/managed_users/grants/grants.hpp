// The share grants' part of the plugin, put together. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <gatehouse/context.hpp>

#include "access/stored_shared_access.hpp"
#include "grant_ends.hpp"
#include "grant_mails.hpp"
#include "grant_repository.hpp"
#include "grant_service.hpp"
#include "grant_wire.hpp"

namespace gatehouse::managed_users {

// Made and joined to the host in Plugin::wire().
class GrantsPart {
 public:
  GrantsPart(Context& host, const std::vector<std::string>& scopes, std::int64_t per_user)
      : scopes_(scopes),
        grants_(host.bus(), scopes_),
        shared_(host, grants_),
        mails_(host, scopes_, grants_),
        service_(host, scopes_, grants_, mails_, shared_, per_user),
        ends_(host, scopes_, grants_, mails_),
        access_(host, scopes_, grants_, shared_),
        wire_(scopes_) {}

  void join(Context& host);
  SharedAccess& access() { return access_; }

 private:
  GrantScopes scopes_;
  GrantRepository grants_;
  SharedUsers shared_;
  GrantMails mails_;
  GrantService service_;
  GrantEnds ends_;
  StoredSharedAccess access_;
  GrantWire wire_;
};

}  // namespace gatehouse::managed_users
