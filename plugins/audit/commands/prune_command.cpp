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

constexpr std::int64_t kBeforeAll = std::numeric_limits<std::int64_t>::min();

class Pruning {
 public:
  Pruning(Context& host, const ChainRepository& rows, CommandLine& line, Time before)
      : host_(host),
        rows_(rows),
        line_(line),
        before_(before),
        chains_(host.storage(), host.keys(), rows, [this](std::size_t rows_of_page) {
          checked_ += static_cast<std::int64_t>(rows_of_page);
          line_.progress(format("{} events checked, {} pruned", checked_, pruned_));
          return !line_.interrupted();
        }) {}

  // How many chains are left alone, since they are not as they were written.
  Result<std::int64_t> run() {
    std::int64_t after = kBeforeAll;
    for (;;) {
      GATEHOUSE_TRY(const auto chain,
                    host_.storage().read([&](Session& db) { return rows_.next_chain(db, after); }));
      if (!chain) return left_alone_;
      after = *chain;
      GATEHOUSE_CHECK(prune(*chain));
    }
  }
  std::int64_t pruned() const { return pruned_; }

 private:
  // What one transaction took.
  struct Batch {
    std::int64_t events = 0;
    std::optional<Flaw> flaw;  // nothing was taken
  };

  // Whole prefixes, a batch in a transaction, until a row is young enough. All of the chain is
  // checked before: what goes may be the proof of what was altered behind it.
  Result<None> prune(std::int64_t chain) {
    GATEHOUSE_TRY(const auto old,
                  host_.storage().read([&](Session& db) { return old_events(db, chain, 1); }));
    if (old.empty()) return None{};
    GATEHOUSE_TRY(const auto report, chains_.run(chain));
    Batch batch{ChainRepository::kPage, report.flaw};
    while (!batch.flaw && batch.events == ChainRepository::kPage) {
      GATEHOUSE_CHECK(host_.as_owner([&](Session& db) -> Result<None> {
        GATEHOUSE_TRY(batch, prune_batch(db, chain));
        return None{};
      }));
      pruned_ += batch.events;
      if (line_.interrupted()) return unavailable("It was interrupted; what is gone is gone.");
    }
    if (batch.flaw) leave_alone(chain, *batch.flaw);
    return None{};
  }

  void leave_alone(std::int64_t chain, const Flaw& flaw) {
    ++left_alone_;
    line_.progress("");
    line_.fail(format("Chain {}: sequence {} {}. Nothing more of it is pruned.",
                      chain,
                      flaw.sequence,
                      flaw.what));
  }

  // The first rows, up to one that is young; at most `limit`. A row may be older than the one
  // before it, by what its writer's clock said.
  Result<std::vector<WholeEvent>> old_events(Session& db,
                                             std::int64_t chain,
                                             std::int64_t limit) const {
    GATEHOUSE_TRY(auto events, rows_.events(db, chain, kBeforeAll, limit));
    const auto young = std::find_if(
        events.begin(), events.end(), [this](const auto& event) { return event.at >= before_; });
    events.erase(young, events.end());
    return events;
  }

  // The rows are checked again, since they may have been altered meanwhile.
  Result<Batch> prune_batch(Session& db, std::int64_t chain) const {
    GATEHOUSE_TRY(const auto events, old_events(db, chain, ChainRepository::kPage));
    if (events.empty()) return Batch{};
    GATEHOUSE_TRY(auto head, rows_.find_head(db, chain));
    if (!head) return Batch{0, Flaw{events.front().sequence, "has no head behind it"}};
    if (!holds_cut(host_.keys(), *head)) return Batch{0, Flaw{head->first, "has a forged cut"}};
    ChainWalk walk(head->first, head->first_hash);
    if (auto flaw = walk.check(events)) return Batch{0, std::move(flaw)};
    head->first = walk.next();
    head->first_hash = walk.hash();
    head->cut_mac = seal_cut(host_.keys(), chain, head->first, head->first_hash);
    GATEHOUSE_CHECK(rows_.cut(db, *head));
    db.audit(
        {"audit.pruned",
         0,
         0,
         {},
         format("{} events of chain {} before {}", events.size(), chain, to_rfc3339(before_))});
    return Batch{static_cast<std::int64_t>(events.size()), std::nullopt};
  }

  Context& host_;
  const ChainRepository& rows_;
  CommandLine& line_;
  Time before_;
  ChainCheck chains_;
  std::int64_t checked_ = 0;
  std::int64_t pruned_ = 0;
  std::int64_t left_alone_ = 0;
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
  Pruning pruning(host, rows, line, *before);
  const auto left_alone = pruning.run();
  if (!left_alone) return refuse(line, left_alone.error());
  line.progress("");
  line.print(format("Pruned {} events before {}.", pruning.pruned(), to_rfc3339(*before)));
  if (*left_alone == 0) return 0;
  line.fail(
      format("{} chains are not as they were written and were left alone: `gatehouse audit verify` "
             "tells more.",
             *left_alone));
  return 1;
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
