// SPDX-License-Identifier: Apache-2.0
#include "account_editor.hpp"

#include "account_directory.hpp"

namespace gatehouse::accounts {

Result<AccountRecord> StoredAccountEditor::change(const Principal& who,
                                                  const IdOrNumber& account,
                                                  const AccountChange& change,
                                                  const Check& is_as_seen) {
  const StateCheck check = [&is_as_seen](const StoredAccount& current) {
    return is_as_seen(as_record(current));
  };
  GATEHOUSE_TRY(const auto changed, service_.change(who, account, change, check));
  return as_record(changed.account);
}

}  // namespace gatehouse::accounts
