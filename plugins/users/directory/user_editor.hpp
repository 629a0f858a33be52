// The service gatehouse.user_editor over this plugin's rows. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>
#include <utility>

#include <gatehouse/services/user_editor.hpp>

#include "accounts.hpp"
#include "mail/handovers.hpp"
#include "user_repository.hpp"
#include "user_service.hpp"

namespace gatehouse::users {

class StoredUserEditor final : public UserEditor {
 public:
  StoredUserEditor(Context& host,
                   const Accounts& accounts,
                   const UserRepository& users,
                   UserService& service,
                   Handovers& handovers,
                   std::string default_timezone,
                   std::chrono::seconds recent_sign_in)
      : host_(host),
        accounts_(accounts),
        users_(users),
        service_(service),
        handovers_(handovers),
        default_timezone_(std::move(default_timezone)),
        recent_sign_in_(recent_sign_in) {}

  Result<UserRecord> create(const Principal& who, const UserDraft& draft) override;
  Result<UserRecord> change(const Principal& who,
                            const IdOrNumber& user,
                            const UserChange& change,
                            const Check& is_as_seen) override;
  Result<None> erase(const Principal& who,
                     const IdOrNumber& user,
                     const Check& is_as_seen) override;
  Result<UserRecord> create_managed(Session& db,
                                    const Principal& who,
                                    const ManagedUserDraft& draft) override;
  Result<std::int64_t> count_managed(Session& db, const Principal& who) override;
  Result<UserRecord> change_managed(Session& db,
                                    const Principal& who,
                                    std::int64_t user,
                                    const ManagedUserChange& change,
                                    const Check& is_as_seen) override;
  Result<None> erase_managed(Session& db,
                             const Principal& who,
                             std::int64_t user,
                             const Check& is_as_seen) override;
  Result<None> hand_over(Session& db,
                         const Principal& who,
                         std::int64_t user,
                         const Handover& to,
                         const Check& is_as_seen) override;
  Result<OpenHandover> find_handover(Session& db, const Principal& who, std::int64_t user) override;
  Result<None> withdraw_handover(Session& db, const Principal& who, std::int64_t user) override;

 private:
  // `who` as a row that nobody else changes before the transaction ends. Of a manager and those
  // they manage the manager's is always locked first, so that no two transactions wait for each
  // other.
  Result<StoredUser> lock_manager(Session& db, const Principal& who);
  // One of those whom `who` manages, locked, where the policy allows the action.
  Result<StoredUser> lock_managed(Session& db,
                                  const Principal& who,
                                  std::int64_t user,
                                  UserAction action);

  Context& host_;
  const Accounts& accounts_;
  const UserRepository& users_;
  UserService& service_;
  Handovers& handovers_;
  const std::string default_timezone_;
  const std::chrono::seconds recent_sign_in_;
};

}  // namespace gatehouse::users
