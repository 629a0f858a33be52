// The service gatehouse.account_editor over the rules of this plugin.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/services/account_editor.hpp>

#include "account_service.hpp"

namespace gatehouse::accounts {

class StoredAccountEditor final : public AccountEditor {
 public:
  explicit StoredAccountEditor(AccountService& service) : service_(service) {}

  Result<AccountRecord> change(const Principal& who,
                               const IdOrNumber& account,
                               const AccountChange& change,
                               const Check& is_as_seen) override;

 private:
  AccountService& service_;
};

}  // namespace gatehouse::accounts
