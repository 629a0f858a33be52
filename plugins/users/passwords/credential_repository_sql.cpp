// The only statements that touch password hashes. SPDX-License-Identifier: Apache-2.0
#include <gatehouse/text.hpp>

#include "credential_repository.hpp"
#include "directory/user_repository.hpp"

namespace gatehouse::users {

BOOST_DESCRIBE_STRUCT(SignIn,
                      (),
                      (number,
                       id,
                       username,
                       account,
                       role_bits,
                       active,
                       locked,
                       api_access,
                       expires_at,
                       password_expires_at,
                       password_hash,
                       version,
                       epoch,
                       device_seen_at))
BOOST_DESCRIBE_STRUCT(Credential, (), (password_hash, version))
BOOST_DESCRIBE_STRUCT(StoredCost, (), (cost, users))

namespace {

// By primary keys all four.
constexpr Sql kSelectSignIn =
    "select u.number as number, u.id as id, u.username as username, u.account as account, "
    "u.role_bits as role_bits, u.active as active, u.locked as locked, u.api_access as api_access, "
    "u.expires_at as expires_at, u.password_expires_at as password_expires_at, "
    "c.password_hash as password_hash, c.version as version, c.version + c.moves as epoch, "
    "d.seen_at as device_seen_at "
    "from users_name n join users_user u on u.number = n.user_number "
    "left join users_credential c on c.user_number = u.number "
    "left join users_device d on d.user_number = u.number and d.network = :network "
    "and d.seen_at > :since where n.name_key = :name_key";

constexpr Sql kSelectCredential =
    "select password_hash, version from users_credential where user_number = :user_number";

constexpr Sql kUpsertPassword =
    "insert into users_credential (user_number, password_hash, version, changed_at) "
    "values (:user_number, :password_hash, 1, :now) "
    "on conflict (user_number) do update set password_hash = excluded.password_hash, "
    "version = users_credential.version + 1, changed_at = excluded.changed_at";

constexpr Sql kStrengthen =
    "update users_credential set password_hash = :password_hash "
    "where user_number = :user_number and version = :version";

constexpr Sql kCountMove =
    "update users_credential set moves = moves + 1 where user_number = :user_number";

// Adopted hashes have their cost up to "~"; of ours the last 66 characters are the salt (22), "$"
// and the digest (43).
#define USERS_COUNT_COSTS(position)                                                         \
  "select substr(password_hash, 1, case when " position " > 0 then " position               \
  " else length(password_hash) - 66 end) as cost, count(*) as users from users_credential " \
  "where " position                                                                         \
  " > 0 or (password_hash like '$argon2id$%' and length(password_hash) > 66) "              \
  "group by 1 order by 1 limit 100"
constexpr Sql kCountCosts{USERS_COUNT_COSTS("instr(password_hash, '~')"),
                          USERS_COUNT_COSTS("strpos(password_hash, '~')")};

}  // namespace

Result<std::optional<SignIn>> CredentialRepository::find_sign_in(Session& db,
                                                                 std::string_view name,
                                                                 std::string_view network,
                                                                 Time devices_since) const {
  return db.find<SignIn>(kSelectSignIn, network, devices_since, fold(name));
}

Result<std::optional<Credential>> CredentialRepository::find(Session& db, std::int64_t user) const {
  return db.find<Credential>(kSelectCredential, user);
}

Result<None> CredentialRepository::insert_password(Session& db,
                                                   std::int64_t user,
                                                   std::string_view hash,
                                                   Time now) const {
  GATEHOUSE_CHECK(db.run(kUpsertPassword, user, hash, now));
  return None{};
}

Result<None> CredentialRepository::set_password(Session& db,
                                                std::int64_t user,
                                                std::string_view hash,
                                                Time now) const {
  GATEHOUSE_CHECK(insert_password(db, user, hash, now));
  return bus_.publish(db, kUserTopic, std::to_string(user));
}

Result<None> CredentialRepository::strengthen(Session& db,
                                              std::int64_t user,
                                              std::int64_t version,
                                              std::string_view hash) const {
  GATEHOUSE_CHECK(db.run(kStrengthen, hash, user, version));
  return None{};
}

Result<None> CredentialRepository::begin_epoch(Session& db, std::int64_t user) const {
  GATEHOUSE_CHECK(db.run(kCountMove, user));
  return bus_.publish(db, kUserTopic, std::to_string(user));
}

Result<std::vector<StoredCost>> CredentialRepository::count_costs(Session& db) {
  return db.list<StoredCost>(kCountCosts);
}

}  // namespace gatehouse::users
