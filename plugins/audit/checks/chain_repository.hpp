// Chains as they are checked, anchored and pruned: row by row, in their order.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/storage.hpp>

#include "trail/audit_event.hpp"

namespace gatehouse::audit {

// A personal part with its event's place in the chain.
struct PlacedPart {
  std::int64_t sequence = 0;
  std::int64_t part = 0;
  std::int64_t person = 0;
  std::string salt;
  std::string id;
  std::string name;
  std::string address;

  PersonalPart content() const { return {part, person, salt, id, name, address}; }
};
BOOST_DESCRIBE_STRUCT(PlacedPart, (), (sequence, part, person, salt, id, name, address))

// The head of a chain and its newest row, as of one moment.
struct ChainEnd {
  std::optional<std::int64_t> head;  // nothing: there is no head
  std::string hash;
  std::string mac;
  std::optional<std::int64_t> last;  // nothing: there is no row
};
BOOST_DESCRIBE_STRUCT(ChainEnd, (), (head, hash, mac, last))

// Stateless. Threads: any. Blocking: the database. Errors as Session's.
class ChainRepository {
 public:
  static constexpr std::int64_t kPage = 1'000;
  static constexpr std::size_t kPartsOfPage = 3 * kPage;  // that may be

  // The least chain beyond `after` of which there is anything at all.
  Result<std::optional<std::int64_t>> next_chain(Session& db, std::int64_t after) const;
  Result<std::optional<ChainHead>> find_head(Session& db, std::int64_t chain) const;
  Result<ChainEnd> end_of(Session& db, std::int64_t chain) const;
  // The rows behind `after`, in order, at most kPage.
  Result<std::vector<StoredEvent>> events(Session& db,
                                          std::int64_t chain,
                                          std::int64_t after,
                                          std::int64_t limit) const;
  // The personal parts of the rows behind `after` up to `last`, in order, at most kPartsOfPage + 1:
  // more there cannot be without a row that has too many.
  Result<std::vector<PlacedPart>> parts(Session& db,
                                        std::int64_t chain,
                                        std::int64_t after,
                                        std::int64_t last) const;
  // The first place behind `after` with a personal part and no event.
  Result<std::optional<std::int64_t>> find_stray_part(Session& db,
                                                      std::int64_t chain,
                                                      std::int64_t after) const;
  Result<std::optional<std::string>> find_hash(Session& db,
                                               std::int64_t chain,
                                               std::int64_t sequence) const;
  // Heads of the chains beyond `after`, in order, at most kPage.
  Result<std::vector<ChainHead>> heads(Session& db, std::int64_t after) const;

  // In as_owner(): takes away the rows before head.first, as it says.
  Result<None> cut(Session& db, const ChainHead& head) const;
};

}  // namespace gatehouse::audit
