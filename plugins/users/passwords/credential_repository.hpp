// Password hashes in the database; never reachable through the user directory.
//
// Threads: any; no state. Blocking: one statement each. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/bus.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::users {

// All that a sign-in needs, in one row.
struct SignIn {
  std::int64_t number = 0;
  std::string id;
  std::optional<std::string> username;
  std::optional<std::int64_t> account;
  std::int64_t role_bits = 0;
  bool active = false;
  bool locked = false;
  bool api_access = false;
  std::optional<Time> expires_at;
  std::optional<Time> password_expires_at;
  std::optional<std::string> password_hash;  // nothing: no password was ever set
  std::optional<std::int64_t> version;       // counts the passwords
  std::optional<std::int64_t> epoch;         // counts the passwords and the moves
  std::optional<Time> device_seen_at;        // when they last signed in from there; nothing: never
};

struct Credential {
  std::string password_hash;
  std::int64_t version = 0;  // counts the passwords; 0: there was never one
};

// How many users have a hash of that cost.
struct StoredCost {
  std::string cost;  // the hash up to its salt, or up to its "~"
  std::int64_t users = 0;
};

// What voids what was derived from a password tells the bus of it (kUserTopic of
// user_repository.hpp), in the same transaction.
class CredentialRepository {
 public:
  // `bus` outlives it.
  explicit CredentialRepository(Bus& bus) : bus_(bus) {}

  // By username or e-mail address; who comes from `network`, of which nothing is known that was
  // before `devices_since`.
  Result<std::optional<SignIn>> find_sign_in(Session& db,
                                             std::string_view name,
                                             std::string_view network,
                                             Time devices_since) const;
  Result<std::optional<Credential>> find(Session& db, std::int64_t user) const;
  // Of a user whom this transaction makes.
  Result<None> insert_password(Session& db,
                               std::int64_t user,
                               std::string_view hash,
                               Time now) const;
  // The user's first password, or another one.
  Result<None> set_password(Session& db, std::int64_t user, std::string_view hash, Time now) const;
  // The same password under a stronger hash; nothing happens when it was changed meanwhile.
  Result<None> strengthen(Session& db,
                          std::int64_t user,
                          std::int64_t version,
                          std::string_view hash) const;
  // The user has moved: what was derived from the password is void, the password is not.
  Result<None> begin_epoch(Session& db, std::int64_t user) const;
  // The costs of the stored hashes, in an order that stays; looks at every row.
  static Result<std::vector<StoredCost>> count_costs(Session& db);

 private:
  Bus& bus_;
};

}  // namespace gatehouse::users
