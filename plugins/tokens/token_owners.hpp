// Whose tokens somebody may see, make and end: their own, and those of users whose rights theirs
// contain (security.md 1). SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>

#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/services/user_directory.hpp>

namespace gatehouse::tokens {

// For /openapi.json.
constexpr std::string_view kAboutOwner = "A user's id (24 hex digits) or number, or \"me\".";

// {user} of contracts/v1.md (security.md 9); NotFound for what is none of the three.
Result<IdOrNumber> parse_owner(const Call& call, std::string_view text);

// Threads: any. Blocking: two statements of the caller's session.
class TokenOwners {
 public:
  explicit TokenOwners(Context& host) : host_(host) {}

  // The user, if `who` may have to do with their tokens; NotFound or PermissionDenied.
  Result<UserRecord> find(Session& db, const Principal& who, const IdOrNumber& user) const;

 private:
  Context& host_;
};

}  // namespace gatehouse::tokens
