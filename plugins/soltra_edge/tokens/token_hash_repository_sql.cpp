// SPDX-License-Identifier: Apache-2.0
#include <gatehouse/body/describe.hpp>

#include "token_hash_repository.hpp"

namespace gatehouse::soltra_edge {

BOOST_DESCRIBE_STRUCT(TokenHash, (), (token_id, user_number, hash))

namespace {

constexpr Sql kInsert =
    "insert into soltra_edge_token_hash (token_id, user_number, hash) "
    "values (:token_id, :user_number, :hash)";

// By soltra_edge_token_hash_by_user, and kDropOf too.
constexpr Sql kList =
    "select token_id, user_number, hash from soltra_edge_token_hash where user_number = :user";

constexpr Sql kFind =
    "select token_id, user_number, hash from soltra_edge_token_hash where token_id = :token_id";

constexpr Sql kDrop = "delete from soltra_edge_token_hash where token_id = :token_id";
constexpr Sql kDropOf = "delete from soltra_edge_token_hash where user_number = :user";

}  // namespace

Result<None> TokenHashRepository::insert(Session& db, const TokenHash& hash) const {
  GATEHOUSE_CHECK(db.run(kInsert, hash.token_id, hash.user_number, hash.hash));
  return None{};
}

Result<std::vector<TokenHash>> TokenHashRepository::list(Session& db, std::int64_t user) const {
  return db.list<TokenHash>(kList, user);
}

Result<std::optional<TokenHash>> TokenHashRepository::find(Session& db,
                                                           std::string_view token_id) const {
  return db.find<TokenHash>(kFind, token_id);
}

Result<None> TokenHashRepository::drop(Session& db, std::string_view token_id) const {
  GATEHOUSE_CHECK(db.run(kDrop, token_id));
  return None{};
}

Result<None> TokenHashRepository::drop_of(Session& db, std::int64_t user) const {
  GATEHOUSE_CHECK(db.run(kDropOf, user));
  return None{};
}

}  // namespace gatehouse::soltra_edge
