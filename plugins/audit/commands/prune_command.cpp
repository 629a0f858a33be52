// `gatehouse audit prune`: takes the oldest rows of every chain away, as the role that owns the
// tables. Where a chain begins from then on is vouched for, so that it can still be checked.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/keys.hpp>
#include <gatehouse/text.hpp>

#include "audit_commands.hpp"
#include "checks/chain_check.hpp"
#include "trail/chain_seal.hpp"

namespace gatehouse::audit {
namespace {

class Pruning {
 public:
  Pruning(Context& host, const ChainRepository& rows, CommandLine& line, Time before)
      : host_(host), rows_(rows), line_(line), before_(before) {}

  Result<std::int64_t> run() {
    std::int64_t after = std::numeric_limits<std::int64_t>::min();
    for (;;) {
      GATEHOUSE_TRY(const auto heads,
                    host_.storage().read([&](Session& db) { return rows_.heads(db, after); }));
      if (heads.empty()) break;
      for (const ChainHead& head : heads) GATEHOUSE_CHECK(prune(head.chain));
      after = heads.back().chain;
    }
    GATEHOUSE_CHECK(host_.as_owner([&](Session& db) -> Result<None> {
      if (pruned_ == 0) return None{};
      db.audit(
          {"audit.pruned", 0, 0, {}, format("{} events before {}", pruned_, to_rfc3339(before_))});
      return None{};
    }));
    return pruned_;
  }

 private:
  // Whole prefixes, a batch in a transaction, until a row is young enough.
  Result<None> prune(std::int64_t chain) {
    bool goes_on = true;
    while (goes_on) {
      std::int64_t batch = 0;
      GATEHOUSE_CHECK(host_.as_owner([&](Session& db) -> Result<None> {
        GATEHOUSE_TRY(batch, prune_batch(db, chain));
        return None{};
      }));
      goes_on = batch == ChainRepository::kPage;
      pruned_ += batch;
      line_.progress(format("{} events", pruned_));
      if (line_.interrupted()) return unavailable("It was interrupted; what is gone is gone.");
    }
    return None{};
  }

  Result<std::int64_t> prune_batch(Session& db, std::int64_t chain) const {
    GATEHOUSE_TRY(auto head, rows_.find_head(db, chain));
    if (!head) return std::int64_t{0};
    constexpr std::int64_t kBeforeAll = std::numeric_limits<std::int64_t>::min();
    GATEHOUSE_TRY(auto events, rows_.events(db, chain, kBeforeAll, ChainRepository::kPage));
    // A row may be older than the one before it, by what its writer's clock said.
    const auto young = std::find_if(
        events.begin(), events.end(), [this](const auto& event) { return event.at >= before_; });
    events.erase(young, events.end());
    if (events.empty()) return std::int64_t{0};
    GATEHOUSE_TRY(const auto parts, rows_.parts(db, chain, kBeforeAll, events.back().sequence));
    ChainWalk walk(head->first, head->first_hash);
    auto flaw = walk.check(events, parts);
    if (!flaw && !holds_cut(host_.keys(), *head)) flaw = Flaw{head->first, "has a forged cut"};
    if (flaw) {
      return unavailable(format(
          "Chain {}: sequence {} {}. Nothing of it is pruned: `gatehouse audit verify` tells "
          "more.",
          chain,
          flaw->sequence,
          flaw->what));
    }
    head->first = walk.next();
    head->first_hash = walk.hash();
    head->cut_mac = seal_cut(host_.keys(), chain, head->first, head->first_hash);
    GATEHOUSE_CHECK(rows_.cut(db, *head));
    return static_cast<std::int64_t>(events.size());
  }

  Context& host_;
  const ChainRepository& rows_;
  CommandLine& line_;
  Time before_;
  std::int64_t pruned_ = 0;
};

// "30d", "12h", "90m", "45s"; nothing for everything else.
std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  constexpr std::int64_t kMost = 36'500;  // a hundred years of days
  if (error != std::errc() || end + 1 != text.data() + text.size() || number < 0) return {};
  using Unit = std::pair<char, std::int64_t>;
  for (const auto& [unit, seconds] :
       std::array{Unit{'d', 86'400}, Unit{'h', 3'600}, Unit{'m', 60}, Unit{'s', 1}}) {
    if (*end == unit && number <= kMost * 86'400 / seconds) {
      return std::chrono::seconds(number * seconds);
    }
  }
  return {};
}

Result<Time> find_limit(const CommandLine& line, Time now) {
  GATEHOUSE_TRY(const auto before, time_option(line, "before"));
  const auto keep = line.value("keep");
  if (before.has_value() == keep.has_value()) {
    return unavailable("Say either --before TIME or --keep DURATION.");
  }
  if (before) return *before;
  const auto duration = parse_duration(*keep);
  if (!duration) return unavailable("--keep takes a duration like 365d, 12h, 30m or 10s.");
  return now - *duration;
}

int prune(CommandLine& line, Context& host, const ChainRepository& rows) {
  const auto before = find_limit(line, host.clock().now());
  if (!before) return refuse(line, before.error());
  const auto pruned = Pruning(host, rows, line, *before).run();
  if (!pruned) return refuse(line, pruned.error());
  line.progress("");
  line.print(format("Pruned {} events before {}.", *pruned, to_rfc3339(*before)));
  return 0;
}

}  // namespace

void add_prune_command(Context& host, const ChainRepository& rows) {
  using Kind = CommandArgument::Kind;
  host.commands().add("audit prune",
                      "Take old events out of the audit trail, with the role that owns its tables",
                      {{"before", "events before this time: 2026-11-21T17:10:47Z", Kind::Option},
                       {"keep", "or those older than this: 365d", Kind::Option}},
                      [&host, &rows](CommandLine& line) { return prune(line, host, rows); });
}

}  // namespace gatehouse::audit
