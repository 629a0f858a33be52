// `gatehouse audit verify`: every chain, row by row, against its hashes, its head and what was
// anchored outside. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gatehouse/keys.hpp>
#include <gatehouse/text.hpp>

#include "audit_commands.hpp"
#include "checks/anchor.hpp"
#include "checks/chain_check.hpp"

namespace gatehouse::audit {
namespace {

constexpr std::size_t kAnchorsAtATime = 1'000;
constexpr std::int64_t kTornLinesNamed = 10;
constexpr std::int64_t kStrayPartsNamed = 10;

class Verification {
 public:
  Verification(Context& host, const ChainRepository& rows, CommandLine& line)
      : host_(host),
        rows_(rows),
        line_(line),
        anchors_(host.storage(), host.keys(), rows),
        chains_(host.storage(), host.keys(), rows, [this](std::size_t rows_of_page) {
          events_ += static_cast<std::int64_t>(rows_of_page);
          line_.progress(format("{} events", events_));
          return !line_.interrupted();
        }) {}

  Result<None> read_anchors(const std::string& path) {
    std::ifstream file(path);
    std::vector<AnchoredHead> lines;
    std::string text;
    std::int64_t number = 0;
    bool is_empty = true;
    while (std::getline(file, text)) {
      ++number;
      auto anchored = parse_anchor(text);
      if (!anchored) {
        pass_over(path, number);
        continue;
      }
      is_empty = false;
      lines.push_back(*std::move(anchored));
      if (lines.size() < kAnchorsAtATime) continue;
      GATEHOUSE_CHECK(anchors_.compare(lines));
      lines.clear();
      line_.progress(format("{} anchored heads", number));
      if (line_.interrupted()) return unavailable("The check was interrupted.");
    }
    if (!file.eof()) return unavailable(format("{} cannot be read", path));
    if (torn_ > kTornLinesNamed) {
      warn(format("{}: {} more lines like these", path, torn_ - kTornLinesNamed));
    }
    if (is_empty)
      return unavailable(format("{} holds no anchored head: is it another file?", path));
    return anchors_.compare(lines);
  }

  // All chains, or one.
  Result<None> run(std::optional<std::int64_t> only) {
    std::int64_t after = only ? *only - 1 : std::numeric_limits<std::int64_t>::min();
    for (;;) {
      GATEHOUSE_TRY(const auto next,
                    host_.storage().read([&](Session& db) { return rows_.next_chain(db, after); }));
      if (!next || (only && *next != *only)) break;
      after = *next;
      GATEHOUSE_TRY(const auto report, chains_.run(*next));
      ++chain_count_;
      tell(*next, report);
    }
    // Chains of which there is nothing any more.
    for (const auto& [chain, finding] : anchors_.findings()) {
      if (finding.bad == 0 || told_.contains(chain) || (only && chain != *only)) continue;
      tell(chain, {});
    }
    if (only && chain_count_ == 0 && told_.empty()) {
      return unavailable(format("There is no such chain: {}.", *only));
    }
    return None{};
  }

  // The parts that no event has.
  Result<None> find_stray_parts() {
    PartPlace place{-1, 0, 0};
    for (;;) {
      GATEHOUSE_TRY(const auto parts,
                    host_.storage().read([&](Session& db) { return rows_.parts(db, place); }));
      for (const PartPlace& part : parts) {
        if (!part.is_stray) continue;
        if (++stray_ > kStrayPartsNamed) continue;
        line_.progress("");
        line_.print(format("event {}: has no personal part {} of person {}, but there is one",
                           part.number,
                           part.part,
                           part.person));
      }
      if (parts.size() < static_cast<std::size_t>(ChainRepository::kPage)) return None{};
      if (line_.interrupted()) return unavailable("The check was interrupted.");
      place = parts.back();
    }
  }

  int finish() {
    line_.progress("");
    if (stray_ > 0) line_.fail(format("{} personal parts belong to no event.", stray_));
    if (told_.empty() && stray_ == 0) {
      line_.print(
          format("All is as it was written: {} events in {} chains.", events_, chain_count_));
      return 0;
    }
    if (!told_.empty()) {
      line_.fail(
          format("{} of {} chains are not as they were written.", told_.size(), chain_count_));
    }
    return 1;
  }

 private:
  // It says nothing about the trail: whoever could spoil a line could take it away as well.
  void pass_over(const std::string& path, std::int64_t number) {
    if (++torn_ > kTornLinesNamed) return;
    warn(
        format("{}:{}: is no line of an anchor, and is passed over: a write that broke off leaves "
               "one like this",
               path,
               number));
  }
  void warn(const std::string& words) {
    line_.progress("");
    line_.fail("warning: " + words);
  }

  void tell(std::int64_t chain, const ChainReport& report) {
    std::optional<Flaw> flaw = report.flaw;
    const auto known = anchors_.findings().find(chain);
    if (known != anchors_.findings().end() && known->second.bad != 0) {
      flaw = earlier(std::move(flaw), from_anchor(known->second, report.last));
    }
    if (!flaw) return;
    told_.emplace(chain, flaw->sequence);
    line_.progress("");
    const std::string name =
        chain > 0 ? format("account {}", chain) : format("chain {} of the system", chain);
    line_.print(format("{}: sequence {} {}", name, flaw->sequence, flaw->what));
  }

  static Flaw from_anchor(const AnchorCheck::Finding& finding, std::int64_t last) {
    if (finding.is_missing && finding.bad > last) {
      return {last + 1,
              format("is missing: {} was anchored at {}, and the chain has been cut",
                     finding.bad,
                     finding.time)};
    }
    if (finding.good + 1 == finding.bad) {
      return {finding.bad, format("is not the row that was anchored at {}", finding.time)};
    }
    return {finding.good + 1,
            format("or one up to {} is not what was written, by what was anchored at {}",
                   finding.bad,
                   finding.time)};
  }

  static std::optional<Flaw> earlier(std::optional<Flaw> a, Flaw b) {
    if (a && a->sequence <= b.sequence) return a;
    return b;
  }

  Context& host_;
  const ChainRepository& rows_;
  CommandLine& line_;
  AnchorCheck anchors_;
  ChainCheck chains_;
  std::int64_t events_ = 0;
  std::int64_t chain_count_ = 0;
  std::int64_t torn_ = 0;                      // lines of the anchor that are none
  std::int64_t stray_ = 0;                     // personal parts that no event has
  std::map<std::int64_t, std::int64_t> told_;  // by chain, the sequence
};

int verify(CommandLine& line, Context& host, const ChainRepository& rows) {
  const auto account = chain_option(line, "account");
  if (!account) return refuse(line, account.error());
  Verification verification(host, rows, line);
  if (const auto anchor = line.value("anchor")) {
    if (const auto read = verification.read_anchors(*anchor); !read) {
      return refuse(line, read.error());
    }
  }
  if (const auto ran = verification.run(*account); !ran) return refuse(line, ran.error());
  if (!*account) {
    if (const auto ran = verification.find_stray_parts(); !ran) return refuse(line, ran.error());
  }
  return verification.finish();
}

}  // namespace

void add_verify_command(Context& host, const ChainRepository& rows) {
  using Kind = CommandArgument::Kind;
  host.commands().add(
      "audit verify",
      "Check that the audit trail is as it was written; names the first bad row of each chain",
      {{"anchor", "a file of audit.anchor, which shows also what was cut off", Kind::Option},
       {"account",
        "the number of an account, or -8 to -1 for a chain of the system: only this chain",
        Kind::Option}},
      [&host, &rows](CommandLine& line) { return verify(line, host, rows); });
}

}  // namespace gatehouse::audit
