// Changing accounts for other plugins, by the rules of /v1/accounts. Provided by the accounts
// plugin. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/values.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/services/account_directory.hpp>

namespace gatehouse {

// What is to be different in an account. Absent stays; null clears what may be empty.
struct AccountChange {
  Patch<std::string> name;
  Patch<std::vector<std::string>> roles;  // names; new ones too
  Patch<IdOrNumber> consultancy_account;
  Patch<std::string> primary_color;  // "#rgb" or "#rrggbb"
  Patch<std::string> secondary_color;
  Patch<std::string> logo_url;  // http or https
};

// Ownership: the accounts plugin's; valid until Plugin::stop(). Threads: any. Blocking: some
// indexed statements, in a transaction of its own, which is the one a request has. Every change is
// audited.
class AccountEditor {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.account_editor/1";
  using Check = std::function<Result<None>(const AccountRecord&)>;

  // All of it or nothing. `is_as_seen` is asked about the account before anything is changed
  // (Call::check_if_match()). Errors: NotFound out of reach; PermissionDenied for the first field
  // that `who` may not write; InvalidArgument with every field that is wrong, by the names of
  // AccountChange; Conflict name_taken.
  virtual Result<AccountRecord> change(const Principal& who,
                                       const IdOrNumber& account,
                                       const AccountChange& change,
                                       const Check& is_as_seen) = 0;

 protected:
  ~AccountEditor() = default;
};

}  // namespace gatehouse
