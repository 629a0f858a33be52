// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <gatehouse/body.hpp>

#include "login_repository.hpp"

namespace gatehouse::users {

BOOST_DESCRIBE_STRUCT(
    Login,
    (),
    (number, user_number, attempted_at, success, method, mount, remote_address, user_agent))
BOOST_DESCRIBE_STRUCT(SeenUser, (), (number, at))

namespace {

// The same statement for names that nobody has, where it finds no user: the work must not tell.
constexpr Sql kInsert =
    "insert into users_login (user_number, attempted_at, success, method, mount, remote_address, "
    "user_agent) select number, cast(:attempted_at as bigint), cast(:success as boolean), "
    "cast(:method as text), cast(:mount as text), cast(:remote_address as text), "
    "cast(:user_agent as text) from users_user where number = :user returning number";

// By users_login_by_user: an hour of one user's.
constexpr Sql kSelectLike =
    "select number from users_login where user_number = :user_number and attempted_at > :since "
    "and success and method = :method and mount = :mount and remote_address = :remote_address "
    "and coalesce(user_agent, '') = :user_agent limit 1";

constexpr Sql kSucceed = "update users_login set success = true where number = :number";
constexpr Sql kDelete = "delete from users_login where number = :number";

// By users_login_by_user, backwards.
#define USERS_NEWEST_LOGINS(which)                                                                \
  "select number, user_number, attempted_at, success, method, mount, remote_address, user_agent " \
  "from users_login where user_number = :user_number " which                                      \
  "order by attempted_at desc, number desc limit :limit"
constexpr Sql kList = USERS_NEWEST_LOGINS("and (attempted_at, number) < (:at, :number) ");
constexpr Sql kSlice = USERS_NEWEST_LOGINS("") " offset :offset";
constexpr Sql kCount = "select count(*) as count from users_login where user_number = :user_number";

// By users_login_by_time.
constexpr Sql kDropBefore =
    "delete from users_login where number in "
    "(select number from users_login where attempted_at < :time order by attempted_at limit 1000)";

constexpr Sql kNoteSignIn =
    "update users_user set previous_login_at = last_login_at, last_login_at = :now "
    "where number = :number";

#define USERS_NOTE_SEEN(seen)                                                       \
  "update users_user set last_seen_at = seen.at from " seen                         \
  " where users_user.number = seen.number and (users_user.last_seen_at is null or " \
  "users_user.last_seen_at <= seen.at - 60000000)"
constexpr Sql kNoteSeen{
    USERS_NOTE_SEEN("(select json_extract(value, '$.number') as number, "
                    "json_extract(value, '$.at') as at from json_each(:seen)) as seen"),
    USERS_NOTE_SEEN("json_to_recordset(cast(:seen as json)) as seen (number bigint, at bigint)")};

static_assert(LoginRepository::kBatch == 1'000);

}  // namespace

Result<std::optional<std::int64_t>> LoginRepository::insert(Session& db, const Login& login) const {
  return db.find<std::int64_t>(kInsert,
                               login.attempted_at,
                               false,
                               login.method,
                               login.mount,
                               login.remote_address,
                               login.user_agent,
                               login.user_number);
}

Result<bool> LoginRepository::succeed(Session& db, const Login& login, Time since) const {
  GATEHOUSE_TRY(const auto like,
                db.find<std::int64_t>(kSelectLike,
                                      login.user_number,
                                      since,
                                      login.method,
                                      login.mount,
                                      login.remote_address,
                                      login.user_agent.value_or("")));
  GATEHOUSE_CHECK(db.run(like ? kDelete : kSucceed, login.number));
  return !like.has_value();
}

Result<None> LoginRepository::remove(Session& db, std::int64_t number) const {
  GATEHOUSE_CHECK(db.run(kDelete, number));
  return None{};
}

Result<std::vector<Login>> LoginRepository::list(Session& db,
                                                 std::int64_t user,
                                                 const std::optional<LoginPosition>& after,
                                                 std::int64_t limit) const {
  constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
  const LoginPosition position = after.value_or(LoginPosition{kEnd, kEnd});
  return db.list<Login>(kList, user, position.at, position.number, limit);
}

Result<std::vector<Login>> LoginRepository::slice(Session& db,
                                                  std::int64_t user,
                                                  std::int64_t offset,
                                                  std::int64_t limit) const {
  return db.list<Login>(kSlice, user, limit, offset);
}

Result<std::int64_t> LoginRepository::count(Session& db, std::int64_t user) const {
  return db.get<std::int64_t>(kCount, user);
}

Result<std::int64_t> LoginRepository::drop_before(Session& db, Time time) const {
  return db.run(kDropBefore, time);
}

Result<None> LoginRepository::note_sign_in(Session& db, std::int64_t user, Time now) const {
  GATEHOUSE_CHECK(db.run(kNoteSignIn, now, user));
  return None{};
}

Result<None> LoginRepository::note_seen(Session& db, const std::vector<SeenUser>& seen) const {
  GATEHOUSE_CHECK(db.run(kNoteSeen, encode_json(seen)));
  return None{};
}

}  // namespace gatehouse::users
