// What a deployment vouches for with its keys: the newest row of a chain, and where a chain begins
// since it was pruned. Whoever has the database alone can make neither.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include <gatehouse/keys.hpp>

#include "audit_event.hpp"

namespace gatehouse::audit {

inline std::string seal_head(const Keys& keys,
                             std::int64_t chain,
                             std::int64_t sequence,
                             std::string_view hash) {
  return keys.mac("head", {std::to_string(chain), std::to_string(sequence), hash});
}
inline bool holds_head(const Keys& keys, const ChainHead& head) {
  return keys.verify(
      "head", head.mac, {std::to_string(head.chain), std::to_string(head.sequence), head.hash});
}

// What stands in the place of a code behind a head that did not hold: it never holds either.
inline constexpr std::string_view kForged = "forged";

// `first`: the oldest row that is kept; `hash`: of the row before it.
inline std::string seal_cut(const Keys& keys,
                            std::int64_t chain,
                            std::int64_t first,
                            std::string_view hash) {
  return keys.mac("cut", {std::to_string(chain), std::to_string(first), hash});
}
inline bool holds_cut(const Keys& keys, const ChainHead& head) {
  if (head.first == 1 && head.first_hash.empty() && head.cut_mac.empty()) return true;
  return keys.verify("cut",
                     head.cut_mac,
                     {std::to_string(head.chain), std::to_string(head.first), head.first_hash});
}

}  // namespace gatehouse::audit
