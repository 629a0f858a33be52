// Who asks, and about whom, in the tests of policy.hpp. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include <gatehouse/policy.hpp>

namespace gatehouse {

constexpr std::int64_t kAccount = 7;      // looked after by kConsultancy
constexpr std::int64_t kConsultancy = 8;  // looks after kAccount
constexpr std::int64_t kElsewhere = 9;
inline const PolicySettings kDefaults;
inline PolicySettings among_colleagues() {
  PolicySettings settings;
  settings.members_may_read_each_other = true;
  return settings;
}

inline Principal person(Roles roles, std::int64_t account = 0, std::int64_t number = 1) {
  Principal who;
  who.user = number;
  who.account = account;
  who.roles = roles;
  return who;
}

inline Principal delegate_of(Roles roles) {
  Principal who = person(roles);
  who.actor = 99;
  return who;
}

// The bits of `roles`, at `account`, for themselves or for somebody they act for.
inline Principal asking(std::uint32_t bits, std::int64_t account, std::int64_t actor) {
  Principal who = person(Roles::from_bits(bits), account);
  who.actor = actor;
  return who;
}

inline UserObject other(Roles roles, std::int64_t account = 0, std::int64_t manager = 0) {
  return {2, account, account == kAccount ? kConsultancy : 0, manager, roles};
}

inline UserObject self(Roles roles, std::int64_t account = 0) {
  return {1, account, account == kAccount ? kConsultancy : 0, 0, roles};
}

constexpr auto A = Decision::Allowed;
constexpr auto D = Decision::Denied;
constexpr auto U = Decision::Unknown;

}  // namespace gatehouse
