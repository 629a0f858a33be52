// SPDX-License-Identifier: Apache-2.0
#include "last_uses.hpp"

#include <iterator>
#include <utility>

#include <gatehouse/log.hpp>

namespace gatehouse::tokens {
namespace {

constexpr std::size_t kBatch = 200;  // rows of one transaction, which keeps other writers waiting

}  // namespace

void LastUses::note(std::int64_t token, Time at, std::string_view address) {
  const std::lock_guard lock(mutex_);
  if (noted_.size() >= kLimit && noted_.find(token) == noted_.end()) return;
  noted_[token] = {at, std::string(address)};
}

void LastUses::write() {
  Uses uses;
  {
    const std::lock_guard lock(mutex_);
    uses.swap(noted_);
  }
  for (auto next = uses.cbegin(); next != uses.cend();) {
    if (const auto written = write(next, uses); !written) {
      host_.log().warning("api_token_uses_lost",
                          "When {} API tokens were used last could not be written: {}",
                          std::distance(next, uses.cend()),
                          written.error().message);
      return;
    }
  }
}

// One batch; `next` is then what follows.
Result<None> LastUses::write(Uses::const_iterator& next, const Uses& uses) {
  auto end = next;
  for (std::size_t i = 0; i < kBatch && end != uses.cend(); ++i) ++end;
  const auto note_all = [&](Session& db) -> Result<None> {
    for (auto use = next; use != end; ++use) {
      GATEHOUSE_CHECK(tokens_.note_use(db, use->first, use->second.at, use->second.address));
    }
    return None{};
  };
  GATEHOUSE_CHECK(host_.storage().write(note_all));
  next = end;
  return None{};
}

}  // namespace gatehouse::tokens
