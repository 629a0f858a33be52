// The accounts plugin: builds repository, service, routes and directory, and joins them to the
// host. SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <gatehouse/plugin.hpp>

#include "account_directory.hpp"
#include "account_editor.hpp"
#include "account_routes.hpp"
#include "migrations.hpp"

namespace gatehouse::accounts {

// What exists from wire() on.
struct AccountsPlugin::Parts {
  explicit Parts(Context& host)
      : accounts(host.bus()), directory(host, accounts), service(host, accounts), editor(service) {}

  AccountRepository accounts;
  StoredAccountDirectory directory;
  AccountService service;
  StoredAccountEditor editor;
};

AccountsPlugin::AccountsPlugin() = default;
AccountsPlugin::~AccountsPlugin() = default;

Migrations AccountsPlugin::migrations() const {
  return embedded_migrations();
}

void AccountsPlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host);
  add_account_routes(host, parts_->service);
  host.services().provide<AccountDirectory>(parts_->directory);
  host.services().provide<AccountEditor>(parts_->editor);
}

}  // namespace gatehouse::accounts

GATEHOUSE_PLUGIN(gatehouse::accounts::AccountsPlugin, "accounts", "1.0.0")
