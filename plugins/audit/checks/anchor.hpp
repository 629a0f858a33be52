// Heads of chains outside the database: what was anchored cannot be cut off or written anew without
// a trace, whoever has the database. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

#include "chain_repository.hpp"

namespace gatehouse::audit {

// One line of an anchor: "TIME CHAIN SEQUENCE HASH".
struct AnchoredHead {
  std::string time;
  std::int64_t chain = 0;
  std::int64_t sequence = 0;
  std::string hash;
};
std::optional<AnchoredHead> parse_anchor(std::string_view line);

// What is wrong with `path` as the file of an anchor, as far as a look tells, with the cure; "":
// nothing.
std::string wrong_place(const std::string& path);

// Writes heads that have moved to a file, or to syslog. One thread at a time. Blocking: the
// database, the disk.
class Anchor {
 public:
  static constexpr std::string_view kSyslog = "syslog";

  // `target`: "" (nowhere), kSyslog, or the path of a file, which only grows.
  Anchor(Context& host, const ChainRepository& rows, std::string target);

  // Whether there is something to write to.
  Result<None> open() const;
  // What could not be written is logged, shows in the gauge audit_anchor_age_seconds, and is tried
  // again the next time. A head that is not vouched for is logged once, and never written.
  void write();

 private:
  bool write_heads();
  bool append(std::string_view lines) const;
  void tell_forged(std::int64_t chain);

  Context& host_;
  const ChainRepository& rows_;
  const std::string target_;
  Gauge* age_ = nullptr;                          // none where nothing is anchored
  Time current_as_of_;                            // when all heads had been written
  std::map<std::int64_t, std::int64_t> written_;  // by chain, the sequence
  std::set<std::int64_t> told_;                   // chains whose head is forged
};

// Compares anchored heads with the rows that there are, line by line; keeps what is wrong, not what
// is right. Threads: one at a time.
class AnchorCheck {
 public:
  AnchorCheck(Db& db, const Keys& keys, const ChainRepository& rows)
      : db_(db), keys_(keys), rows_(rows) {}

  // Of one chain: what is known only from outside.
  struct Finding {
    std::int64_t good = 0;  // up to there the chain is what it was
    std::int64_t bad = 0;   // 0: nothing is wrong
    bool is_missing = false;
    std::string time;  // of the anchored head that is not there
  };
  Result<None> compare(const std::vector<AnchoredHead>& lines);
  const std::map<std::int64_t, Finding>& findings() const { return findings_; }

 private:
  Result<None> compare(Session& db, const AnchoredHead& line);

  Db& db_;
  const Keys& keys_;
  const ChainRepository& rows_;
  std::map<std::int64_t, Finding> findings_;
};

}  // namespace gatehouse::audit
