// Ids, names and addresses of a person go from the trail; that something happened stays, and the
// chains hold. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::audit {

// A place among the parts that a person has in events.
struct PersonsPart {
  std::int64_t part = 0;
  std::int64_t number = 0;
  bool is_there = false;  // not blank
};
BOOST_DESCRIBE_STRUCT(PersonsPart, (), (part, number, is_there))

// Threads: any, but work() one at a time. Blocking: the database.
class Erasure {
 public:
  // Parts of one transaction.
  static constexpr std::int64_t kBatch = 500;

  explicit Erasure(Context& host) : host_(host) {}

  // Inside the transaction that deletes the person: work() does it, soon, and once more an hour
  // later, for events about them that were still on their way.
  Result<None> request(Session& db, std::int64_t person) const;
  // Goes on with what was requested, for some batches: other jobs wait meanwhile.
  Result<None> work();
  // Whether there is an event that they are in.
  Result<bool> knows(Session& db, std::int64_t person) const;
  // Whether there is something to erase of them.
  Result<bool> has_parts(std::int64_t person) const;
  // At once; how many parts there were.
  Result<std::int64_t> erase(std::int64_t person) const;

 private:
  // How far a person's parts have been walked. Forgotten with the process, which then begins anew.
  struct Walk {
    PersonsPart place;
    std::int64_t erased = 0;
  };
  Result<std::vector<PersonsPart>> next(std::int64_t person, const PersonsPart& place) const;
  // One batch; false when there is none left.
  Result<bool> go_on(std::int64_t person, Walk& walk) const;

  Context& host_;
  std::map<std::int64_t, Walk> walks_;
};

}  // namespace gatehouse::audit
