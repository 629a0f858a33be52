// SPDX-License-Identifier: Apache-2.0
#include "notes.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace gatehouse::audit {
namespace {

std::int64_t minute_of(Time time) {
  return std::chrono::floor<std::chrono::minutes>(time).time_since_epoch().count();
}

Notes::Key key_of(const AuditRecord& record) {
  const AuditEvent& event = record.event;
  const AuditOrigin& origin = record.origin;
  std::string all;
  for (const std::int64_t number : {minute_of(record.at),
                                    static_cast<std::int64_t>(record.outcome),
                                    event.user,
                                    event.account,
                                    origin.actor,
                                    origin.on_behalf_of}) {
    all += std::to_string(number);
    all += ' ';
  }
  for (const std::string* text :
       {&event.action, &event.detail, &event.user_name, &origin.method, &origin.remote_address}) {
    all += std::to_string(text->size());
    all += ':';
    all += *text;
  }
  return blake2b_128(all);
}

// Of nobody: no event has this key.
constexpr Notes::Key kOverflow{};

AuditRecord overflow_since(Time time) {
  return {{"audit.overflow"}, {}, AuditOutcome::Refused, time};
}

}  // namespace

Notes::Notes(Metrics& metrics)
    : overflow_(metrics.counter(
          "audit_overflow_total",
          "Refusals and sign-ins that were only counted, since there were too many kinds at once.",
          {})) {}

void Notes::add(AuditRecord record) {
  const Key key = key_of(record);
  const std::lock_guard lock(mutex_);
  auto found = entries_.find(key);
  if (found == entries_.end()) {
    const std::int64_t minute = minute_of(record.at);
    const bool has_room = entries_.size() < kLimit;
    if (!has_room) {
      overflow_.add(1);
      record = overflow_since(record.at);
    }
    const auto [entry, added] = entries_.try_emplace(has_room ? key : kOverflow);
    if (added) {
      entry->second.record = std::move(record);
      entry->second.minute = minute;
      entry->second.arrival = ++arrivals_;
    }
    found = entry;
  }
  ++found->second.waiting;
}

std::vector<Notes::Due> Notes::take(Time now, Extent extent, std::size_t limit) {
  const std::int64_t minute = minute_of(now);
  const std::lock_guard lock(mutex_);
  std::vector<Entries::value_type*> found;
  for (auto& one : entries_) {
    const Entry& entry = one.second;
    const bool is_due = extent == Extent::All || !entry.is_begun || entry.minute < minute;
    if (is_due && entry.waiting > 0) found.push_back(&one);
  }
  const auto count = static_cast<std::ptrdiff_t>(std::min(limit, found.size()));
  std::partial_sort(found.begin(), found.begin() + count, found.end(), [](auto* a, auto* b) {
    return a->second.arrival < b->second.arrival;
  });
  found.resize(static_cast<std::size_t>(count));
  std::vector<Due> due;
  due.reserve(found.size());
  for (auto* one : found) {
    Entry& entry = one->second;
    due.push_back({one->first, entry.record, entry.waiting});
    entry.taken = std::exchange(entry.waiting, 0);
  }
  if (!due.empty()) return due;
  std::erase_if(entries_, [minute](const auto& one) { return one.second.minute < minute; });
  return due;
}

void Notes::settle(const std::vector<Due>& taken, Outcome outcome, Time now) {
  const std::lock_guard lock(mutex_);
  for (const Due& due : taken) {
    Entry& entry = entries_.at(due.key);
    const std::int64_t count = std::exchange(entry.taken, 0);
    if (outcome == Outcome::Waits) {
      entry.waiting += count;
    } else {
      entry.is_begun = true;
      if (entry.waiting == 0 && entry.minute < minute_of(now)) entries_.erase(due.key);
    }
  }
}

std::int64_t Notes::waiting() const {
  const std::lock_guard lock(mutex_);
  std::int64_t sum = 0;
  for (const auto& [key, entry] : entries_) sum += entry.waiting + entry.taken;
  return sum;
}

}  // namespace gatehouse::audit
