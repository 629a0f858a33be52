// When and from where tokens were used last: noted by requests in memory, written once a minute.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/context.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::tokens {

// Of tokens of one kind, by what their rows are found by. Threads: any.
template <class Key>
class LastUses {
 public:
  // Tokens used within one minute beyond these are noted a minute later.
  static constexpr std::size_t kLimit = 10'000;

  struct Use {
    Time at;
    std::string address;
  };
  using Write = std::function<Result<None>(Session&, const Key&, const Use&)>;

  // `lost`: the event of the log when uses could not be written. `write`: one of them.
  LastUses(Context& host, std::string_view lost, Write write)
      : host_(host), lost_(lost), write_(std::move(write)) {}

  // Blocking: a mutex.
  void note(const Key& token, Time at, std::string_view address) {
    const std::lock_guard lock(mutex_);
    if (noted_.size() >= kLimit && noted_.find(token) == noted_.end()) return;
    noted_[token] = {at, std::string(address)};
  }

  // Blocking: the database. What cannot be written is forgotten: the next use is noted again.
  void write() {
    Uses uses;
    {
      const std::lock_guard lock(mutex_);
      uses.swap(noted_);
    }
    for (auto next = uses.cbegin(); next != uses.cend();) {
      if (const auto written = write_batch(next, uses); !written) {
        host_.log().warning(lost_,
                            "When {} tokens were used last could not be written: {}",
                            std::distance(next, uses.cend()),
                            written.error().message);
        return;
      }
    }
  }

 private:
  // In the order of the keys, so that processes which write at once never wait for each other in a
  // circle.
  using Uses = std::map<Key, Use>;
  static constexpr std::size_t kBatch = 200;  // rows of a transaction; other writers wait for it

  // `next` is then what follows.
  Result<None> write_batch(typename Uses::const_iterator& next, const Uses& uses) {
    auto end = next;
    for (std::size_t i = 0; i < kBatch && end != uses.cend(); ++i) ++end;
    const auto write_all = [&](Session& db) -> Result<None> {
      for (auto use = next; use != end; ++use) {
        GATEHOUSE_CHECK(write_(db, use->first, use->second));
      }
      return None{};
    };
    GATEHOUSE_CHECK(host_.storage().write(write_all));
    next = end;
    return None{};
  }

  Context& host_;
  const std::string_view lost_;
  const Write write_;
  std::mutex mutex_;  // guards noted_
  Uses noted_;
};

}  // namespace gatehouse::tokens
