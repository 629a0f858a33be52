// The statements a connection keeps, the least recently used one going first.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <gatehouse/export.hpp>

#include "storage/statement.hpp"

namespace gatehouse::storage {

// Found by where the text stands (statements are literals), row type and kinds of parameters; the
// text itself is compared too, so that a text that was no literal costs time and not correctness.
class GATEHOUSE_API StatementCache {
 public:
  explicit StatementCache(std::size_t capacity) : capacity_(capacity) {}

  Statement& find_or_prepare(Connection& connection,
                             std::string_view sql,
                             const Type* row,
                             std::span<const Parameter> parameters);
  void clear();
  std::size_t size() const { return order_.size(); }
  // How many were prepared since the last call.
  std::uint64_t take_prepared() { return std::exchange(prepared_, 0); }

 private:
  struct Entry {
    template <class... A>
    explicit Entry(std::uint64_t entry_key, A&&... a) : key(entry_key), statement(a...) {}
    std::uint64_t key;
    Statement statement;
  };
  void erase(std::list<Entry>::iterator entry);

  std::size_t capacity_;
  std::uint64_t prepared_ = 0;
  std::list<Entry> order_;  // most recently used first
  std::unordered_map<std::uint64_t, std::list<Entry>::iterator> entries_;
};

}  // namespace gatehouse::storage
