// SPDX-License-Identifier: Apache-2.0
#include "restores.hpp"

#include <gatehouse/text.hpp>

namespace gatehouse::audit {
namespace {

constexpr Sql kKeep = "insert into audit_restored (epoch) values (:epoch)";
constexpr Sql kKept = "select epoch from audit_restored order by epoch limit 100";
constexpr Sql kForget = "delete from audit_restored where epoch = :epoch";

}  // namespace

Result<None> Restores::keep(Session& db, std::int64_t epoch) const {
  GATEHOUSE_CHECK(db.run(kKeep, epoch));
  return None{};
}

Result<None> Restores::tell() const {
  const auto find = [](Session& db) { return db.list<std::int64_t>(kKept); };
  GATEHOUSE_TRY(const auto kept, host_.storage().read(find));
  for (const std::int64_t epoch : kept) {
    GATEHOUSE_CHECK(host_.storage().write([&](Session& db) -> Result<None> {
      // Another server may have told of it meanwhile.
      GATEHOUSE_TRY(const std::int64_t forgotten, db.run(kForget, epoch));
      if (forgotten == 1) db.audit({"server.restored", 0, 0, {}, format("epoch {}", epoch)});
      return None{};
    }));
  }
  return None{};
}

}  // namespace gatehouse::audit
