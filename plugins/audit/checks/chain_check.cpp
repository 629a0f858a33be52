// SPDX-License-Identifier: Apache-2.0
#include "chain_check.hpp"

#include <algorithm>
#include <utility>

#include <gatehouse/text.hpp>

#include "trail/chain_seal.hpp"

namespace gatehouse::audit {
namespace {

constexpr std::int64_t kBeforeAll = std::numeric_limits<std::int64_t>::min();

}  // namespace

std::optional<Flaw> ChainWalk::check(const std::vector<StoredEvent>& events,
                                     const std::vector<PlacedPart>& parts) {
  auto part = parts.begin();
  for (const StoredEvent& event : events) {
    if (part != parts.end() && part->sequence < std::min(next_, event.sequence)) {
      return Flaw{part->sequence, "has a personal part without an event"};
    }
    if (auto flaw = check(event)) return flaw;
    for (; part != parts.end() && part->sequence == event.sequence; ++part) {
      if (digest_of(part->content()) == digest_in(event.personal, part->part)) continue;
      return Flaw{event.sequence, "has a personal part that is not what was written"};
    }
  }
  if (part != parts.end()) return Flaw{part->sequence, "has a personal part without an event"};
  return std::nullopt;
}

std::optional<Flaw> ChainWalk::check(const StoredEvent& event) {
  if (event.sequence < next_) return Flaw{event.sequence, "stands before the chain's first row"};
  if (event.sequence > next_) return Flaw{next_, "is missing"};
  if (hash_of(event, hash_) != event.hash) return Flaw{next_, "is not what was written"};
  ++next_;
  hash_ = event.hash;
  return std::nullopt;
}

Result<ChainReport> ChainCheck::run(std::int64_t chain) {
  for (;;) {
    const auto find_head = [&](Session& db) { return rows_.find_head(db, chain); };
    GATEHOUSE_TRY(const auto head, db_.read(find_head));
    GATEHOUSE_TRY(auto report, walk(chain, head));
    if (!report.flaw) return report;
    // What was pruned meanwhile looks like rows that are missing.
    GATEHOUSE_TRY(const auto now, db_.read(find_head));
    if (!head || !now || head->first == now->first) return report;
  }
}

Result<ChainReport> ChainCheck::walk(std::int64_t chain, const std::optional<ChainHead>& head) {
  if (head && !holds_cut(keys_, *head)) {
    return ChainReport{Flaw{head->first, "is where the chain begins, says a forged cut"}, 0};
  }
  ChainWalk walk(head ? head->first : 1, head ? head->first_hash : "");
  std::int64_t after = kBeforeAll;
  bool goes_on = true;
  while (goes_on) {
    std::vector<StoredEvent> events;
    std::vector<PlacedPart> parts;
    GATEHOUSE_CHECK(db_.read([&](Session& db) -> Result<None> {
      GATEHOUSE_TRY(events, rows_.events(db, chain, after, ChainRepository::kPage));
      if (events.empty()) return None{};
      GATEHOUSE_TRY(parts, rows_.parts(db, chain, after, events.back().sequence));
      return None{};
    }));
    auto flaw = walk.check(events, parts);
    if (!flaw && events.empty()) {
      GATEHOUSE_TRY(flaw, check_end(chain, walk, goes_on));
    }
    if (flaw) return ChainReport{std::move(flaw), walk.next() - 1};
    if (!events.empty()) after = events.back().sequence;
    if (!progress_(events.size())) return unavailable("The check was interrupted.");
  }
  return ChainReport{std::nullopt, walk.next() - 1};
}

Result<std::optional<Flaw>> ChainCheck::check_end(std::int64_t chain,
                                                  const ChainWalk& walk,
                                                  bool& goes_on) {
  const std::int64_t walked = walk.next() - 1;
  return db_.read([&](Session& db) -> Result<std::optional<Flaw>> {
    GATEHOUSE_TRY(const ChainEnd end, rows_.end_of(db, chain));
    if (end.last && *end.last > walked) return std::nullopt;  // written meanwhile
    goes_on = false;
    if (!end.head) return Flaw{walked + 1, "is not known: the chain has no head"};
    if (*end.head > walked) return Flaw{walked + 1, "is missing: the chain ends before its head"};
    if (*end.head < walked) return Flaw{*end.head + 1, "is beyond the chain's head"};
    const ChainHead head{chain, *end.head, end.hash, end.mac, 1, "", ""};
    if (end.hash != walk.hash() || !holds_head(keys_, head)) {
      return Flaw{walked,
                  "is the chain's last row, but its head is forged (or was made under a master key "
                  "that is gone)"};
    }
    // Those between rows have been seen.
    GATEHOUSE_TRY(const auto stray,
                  rows_.find_stray_part(db, chain, end.last ? walked : kBeforeAll));
    if (stray) return Flaw{*stray, "has a personal part without an event"};
    return std::nullopt;
  });
}

}  // namespace gatehouse::audit
