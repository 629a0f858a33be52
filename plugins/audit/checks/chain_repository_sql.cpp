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
    "select min(chain) as number from audit_event where chain > :event_after) as least";
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
#define AUDIT_PART_COLUMNS(part, name)                                                         \
  ", " part ".salt as " name "_salt, coalesce(" part ".id, '') as " name "_id, coalesce(" part \
  ".name, '') as " name "_name, coalesce(" part ".address, '') as " name "_address"
constexpr Sql kEvents =
    "select " AUDIT_EVENT_COLUMNS AUDIT_PART_COLUMNS("a", "actor") AUDIT_PART_COLUMNS("u", "user")
        AUDIT_PART_COLUMNS("b", "on_behalf_of") " from audit_event e " AUDIT_JOIN_PERSONAL
                                                "where e.chain = :chain and e.sequence > :after "
                                                "order by e.sequence limit :limit";
constexpr Sql kParts =
    "select p.person as person, p.part as part, p.number as number, not exists (select 1 "
    "from audit_event e where e.number = p.number and p.person = case p.part "
    "when 1 then e.actor_number when 2 then e.user_number when 3 then e.on_behalf_of end) "
    "as is_stray from audit_personal p where (p.person, p.part, p.number) > "
    "(:person, :part, :number) order by p.person, p.part, p.number limit :limit";
constexpr Sql kHash = "select hash from audit_event where chain = :chain and sequence = :sequence";

constexpr Sql kCutEvents = "delete from audit_event where chain = :chain and sequence < :first";
// By the primary key of audit_personal, while the events are there.
#define AUDIT_CUT(part, column, chain, first)                                                 \
  "select " column ", cast(" part " as bigint), number from audit_event where chain = " chain \
  " and sequence < " first
constexpr Sql kCutParts = "delete from audit_personal where (person, part, number) in (" AUDIT_CUT(
    "1",
    "actor_number",
    ":actor_chain",
    ":actor_first") " union all " AUDIT_CUT("2",
                                            "user_number",
                                            ":user_chain",
                                            ":user_first") " union all " AUDIT_CUT("3",
                                                                                   "on_behalf_of",
                                                                                   ":principal_"
                                                                                   "chain",
                                                                                   ":principal_"
                                                                                   "first") ")";
constexpr Sql kMoveCut =
    "update audit_chain set first = :first, first_hash = :first_hash, cut_mac = :cut_mac "
    "where chain = :chain";

}  // namespace

Result<std::optional<std::int64_t>> ChainRepository::next_chain(Session& db,
                                                                std::int64_t after) const {
  GATEHOUSE_TRY(const auto least, db.get<LeastNumber>(kNextChain, after, after));
  return least.number;
}

Result<std::optional<ChainHead>> ChainRepository::find_head(Session& db, std::int64_t chain) const {
  return db.find<ChainHead>(kHead, chain);
}

Result<ChainEnd> ChainRepository::end_of(Session& db, std::int64_t chain) const {
  return db.get<ChainEnd>(kEnd, chain, chain, chain, chain);
}

Result<std::vector<WholeEvent>> ChainRepository::events(Session& db,
                                                        std::int64_t chain,
                                                        std::int64_t after,
                                                        std::int64_t limit) const {
  return db.list<WholeEvent>(kEvents, chain, after, limit);
}

Result<std::vector<PartPlace>> ChainRepository::parts(Session& db, const PartPlace& after) const {
  return db.list<PartPlace>(kParts, after.person, after.part, after.number, kPage);
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
  GATEHOUSE_CHECK(
      db.run(kCutParts, head.chain, head.first, head.chain, head.first, head.chain, head.first));
  GATEHOUSE_CHECK(db.run(kCutEvents, head.chain, head.first));
  GATEHOUSE_CHECK(db.run(kMoveCut, head.first, head.first_hash, head.cut_mac, head.chain));
  return None{};
}

}  // namespace gatehouse::audit
