// SPDX-License-Identifier: Apache-2.0
#include "signing_key_repository.hpp"

namespace gatehouse::tokens {
namespace {

constexpr Sql kSelect =
    "select kid, x, y, sealed_secret, created_at, signs_from from tokens_signing_key "
    "order by signs_from, kid";
constexpr Sql kInsert =
    "insert into tokens_signing_key (kid, x, y, sealed_secret, created_at, signs_from) "
    "values (:kid, :x, :y, :sealed_secret, :created_at, :signs_from)";
constexpr Sql kDelete = "delete from tokens_signing_key where kid = :kid";
constexpr Sql kDeleteAll = "delete from tokens_signing_key";

}  // namespace

Result<std::vector<SigningKeyRow>> SigningKeyRepository::list(Session& db) const {
  return db.list<SigningKeyRow>(kSelect);
}

Result<None> SigningKeyRepository::insert(Session& db, const SigningKeyRow& key) const {
  GATEHOUSE_CHECK(
      db.run(kInsert, key.kid, key.x, key.y, key.sealed_secret, key.created_at, key.signs_from));
  return None{};
}

Result<None> SigningKeyRepository::erase(Session& db, std::string_view kid) const {
  GATEHOUSE_CHECK(db.run(kDelete, kid));
  return None{};
}

Result<None> SigningKeyRepository::erase_all(Session& db) const {
  GATEHOUSE_CHECK(db.run(kDeleteAll));
  return None{};
}

}  // namespace gatehouse::tokens
