// SPDX-License-Identifier: Apache-2.0
#include "token_owners.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include <gatehouse/policy.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/account_directory.hpp>

namespace gatehouse::tokens {
namespace {

constexpr std::size_t kIdLength = 24;

bool is_id(std::string_view text) {
  return text.size() == kIdLength && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

Result<IdOrNumber> parse_owner(const Call& call, std::string_view text) {
  if (text == "me") return IdOrNumber{"", call.user()};
  if (is_id(text)) return IdOrNumber{std::string(text), 0};
  IdOrNumber user;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, user.number);
  if (error != std::errc() || end != last || user.number < 1 || text.front() == '0') {
    return not_found();
  }
  return user;
}

Result<UserRecord> TokenOwners::find(Session& db,
                                     const Principal& who,
                                     const IdOrNumber& user) const {
  const auto& users = host_.services().require<UserDirectory>();
  GATEHOUSE_TRY(
      auto owner,
      user.id.empty() ? users.find_by_number(db, user.number) : users.find_by_id(db, user.id));
  if (!owner) return not_found();
  UserObject object{owner->number, owner->account, 0, owner->manager, owner->roles};
  const auto* accounts = host_.services().find<AccountDirectory>();
  if (accounts != nullptr && owner->account != 0) {
    GATEHOUSE_TRY(const auto account, accounts->find_by_number(db, owner->account));
    if (account) object.account_consultancy = account->consultancy;
  }
  // Who may set another's password may act as them anyway.
  GATEHOUSE_CHECK(permit(decide(who, UserAction::ResetPassword, object, host_.policy())));
  return *std::move(owner);
}

}  // namespace gatehouse::tokens
