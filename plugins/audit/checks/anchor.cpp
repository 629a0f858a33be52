// SPDX-License-Identifier: Apache-2.0
#include "anchor.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include <gatehouse/append.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/text.hpp>
#include <gatehouse/time.hpp>

#include "trail/chain_seal.hpp"

namespace gatehouse::audit {
namespace {

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<AnchoredHead> parse_anchor(std::string_view line) {
  std::array<std::string_view, 4> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t blank = line.find(' ');
    if ((blank == std::string_view::npos) != (i + 1 == words.size())) return std::nullopt;
    words[i] = line.substr(0, blank);
    line.remove_prefix(std::min(words[i].size() + 1, line.size()));
  }
  const auto chain = parse_number(words[1]);
  const auto sequence = parse_number(words[2]);
  if (!chain || !sequence || *sequence < 1 || words[3].size() != 64) return std::nullopt;
  return AnchoredHead{std::string(words[0]), *chain, *sequence, std::string(words[3])};
}

std::string wrong_place(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  const fs::file_status around = fs::status(folder, error);
  // Neither a folder that this user may not look into nor a disk that fails is judged here.
  if (around.type() != fs::file_type::none && !fs::is_directory(around)) {
    return format("there is no folder {}: make it, and let the server's user write in it",
                  folder.string());
  }
  const fs::file_status there = fs::symlink_status(path, error);
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    return "it is no regular file: name one, or one that is not there yet";
  }
  return {};
}

Anchor::Anchor(Context& host, const ChainRepository& rows, std::string target)
    : host_(host), rows_(rows), target_(std::move(target)), current_as_of_(host.clock().now()) {
  if (target_.empty()) return;
  age_ = &host_.metrics().gauge(
      "audit_anchor_age_seconds", "Since when heads of chains could not be anchored.", {});
}

Result<None> Anchor::open() const {
  if (target_.empty() || target_ == kSyslog) return None{};
  return append_to_file(target_, "");
}

void Anchor::write() {
  if (target_.empty()) return;
  const Time now = host_.clock().now();
  if (write_heads()) current_as_of_ = now;
  const std::chrono::duration<double> age = now - current_as_of_;
  age_->set(age.count());
}

bool Anchor::write_heads() {
  const std::string now = to_rfc3339(host_.clock().now());
  std::int64_t after = std::numeric_limits<std::int64_t>::min();
  for (;;) {
    const auto heads = host_.storage().read([&](Session& db) { return rows_.heads(db, after); });
    if (!heads) {
      host_.log().warning("anchor_waits", "{}", heads.error().message);
      return false;
    }
    if (heads->empty()) return true;
    after = heads->back().chain;
    std::string lines;
    std::map<std::int64_t, std::int64_t> moved;
    for (const ChainHead& head : *heads) {
      const auto known = written_.find(head.chain);
      if (known != written_.end() && known->second == head.sequence) continue;
      if (!holds_head(host_.keys(), head)) {
        tell_forged(head.chain);
        continue;
      }
      moved[head.chain] = head.sequence;
      lines += format("{} {} {} {}\n", now, head.chain, head.sequence, head.hash);
    }
    if (!append(lines)) return false;
    for (const auto& [chain, sequence] : moved) written_[chain] = sequence;
  }
}

void Anchor::tell_forged(std::int64_t chain) {
  if (!told_.insert(chain).second) return;
  host_.log().error("audit_head_forged",
                    "The head of chain {} is not vouched for, so it is not anchored: `gatehouse "
                    "audit verify` tells more.",
                    chain);
}

bool Anchor::append(std::string_view lines) const {
  if (target_ == kSyslog) {
    while (!lines.empty()) {
      const std::string_view line = lines.substr(0, lines.find('\n'));
      append_to_syslog(format("gatehouse audit anchor: {}", line));
      lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    }
    return true;
  }
  const auto kept = lines.empty() ? Result<None>(None{}) : append_to_file(target_, lines);
  if (!kept) host_.log().error("anchor_failed", "{}", kept.error().message);
  return kept.has_value();
}

Result<None> AnchorCheck::compare(const std::vector<AnchoredHead>& lines) {
  return db_.read([&](Session& db) -> Result<None> {
    for (const AnchoredHead& line : lines) GATEHOUSE_CHECK(compare(db, line));
    return None{};
  });
}

Result<None> AnchorCheck::compare(Session& db, const AnchoredHead& line) {
  Finding& finding = findings_[line.chain];
  // The first that is wrong counts.
  if (finding.bad != 0 && finding.bad <= line.sequence) return None{};
  GATEHOUSE_TRY(const auto hash, rows_.find_hash(db, line.chain, line.sequence));
  if (hash && *hash == line.hash) {
    finding.good = std::max(finding.good, line.sequence);
    return None{};
  }
  if (!hash) {
    GATEHOUSE_TRY(const auto head, rows_.find_head(db, line.chain));
    const bool was_pruned = head && line.sequence < head->first && holds_cut(keys_, *head) &&
                            (line.sequence + 1 != head->first || line.hash == head->first_hash);
    if (was_pruned) return None{};
  }
  finding.bad = line.sequence;
  finding.is_missing = !hash.has_value();
  finding.time = line.time;
  return None{};
}

}  // namespace gatehouse::audit
