// Events as they are stored, and what their hashes are made of. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/services/audit_trail.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::audit {

// One row of audit_event. Numbers of users and accounts are 0 where there is none.
struct StoredEvent {
  std::int64_t number = 0;
  std::int64_t chain = 0;
  std::int64_t sequence = 0;
  Time at;
  std::string action;
  std::int64_t outcome = 0;  // AuditOutcome
  std::int64_t user_number = 0;
  std::int64_t actor_number = 0;
  std::int64_t on_behalf_of = 0;
  std::int64_t account = 0;
  std::string changes;  // a JSON list of names
  std::string detail;
  std::int64_t count = 1;
  std::string request_id;
  std::string method;
  std::optional<bool> active;
  std::int64_t roles_added = 0;
  std::int64_t roles_removed = 0;
  std::string personal;  // digests of the personal parts that are not blank: "1:HEX,2:HEX"
  std::string hash;
};
BOOST_DESCRIBE_STRUCT(StoredEvent,
                      (),
                      (number,
                       chain,
                       sequence,
                       at,
                       action,
                       outcome,
                       user_number,
                       actor_number,
                       on_behalf_of,
                       account,
                       changes,
                       detail,
                       count,
                       request_id,
                       method,
                       active,
                       roles_added,
                       roles_removed,
                       personal,
                       hash))

// What somebody has to do with an event.
enum class Part : std::int64_t { Actor = 1, User = 2, OnBehalfOf = 3 };

// What of a person stands in an event: a row of audit_personal without its place. Whoever has
// several parts in an event stands in the first of them; the others are blank, and so is a part
// once the person was erased.
struct PersonalPart {
  std::int64_t part = 0;    // Part
  std::int64_t person = 0;  // number of the user; 0: a stranger
  std::string salt;
  std::string id;
  std::string name;
  std::string address;

  bool is_blank() const { return salt.empty() && id.empty() && name.empty() && address.empty(); }
};
BOOST_DESCRIBE_STRUCT(PersonalPart, (), (part, person, salt, id, name, address))

// A row of audit_chain.
struct ChainHead {
  std::int64_t chain = 0;
  std::int64_t sequence = 0;
  std::string hash;
  std::string mac;
  std::int64_t first = 1;  // the sequence of the oldest row that is kept
  std::string first_hash;  // the hash of the row before it; "" where nothing was pruned
  std::string cut_mac;     // vouches for `first` and `first_hash`; "" where nothing was pruned
};
BOOST_DESCRIBE_STRUCT(ChainHead, (), (chain, sequence, hash, mac, first, first_hash, cut_mac))

// Chains of events that belong to no account, and of all that were noted outside transactions:
// -1 to -kSystemChains. Several, so that writers seldom meet on one.
inline constexpr std::int64_t kSystemChains = 8;

// Where the event belongs: changes to the chain of their account.
enum class Origin : std::uint8_t { Change, Note };
std::int64_t chain_of(const AuditRecord& record, Origin origin);

// Cut to what is kept, and free of bytes that no database takes: what strangers send as a name is
// anything.
void make_storable(AuditRecord& record);

// One for each number of a person in the event, and for strangers of whom there is something.
std::vector<PersonalPart> personal_parts(const AuditRecord& record, Random& random);

// All but number, chain, sequence and hash.
StoredEvent to_event(const AuditRecord& record,
                     std::int64_t count,
                     const std::vector<PersonalPart>& personal);

// 64 hex digits. The salt keeps whoever has the digest alone from guessing.
std::string digest_of(const PersonalPart& part);
// The digest of a part as `personal` of an event has it; "" when it has none.
std::string_view digest_in(std::string_view personal, std::int64_t part);
// What StoredEvent::hash must be, behind a row with the hash `previous` ("": the first).
std::string hash_of(const StoredEvent& event, std::string_view previous);

}  // namespace gatehouse::audit
