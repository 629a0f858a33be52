// SPDX-License-Identifier: Apache-2.0
#include "storage/statement.hpp"

#include <stdexcept>

#include <gatehouse/text.hpp>

#include "storage/connection.hpp"
#include "storage/statement_lint.hpp"

namespace gatehouse::storage {
namespace {

// SOCI steps through rows only for a statement that has somewhere to put them. Its own cells cost
// half as much again as raw sqlite3 (measured: 1.48 for a page of rows, 1.07 this way), so this
// stands for the row, and Connection::fill() takes the columns from the engine's result.
class RowPlace final : public soci::details::into_type_base {
 public:
  void define(soci::details::statement_impl&, int&) override {}
  void pre_exec(int) override {}
  void pre_fetch() override {}
  void post_fetch(bool, bool) override {}
  void clean_up() override {}
  std::size_t size() const override { return 1; }
};

}  // namespace

CellKind cell_kind(Parameter::Kind kind) {
  switch (kind) {
    case Parameter::Kind::Boolean:
    case Parameter::Kind::Integer:
      return CellKind::Integer;
    case Parameter::Kind::Number:
      return CellKind::Number;
    case Parameter::Kind::Text:
      return CellKind::Text;
  }
  return CellKind::Integer;
}

Statement::Statement(Connection& connection,
                     std::string_view sql,
                     const Type* row,
                     std::span<const Parameter> parameters)
    : sql_(sql), row_(row), connection_(connection), statement_(connection.session()) {
  const StatementText text = check_statement(sql_);
  if (text.names != parameters.size()) {
    throw std::logic_error(format("storage: the statement has {} parameters, {} were given: {}",
                                  text.names,
                                  parameters.size(),
                                  sql_));
  }
  if (row_ != nullptr) layout_ = RowLayout(*row_, sql_);
  statement_.alloc();
  if (row_ != nullptr) statement_.exchange(soci::details::into_type_ptr(new RowPlace));
  send_parameters(parameters);
  try {
    statement_.prepare(sql_,
                       connection.prepares() ? soci::details::st_repeatable_query
                                             : soci::details::st_one_time_query);
    statement_.define_and_bind();
  } catch (const soci::soci_error& error) {
    throw connection.failure(error, sql_, nullptr);
  }
  writes_ = text.writes;
  if (const auto shape = connection.shape(statement_)) {
    writes_ = shape->writes;
    check_columns(shape->columns);
    columns_are_checked_ = true;
  }
}

bool Statement::execute() {
  const bool there = statement_.execute(true);
  if (!columns_are_checked_) {
    check_columns(connection_.columns_of_result(statement_));
    columns_are_checked_ = true;
  }
  return there;
}

void Statement::send_parameters(std::span<const Parameter> parameters) {
  parameters_.resize(parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    Cell& cell = parameters_[i];
    cell.kind = cell_kind(parameters[i].kind());
    switch (cell.kind) {
      case CellKind::Integer:
        statement_.exchange(soci::use(cell.integer, cell.indicator));
        break;
      case CellKind::Number:
        statement_.exchange(soci::use(cell.number, cell.indicator));
        break;
      case CellKind::Text:
        statement_.exchange(soci::use(cell.text, cell.indicator));
        break;
    }
  }
}

void Statement::check_columns(const std::vector<std::string>& columns) const {
  if (row_ == nullptr && !columns.empty()) {
    throw std::logic_error(format(
        "storage: run() is for statements without rows, use get(), find() or list(): {}", sql_));
  }
  layout_.check(columns, sql_);
}

bool Statement::fits(std::string_view sql,
                     const Type* row,
                     std::span<const Parameter> parameters) const {
  if (row != row_ || parameters.size() != parameters_.size() || sql != sql_) return false;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (cell_kind(parameters[i].kind()) != parameters_[i].kind) return false;
  }
  return true;
}

std::optional<Error> Statement::bind(std::span<const Parameter> parameters) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& parameter = parameters[i];
    Cell& cell = parameters_[i];
    cell.indicator = parameter.is_null() ? soci::i_null : soci::i_ok;
    switch (cell.kind) {
      case CellKind::Integer:
        cell.integer = parameter.integer();
        break;
      case CellKind::Number:
        cell.number = parameter.number();
        break;
      case CellKind::Text: {
        const std::string_view text = parameter.text();
        // PostgreSQL's back end cuts at NUL, SQLite keeps any bytes: neither may get that far.
        if (text.find('\0') != std::string_view::npos || !is_utf8(text)) {
          return Error{ErrorCode::InvalidArgument,
                       "invalid_text",
                       "A text holds characters that cannot be stored.",
                       {},
                       {}};
        }
        cell.text.assign(text);
        break;
      }
    }
  }
  return std::nullopt;
}

}  // namespace gatehouse::storage
