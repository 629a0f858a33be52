// Who waits for a thread of a pool, and who is next. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/http/job.hpp"

namespace gatehouse::host {

// Two lines, each with its own bound. In a line the groups (plugins) take turns, in a group the
// clients' addresses, and of an address the first is first. Whose group or address has as many
// threads as it may have is passed over.
//
// The line of known devices goes first, so that a flood of strangers holds nobody up who has been
// here before for longer than a thread needs to come free. While strangers wait, known devices
// leave them one of the threads, if there is more than one.
//
// Threads: whoever uses it has a lock.
class Waiting {
 public:
  struct Bounds {
    std::size_t waiting = 0;             // of each line
    std::size_t waiting_of_group = 0;    // the same for each group but 0
    std::size_t waiting_of_address = 0;  // and for each address but ""
    std::size_t threads = 0;
    std::size_t threads_of_group = 0;
    std::size_t threads_of_address = 0;
  };
  explicit Waiting(const Bounds& bounds) : bounds_(bounds) {}

  enum class Room : std::uint8_t { Free, Full, GroupFull, AddressFull };
  Room room_for(const Place& place) const;
  // At job->place. Requires a free room.
  void push(std::shared_ptr<Job> job);
  // False: it does not wait here.
  bool remove(const Job& job);

  bool has_next() const;
  // From now on its place counts as running. Requires has_next().
  std::shared_ptr<Job> take();
  void end_running(const Place& place);
  // Of what runs for so long that another thread stands in: it counts against its group alone.
  void forgive_address(Place& place);

  bool may_run(std::uint32_t group) const;  // as far as its threads go
  std::size_t size(Line line) const { return line_of(line).size; }
  void clear();

 private:
  // What one address waits for in one group. That of "" stays while it is empty: all that is not
  // hashed is nobody's, and need not make it anew each time.
  struct Queue {
    std::string address;
    std::deque<std::shared_ptr<Job>> jobs = {};
  };
  struct Group {
    std::list<Queue> queues{Queue{""}};
    std::unordered_map<std::string, std::list<Queue>::iterator> by_address{{"", queues.begin()}};
    std::size_t size = 0;
  };
  struct Lined {
    std::deque<Group> groups = {};  // they stay where they are
    std::size_t size = 0;
    std::size_t turn = 0;  // the group after the last that was served
    std::unordered_map<std::string, std::size_t> by_address = {};  // how many wait
  };
  struct Next {
    std::size_t group = 0;
    std::list<Queue>::iterator queue = {};
    bool found = false;
  };

  Lined& line_of(Line line) { return lines_[static_cast<std::size_t>(line)]; }
  const Lined& line_of(Line line) const { return lines_[static_cast<std::size_t>(line)]; }
  bool may_run(const Queue& queue) const;
  Next next_of(const Lined& line) const;
  bool known_may_run() const;
  void leave(Lined& line, std::size_t group, std::list<Queue>::iterator queue);

  const Bounds bounds_;
  std::array<Lined, 2> lines_;
  std::vector<std::size_t> running_of_group_;
  std::unordered_map<std::string, std::size_t> running_of_address_;
  std::size_t running_known_ = 0;
};

}  // namespace gatehouse::host
