// Whether a chain is what was written: walks it from its first row to its head, and finds the first
// place that is not. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/keys.hpp>
#include <gatehouse/storage.hpp>

#include "chain_repository.hpp"

namespace gatehouse::audit {

// The first place of a chain that is not as it was written.
struct Flaw {
  std::int64_t sequence = 0;
  std::string what;  // goes on from "sequence 7: "
};

// The rows of a chain one after another. Threads: one at a time.
class ChainWalk {
 public:
  // Begins behind `before_first`, whose hash was `hash`.
  ChainWalk(std::int64_t first, std::string hash) : next_(first), hash_(std::move(hash)) {}

  // The rows in order.
  std::optional<Flaw> check(const std::vector<WholeEvent>& events);

  // The place that comes next, and the hash of the row before it.
  std::int64_t next() const { return next_; }
  const std::string& hash() const { return hash_; }

 private:
  std::optional<Flaw> check(const StoredEvent& event);
  static std::optional<Flaw> check_parts(const WholeEvent& event);
  std::int64_t next_;
  std::string hash_;
};

struct ChainReport {
  std::optional<Flaw> flaw;
  std::int64_t last = 0;  // the place of the last good row; 0 where there was none
};

// Threads: one at a time. Blocking: the database, a page at a time; memory for a page. Beside
// writers it checks what there is when it comes to the end.
class ChainCheck {
 public:
  // `progress` is told of every page how many rows it had; false: stop.
  using Progress = std::function<bool(std::size_t rows)>;
  ChainCheck(Db& db, const Keys& keys, const ChainRepository& rows, Progress progress)
      : db_(db), keys_(keys), rows_(rows), progress_(std::move(progress)) {}

  // Unavailable too when progress said to stop.
  Result<ChainReport> run(std::int64_t chain);

 private:
  Result<ChainReport> walk(std::int64_t chain, const std::optional<ChainHead>& head);
  Result<std::optional<Flaw>> check_end(std::int64_t chain, const ChainWalk& walk, bool& goes_on);

  Db& db_;
  const Keys& keys_;
  const ChainRepository& rows_;
  Progress progress_;
};

}  // namespace gatehouse::audit
