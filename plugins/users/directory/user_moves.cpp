// SPDX-License-Identifier: Apache-2.0
#include "user_moves.hpp"

#include <utility>

#include <gatehouse/events.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::users {

Result<PlacedUser> UserMoves::move(const Principal& who,
                                   const UserReference& reference,
                                   const IdOrNumber& account,
                                   const UserCheck& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<PlacedUser> {
    GATEHOUSE_TRY(auto found, users_.find_to_change(db, reference));
    if (!found) return not_found();
    GATEHOUSE_TRY(PlacedUser placed, accounts_.place(db, *std::move(found)));
    const UserObject object = placed.as_object();
    GATEHOUSE_CHECK(permit(decide(who, UserAction::Read, object, host_.policy())));
    GATEHOUSE_CHECK(is_as_seen(placed));
    GATEHOUSE_CHECK(permit(decide(who, UserAction::Move, object, host_.policy())));
    GATEHOUSE_TRY(auto target, accounts_.find(db, account));
    if (!target) return invalid("/account", "{}", accounts_.fault_of(target));
    if (placed.user.account == target->number) return placed;

    const std::int64_t manager = placed.user.number;
    GATEHOUSE_TRY(const std::int64_t count,
                  users_.count_managed_elsewhere(db, manager, target->number));
    if (count > kMostManaged) {
      return conflict("manages_too_many",
                      "{} whom this user manages would move along, and {} do at most: move some "
                      "of them first (POST /v1/users/{{user}}/move).",
                      count,
                      kMostManaged);
    }
    GATEHOUSE_CHECK(move_one(db, placed.user, target->number));
    GATEHOUSE_TRY(const auto managed, users_.list_managed_elsewhere(db, manager, target->number));
    for (const std::int64_t number : managed) {
      GATEHOUSE_TRY(auto user, users_.find_to_change(db, {"", number}));
      if (user && user->account != target->number) {
        GATEHOUSE_CHECK(move_one(db, *user, target->number));
      }
    }
    placed.account = std::move(target);
    return placed;
  });
}

Result<None> UserMoves::move_one(Session& db, StoredUser& user, std::int64_t account) {
  constexpr Roles kOfAnAccount = Roles(Role::AccountAdmin) | Role::Consultant;
  const std::int64_t from = user.account.value_or(0);
  const Roles lost = Roles::from_bits(user.roles().bits() & kOfAnAccount.bits());
  user.account = account;
  user.role_bits &= ~std::int64_t{kOfAnAccount.bits()};
  user.updated_at = host_.clock().now();
  GATEHOUSE_CHECK(users_.update(db, user));
  GATEHOUSE_CHECK(credentials_.begin_epoch(db, user.number));
  GATEHOUSE_CHECK(passwords_.void_codes(db, user.number));
  // Who has not accepted the invitation yet needs another one.
  GATEHOUSE_TRY(const auto credential, credentials_.find(db, user.number));
  if (!credential) GATEHOUSE_CHECK(passwords_.invite(db, user));
  GATEHOUSE_CHECK(handovers_.renew(db, user.number));
  GATEHOUSE_CHECK(host_.events().publish(db, UserMoved{user.number, user.id, from, account}));

  AuditEvent event = event_about("user.moved", user);
  event.changes.emplace_back("account");
  if (!lost.empty()) event.changes.emplace_back("roles");
  event.roles_removed = lost;
  event.detail = "to";
  db.audit(event);
  if (from == 0) return None{};
  // Both accounts have it in their chains.
  event.account = from;
  event.detail = "from";
  db.audit(event);
  return None{};
}

Result<None> UserMoves::keep_account(Session& db, std::int64_t account) const {
  GATEHOUSE_TRY(const auto counts, users_.count_in_accounts(db, {account}));
  if (counts.empty()) return None{};
  const std::int64_t users = counts.front().users;
  return conflict("in_use",
                  "{} belong{} to it: move or delete them first.",
                  users == 1 ? std::string("1 user") : format("{} users", users),
                  users == 1 ? "s" : "");
}

}  // namespace gatehouse::users
