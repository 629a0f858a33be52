// SPDX-License-Identifier: Apache-2.0
#include "chain_check.hpp"

#include <tuple>
#include <utility>

#include <gatehouse/text.hpp>

#include "trail/chain_seal.hpp"

namespace gatehouse::audit {
namespace {

constexpr std::int64_t kBeforeAll = std::numeric_limits<std::int64_t>::min();

// Null: nothing. Of a person, that a part is blank says no more than that they were erased;
// strangers are not.
const char* wrong_with(const StoredEvent& event, bool is_there, const PersonalPart& part) {
  const std::string_view digest = digest_in(event.personal, part.part);
  if (!is_there) {
    return part.person == 0 && digest.empty() ? nullptr : "has lost a personal part";
  }
  if (part.person != 0 && part.is_blank()) return nullptr;
  return digest_of(part) == digest ? nullptr : "has a personal part that is not what was written";
}

}  // namespace

std::optional<Flaw> ChainWalk::check(const std::vector<WholeEvent>& events) {
  for (const WholeEvent& event : events) {
    if (auto flaw = check(event)) return flaw;
    if (auto flaw = check_parts(event)) return flaw;
  }
  return std::nullopt;
}

std::optional<Flaw> ChainWalk::check_parts(const WholeEvent& event) {
  const auto number = [](Part part) { return static_cast<std::int64_t>(part); };
  const auto& [actor, user, on_behalf_of] =
      std::tie(event.actor_salt, event.user_salt, event.on_behalf_of_salt);
  const char* wrong = wrong_with(event,
                                 actor.has_value(),
                                 {number(Part::Actor),
                                  event.actor_number,
                                  actor.value_or(""),
                                  event.actor_id,
                                  event.actor_name,
                                  event.actor_address});
  if (wrong == nullptr) {
    wrong = wrong_with(event,
                       user.has_value(),
                       {number(Part::User),
                        event.user_number,
                        user.value_or(""),
                        event.user_id,
                        event.user_name,
                        event.user_address});
  }
  if (wrong == nullptr) {
    wrong = wrong_with(event,
                       on_behalf_of.has_value(),
                       {number(Part::OnBehalfOf),
                        event.on_behalf_of,
                        on_behalf_of.value_or(""),
                        event.on_behalf_of_id,
                        event.on_behalf_of_name,
                        event.on_behalf_of_address});
  }
  if (wrong == nullptr) return std::nullopt;
  return Flaw{event.sequence, wrong};
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
    GATEHOUSE_TRY(const auto events, db_.read([&](Session& db) {
      return rows_.events(db, chain, after, ChainRepository::kPage);
    }));
    auto flaw = walk.check(events);
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
    return std::nullopt;
  });
}

}  // namespace gatehouse::audit
