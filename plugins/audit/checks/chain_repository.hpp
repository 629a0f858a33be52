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

// An event with the personal parts that there are of it; a part without a salt is not there.
struct WholeEvent : StoredEvent {
  std::optional<std::string> actor_salt;
  std::string actor_id;
  std::string actor_name;
  std::string actor_address;
  std::optional<std::string> user_salt;
  std::string user_id;
  std::string user_name;
  std::string user_address;
  std::optional<std::string> on_behalf_of_salt;
  std::string on_behalf_of_id;
  std::string on_behalf_of_name;
  std::string on_behalf_of_address;
};
BOOST_DESCRIBE_STRUCT(WholeEvent,
                      (StoredEvent),
                      (actor_salt,
                       actor_id,
                       actor_name,
                       actor_address,
                       user_salt,
                       user_id,
                       user_name,
                       user_address,
                       on_behalf_of_salt,
                       on_behalf_of_id,
                       on_behalf_of_name,
                       on_behalf_of_address))

// Where a personal part stands, and whether its event has none such.
struct PartPlace {
  std::int64_t person = 0;
  std::int64_t part = 0;
  std::int64_t number = 0;
  bool is_stray = false;
};
BOOST_DESCRIBE_STRUCT(PartPlace, (), (person, part, number, is_stray))

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

  // The least chain beyond `after` of which there is anything at all.
  Result<std::optional<std::int64_t>> next_chain(Session& db, std::int64_t after) const;
  Result<std::optional<ChainHead>> find_head(Session& db, std::int64_t chain) const;
  Result<ChainEnd> end_of(Session& db, std::int64_t chain) const;
  // The rows behind `after`, in order, at most kPage.
  Result<std::vector<WholeEvent>> events(Session& db,
                                         std::int64_t chain,
                                         std::int64_t after,
                                         std::int64_t limit) const;
  // The personal parts behind `after`, in the order of persons, at most kPage.
  Result<std::vector<PartPlace>> parts(Session& db, const PartPlace& after) const;
  Result<std::optional<std::string>> find_hash(Session& db,
                                               std::int64_t chain,
                                               std::int64_t sequence) const;
  // Heads of the chains beyond `after`, in order, at most kPage.
  Result<std::vector<ChainHead>> heads(Session& db, std::int64_t after) const;

  // In as_owner(): takes away the rows before head.first, as it says.
  Result<None> cut(Session& db, const ChainHead& head) const;
};

}  // namespace gatehouse::audit
