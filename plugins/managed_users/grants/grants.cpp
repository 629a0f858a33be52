// SPDX-License-Identifier: Apache-2.0
#include "grants.hpp"

#include <chrono>

#include <gatehouse/jobs.hpp>
#include <gatehouse/services.hpp>

#include "grant_routes.hpp"

namespace gatehouse::managed_users {

void GrantsPart::join(Context& host) {
  add_grant_routes(host, service_, wire_);
  host.services().provide<SharedAccess>(access_);
  mails_.add_composers();
  ends_.listen();
  host.jobs().every("expired_grants", std::chrono::hours(1), [this] { ends_.drop_expired(); });
}

}  // namespace gatehouse::managed_users
