// SPDX-License-Identifier: Apache-2.0
#include "host/http/waiting.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::host {

namespace {

using Counts = std::unordered_map<std::string, std::size_t>;

std::size_t count_of(const Counts& counts, const std::string& address) {
  const auto found = counts.find(address);
  return found == counts.end() ? 0 : found->second;
}

void count_down(Counts& counts, const std::string& address) {
  const auto found = counts.find(address);
  if (found != counts.end() && --found->second == 0) counts.erase(found);
}

}  // namespace

bool Waiting::may_run(std::uint32_t group) const {
  return group == 0 || group >= running_of_group_.size() ||
         running_of_group_[group] < bounds_.threads_of_group;
}

bool Waiting::may_run(const Queue& queue) const {
  return !queue.jobs.empty() &&
         (queue.address.empty() ||
          count_of(running_of_address_, queue.address) < bounds_.threads_of_address);
}

Waiting::Room Waiting::room_for(const Place& place) const {
  const Lined& line = line_of(place.line);
  if (line.size >= bounds_.waiting) return Room::Full;
  const bool is_known_group = place.group != 0 && place.group < line.groups.size();
  if (is_known_group && line.groups[place.group].size >= bounds_.waiting_of_group) {
    return Room::GroupFull;
  }
  if (!place.address.empty() &&
      count_of(line.by_address, place.address) >= bounds_.waiting_of_address) {
    return Room::AddressFull;
  }
  return Room::Free;
}

void Waiting::push(std::shared_ptr<Job> job) {
  const Place& place = job->place;
  Lined& line = line_of(place.line);
  if (place.group >= line.groups.size()) line.groups.resize(place.group + 1);
  Group& group = line.groups[place.group];
  auto known = group.by_address.find(place.address);
  if (known == group.by_address.end()) {
    group.queues.push_back({place.address});
    known = group.by_address.emplace(place.address, std::prev(group.queues.end())).first;
  }
  if (!place.address.empty()) ++line.by_address[place.address];
  known->second->jobs.push_back(std::move(job));
  ++group.size;
  ++line.size;
}

// After a job of that queue has been taken out.
void Waiting::leave(Lined& line, std::size_t number, std::list<Queue>::iterator queue) {
  Group& group = line.groups[number];
  --group.size;
  --line.size;
  if (queue->address.empty()) return;
  count_down(line.by_address, queue->address);
  if (!queue->jobs.empty()) return;
  group.by_address.erase(queue->address);
  group.queues.erase(queue);
}

bool Waiting::remove(const Job& job) {
  const Place& place = job.place;
  Lined& line = line_of(place.line);
  if (place.group >= line.groups.size()) return false;
  Group& group = line.groups[place.group];
  const auto known = group.by_address.find(place.address);
  if (known == group.by_address.end()) return false;
  auto& jobs = known->second->jobs;
  const auto found = std::find_if(
      jobs.begin(), jobs.end(), [&](const auto& waiting) { return waiting.get() == &job; });
  if (found == jobs.end()) return false;
  jobs.erase(found);
  leave(line, place.group, known->second);
  return true;
}

// Passes over no more addresses than there are threads.
Waiting::Next Waiting::next_of(const Lined& line) const {
  Next next;
  for (std::size_t i = 0; line.size > 0 && i < line.groups.size(); ++i) {
    next.group = (line.turn + i) % line.groups.size();
    const Group& group = line.groups[next.group];
    if (group.size == 0 || !may_run(static_cast<std::uint32_t>(next.group))) continue;
    for (const Queue& queue : group.queues) {
      if (!may_run(queue)) continue;
      next.queue = group.by_address.find(queue.address)->second;
      next.found = true;
      return next;
    }
  }
  return next;
}

bool Waiting::known_may_run() const {
  return bounds_.threads < 2 || running_known_ + 1 < bounds_.threads ||
         !next_of(line_of(Line::Ordinary)).found;
}

bool Waiting::has_next() const {
  return next_of(line_of(Line::Ordinary)).found || next_of(line_of(Line::Known)).found;
}

std::shared_ptr<Job> Waiting::take() {
  Line from = Line::Known;
  Next next = next_of(line_of(from));
  if (!next.found || !known_may_run()) {
    from = Line::Ordinary;
    next = next_of(line_of(from));
  }
  Lined& line = line_of(from);
  auto& jobs = next.queue->jobs;
  auto job = std::move(jobs.front());
  jobs.pop_front();
  auto& queues = line.groups[next.group].queues;
  queues.splice(queues.end(), queues, next.queue);
  leave(line, next.group, next.queue);
  line.turn = next.group + 1;

  if (next.group >= running_of_group_.size()) running_of_group_.resize(next.group + 1);
  ++running_of_group_[next.group];
  if (!job->place.address.empty()) ++running_of_address_[job->place.address];
  if (from == Line::Known) ++running_known_;
  return job;
}

void Waiting::forgive_address(Place& place) {
  if (!place.address.empty()) count_down(running_of_address_, place.address);
  if (place.line == Line::Known) --running_known_;
  place.address.clear();
  place.line = Line::Ordinary;
}

void Waiting::end_running(const Place& place) {
  Place ended = place;
  forgive_address(ended);
  --running_of_group_[place.group];
}

void Waiting::clear() {
  for (Lined& line : lines_) line = {};
}

}  // namespace gatehouse::host
