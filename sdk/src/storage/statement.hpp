// One prepared statement with its typed cells, bound once and used again and again.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <soci/soci.h>

#include <gatehouse/result.hpp>
#include <gatehouse/storage/parameter.hpp>

#include "storage/row_layout.hpp"

namespace gatehouse::storage {

class Connection;

// What SOCI sends for one parameter. Integers are always 64 bits: SOCI cuts silently in narrower
// ones.
enum class CellKind : std::uint8_t { Integer, Number, Text };
CellKind cell_kind(Parameter::Kind kind);

struct Cell {
  CellKind kind = CellKind::Integer;
  soci::indicator indicator = soci::i_ok;
  long long integer = 0;
  double number = 0;
  std::string text;
};

// Threads: one at a time, its connection's. Must die before its connection's session.
class Statement {
 public:
  // `row`: null for a statement without rows. Throws std::logic_error where text, parameters and
  // row do not fit together, DbError where the engine refuses the text.
  Statement(Connection& connection,
            std::string_view sql,
            const Type* row,
            std::span<const Parameter> parameters);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  bool fits(std::string_view sql, const Type* row, std::span<const Parameter> parameters) const;

  // An error for text that no engine can keep: NUL, or not UTF-8.
  std::optional<Error> bind(std::span<const Parameter> parameters);
  // True while there is a row. Throws what SOCI throws.
  bool execute();
  bool fetch() { return statement_.fetch(); }
  std::int64_t affected_rows() { return statement_.get_affected_rows(); }
  bool writes() const { return writes_; }
  soci::statement& native() { return statement_; }
  std::string_view sql() const { return sql_; }
  const RowLayout& layout() const { return layout_; }

 private:
  void send_parameters(std::span<const Parameter> parameters);
  void check_columns(const std::vector<std::string>& columns) const;

  std::string sql_;
  const Type* row_;
  RowLayout layout_;
  std::vector<Cell> parameters_;  // never resized once bound
  Connection& connection_;
  bool writes_ = false;
  bool columns_are_checked_ = false;
  soci::statement statement_;  // last: it points into the cells
};

}  // namespace gatehouse::storage
