// SPDX-License-Identifier: Apache-2.0
#include "storage/statement_cache.hpp"

#include <iterator>

namespace gatehouse::storage {
namespace {

std::uint64_t key_of(std::string_view sql, const Type* row, std::span<const Parameter> parameters) {
  constexpr std::uint64_t kPrime = 0x100000001b3;  // FNV-1a, 64 bits
  std::uint64_t key = 0xcbf29ce484222325;
  const auto mix = [&key](std::uint64_t value) { key = (key ^ value) * kPrime; };
  mix(reinterpret_cast<std::uintptr_t>(sql.data()));
  mix(sql.size());
  mix(reinterpret_cast<std::uintptr_t>(row));
  for (const Parameter& parameter : parameters) {
    mix(static_cast<std::uint64_t>(cell_kind(parameter.kind())) + 1);
  }
  return key;
}

}  // namespace

Statement& StatementCache::find_or_prepare(Connection& connection,
                                           std::string_view sql,
                                           const Type* row,
                                           std::span<const Parameter> parameters) {
  const std::uint64_t key = key_of(sql, row, parameters);
  if (const auto found = entries_.find(key); found != entries_.end()) {
    const auto entry = found->second;
    if (entry->statement.fits(sql, row, parameters)) {
      if (entry != order_.begin()) order_.splice(order_.begin(), order_, entry);
      return entry->statement;
    }
    erase(entry);
  }
  if (order_.size() >= capacity_) erase(std::prev(order_.end()));
  order_.emplace_front(key, connection, sql, row, parameters);
  entries_.emplace(key, order_.begin());
  ++prepared_;
  return order_.front().statement;
}

void StatementCache::erase(std::list<Entry>::iterator entry) {
  entries_.erase(entry->key);
  order_.erase(entry);
}

void StatementCache::clear() {
  entries_.clear();
  order_.clear();
}

}  // namespace gatehouse::storage
