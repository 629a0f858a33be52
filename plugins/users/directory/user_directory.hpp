// The service gatehouse.user_directory over this plugin's rows. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/services/user_directory.hpp>

#include "accounts.hpp"
#include "user_repository.hpp"

namespace gatehouse::users {

UserRecord as_record(const StoredUser& user);

class StoredUserDirectory final : public UserDirectory {
 public:
  StoredUserDirectory(const UserRepository& users, const Accounts& accounts)
      : users_(users), accounts_(accounts) {}

  Result<std::optional<UserRecord>> find_by_id(Session& db, std::string_view id) const override;
  Result<std::optional<UserRecord>> find_by_number(Session& db, std::int64_t number) const override;
  Result<std::vector<UserRecord>> find_all(Session& db,
                                           std::span<const std::int64_t> numbers) const override;
  Result<std::optional<UserRecord>> find_by_username(Session& db,
                                                     std::string_view username) const override;
  Result<std::optional<UserRecord>> find_by_email(Session& db,
                                                  std::string_view email) const override;
  Result<std::vector<UserRecord>> list(Session& db,
                                       const Principal& who,
                                       const UserListing& listing) const override;
  UserPosition position_of(const UserRecord& user, UserListing::Sort sort) const override;
  Result<std::int64_t> count(Session& db,
                             const Principal& who,
                             const UserListing& listing) const override;
  Result<std::vector<AccountUsers>> count_in_accounts(
      Session& db, std::span<const std::int64_t> accounts) const override;

 private:
  const UserRepository& users_;
  const Accounts& accounts_;
};

}  // namespace gatehouse::users
