// Accounts as other plugins see them. Provided by the accounts plugin; without it users belong to
// none. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/policy.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

struct Principal;
class Session;

// Published inside the transaction that deletes an account, before the row goes. Listeners delete
// what belonged to it, or veto with an Error: the users plugin does while there are users in it.
struct AccountDeleted {
  static constexpr std::string_view kEventName = "gatehouse.account_deleted/1";
  std::int64_t number = 0;
  std::string id;
};

// Frozen for SDK 1.
struct AccountRecord {
  std::int64_t number = 0;
  std::string id;
  std::string name;
  std::vector<std::string> roles;
  std::int64_t consultancy = 0;  // the account that looks after it; 0: none
  std::optional<std::string> primary_color;
  std::optional<std::string> secondary_color;
  std::optional<std::string> logo_url;
  Time created_at;
  Time updated_at;

  AccountObject as_object() const { return {number, consultancy}; }
};

// Where a walk through a sorted list stands. Made by AccountDirectory::position_of().
struct AccountPosition {
  std::string text_key;         // of Name
  std::int64_t number_key = 0;  // of Created, in microseconds
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(AccountPosition, (), (text_key, number_key, number))

// What a list shows; the filters are ANDed.
struct AccountListing {
  enum class Sort : std::uint8_t { Name, Created };
  std::string text;  // words, each of which must occur in the name; quotes group
  std::string role;  // has it; "": any
  Sort sort = Sort::Name;
  bool descending = false;
  std::optional<AccountPosition> after;  // with offset: that many after it
  std::int64_t offset = 0;
  std::int64_t limit = 50;  // 1..1,000
};

// Ownership: the accounts plugin's; valid until Plugin::stop(). Threads: any. Blocking: one indexed
// query each (list, count and find_by_text: a scan of what the reader sees), in the caller's
// session; find_live() mostly none. Errors: InvalidArgument for a listing with more than 8 words.
// An account that is not there is an empty optional. Nothing here judges rights but `who` of a
// listing.
class AccountDirectory {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.account_directory/1";

  virtual Result<std::optional<AccountRecord>> find_by_id(Session& db,
                                                          std::string_view id) const = 0;
  virtual Result<std::optional<AccountRecord>> find_by_number(Session& db,
                                                              std::int64_t number) const = 0;
  // Case and Unicode form do not matter.
  virtual Result<std::optional<AccountRecord>> find_by_name(Session& db,
                                                            std::string_view name) const = 0;
  // Those of these numbers that there are, in no order; without their roles.
  virtual Result<std::vector<AccountRecord>> find_all(
      Session& db, std::span<const std::int64_t> numbers) const = 0;
  // The numbers of the accounts whose consultancy this is.
  virtual Result<std::vector<std::int64_t>> clients_of(Session& db,
                                                       std::int64_t consultancy) const = 0;
  // The numbers of the accounts in whose names the word occurs, whatever the case.
  virtual Result<std::vector<std::int64_t>> find_by_text(Session& db,
                                                         std::string_view word) const = 0;
  // Where users belong who are given no other; it is always there.
  virtual Result<std::int64_t> default_account(Session& db) const = 0;

  virtual Result<std::vector<AccountRecord>> list(Session& db,
                                                  const Principal& who,
                                                  const AccountListing& listing) const = 0;
  virtual AccountPosition position_of(const AccountRecord& account,
                                      AccountListing::Sort sort) const = 0;
  // How many list() would show without position, offset and limit.
  virtual Result<std::int64_t> count(Session& db,
                                     const Principal& who,
                                     const AccountListing& listing) const = 0;

  // The account as of at most two seconds ago (security.md 12), for answers and for the right to
  // read them; null: there is none. Not inside Db::write(), which finds what is so when it commits.
  // Errors: Unavailable.
  virtual Result<std::shared_ptr<const AccountRecord>> find_live(std::int64_t number) = 0;

 protected:
  ~AccountDirectory() = default;
};

}  // namespace gatehouse
