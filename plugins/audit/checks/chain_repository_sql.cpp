// The statements of ChainRepository. SPDX-License-Identifier: Apache-2.0
#include "chain_repository.hpp"
#include "trail/trail_sql.hpp"

namespace gatehouse::audit {

struct LeastNumber {
  std::optional<std::int64_t> number;
};
BOOST_DESCRIBE_STRUCT(LeastNumber, (), (number))

namespace {

constexpr Sql kNextChain =
    "select min(number) as number from ("
    "select min(chain) as number from audit_chain where chain > :head_after union all "
    "select min(chain) as number from audit_event where chain > :event_after union all "
    "select min(chain) as number from audit_personal where chain > :part_after) as least";
constexpr Sql kHead =
    "select chain, sequence, hash, mac, first, first_hash, cut_mac from audit_chain "
    "where chain = :chain";
constexpr Sql kHeads =
    "select chain, sequence, hash, mac, first, first_hash, cut_mac from audit_chain "
    "where chain > :after order by chain limit :limit";
constexpr Sql kEnd =
    "select (select sequence from audit_chain where chain = :head_chain) as head, "
    "coalesce((select hash from audit_chain where chain = :hash_chain), '') as hash, "
    "coalesce((select mac from audit_chain where chain = :mac_chain), '') as mac, "
    "(select max(sequence) from audit_event where chain = :last_chain) as last";
constexpr Sql kEvents = "select " AUDIT_EVENT_COLUMNS
                        " from audit_event e where e.chain = :chain and e.sequence > :after "
                        "order by e.sequence limit :limit";
constexpr Sql kParts =
    "select sequence, part, person, salt, id, name, address from audit_personal "
    "where chain = :chain and sequence > :after and sequence <= :last "
    "order by sequence, part limit :limit";
constexpr Sql kStrayPart =
    "select min(p.sequence) as number from audit_personal p where p.chain = :chain and "
    "p.sequence > :after and not exists (select 1 from audit_event e where e.chain = p.chain and "
    "e.sequence = p.sequence)";
constexpr Sql kHash = "select hash from audit_event where chain = :chain and sequence = :sequence";

constexpr Sql kCutEvents = "delete from audit_event where chain = :chain and sequence < :first";
constexpr Sql kCutParts = "delete from audit_personal where chain = :chain and sequence < :first";
constexpr Sql kMoveCut =
    "update audit_chain set first = :first, first_hash = :first_hash, cut_mac = :cut_mac "
    "where chain = :chain";

}  // namespace

Result<std::optional<std::int64_t>> ChainRepository::next_chain(Session& db,
                                                                std::int64_t after) const {
  GATEHOUSE_TRY(const auto least, db.get<LeastNumber>(kNextChain, after, after, after));
  return least.number;
}

Result<std::optional<ChainHead>> ChainRepository::find_head(Session& db, std::int64_t chain) const {
  return db.find<ChainHead>(kHead, chain);
}

Result<ChainEnd> ChainRepository::end_of(Session& db, std::int64_t chain) const {
  return db.get<ChainEnd>(kEnd, chain, chain, chain, chain);
}

Result<std::vector<StoredEvent>> ChainRepository::events(Session& db,
                                                         std::int64_t chain,
                                                         std::int64_t after,
                                                         std::int64_t limit) const {
  return db.list<StoredEvent>(kEvents, chain, after, limit);
}

Result<std::vector<PlacedPart>> ChainRepository::parts(Session& db,
                                                       std::int64_t chain,
                                                       std::int64_t after,
                                                       std::int64_t last) const {
  return db.list<PlacedPart>(
      kParts, chain, after, last, static_cast<std::int64_t>(kPartsOfPage) + 1);
}

Result<std::optional<std::int64_t>> ChainRepository::find_stray_part(Session& db,
                                                                     std::int64_t chain,
                                                                     std::int64_t after) const {
  GATEHOUSE_TRY(const auto least, db.get<LeastNumber>(kStrayPart, chain, after));
  return least.number;
}

Result<std::optional<std::string>> ChainRepository::find_hash(Session& db,
                                                              std::int64_t chain,
                                                              std::int64_t sequence) const {
  return db.find<std::string>(kHash, chain, sequence);
}

Result<std::vector<ChainHead>> ChainRepository::heads(Session& db, std::int64_t after) const {
  return db.list<ChainHead>(kHeads, after, kPage);
}

Result<None> ChainRepository::cut(Session& db, const ChainHead& head) const {
  GATEHOUSE_CHECK(db.run(kCutEvents, head.chain, head.first));
  GATEHOUSE_CHECK(db.run(kCutParts, head.chain, head.first));
  GATEHOUSE_CHECK(db.run(kMoveCut, head.first, head.first_hash, head.cut_mac, head.chain));
  return None{};
}

}  // namespace gatehouse::audit
