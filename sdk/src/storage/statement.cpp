// SPDX-License-Identifier: Apache-2.0
#include "storage/statement.hpp"

#include <chrono>
#include <stdexcept>

#include <gatehouse/body/values.hpp>
#include <gatehouse/text.hpp>
#include <gatehouse/time.hpp>

#include "storage/connection.hpp"
#include "storage/statement_lint.hpp"

namespace gatehouse::storage {
namespace {

std::optional<CellKind> cell_kind(const Type& type) {
  switch (type.kind) {
    case Kind::Boolean:
    case Kind::Integer:
    case Kind::Time:
    case Kind::Enum:
      return CellKind::Integer;
    case Kind::Number:
      return CellKind::Number;
    case Kind::String:
    case Kind::Json:
      return CellKind::Text;
    case Kind::IdOrNumber:
    case Kind::Struct:
    case Kind::Array:
    case Kind::Optional:
    case Kind::Patch:
      return std::nullopt;
  }
  return std::nullopt;
}

const Field& field_at(const Type& type, std::size_t index) {
  const auto* begin = reinterpret_cast<const char*>(type.fields);
  return *reinterpret_cast<const Field*>(begin + index * type.field_stride);
}

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
    : sql_(sql), row_(row), statement_(connection.session()) {
  const std::size_t names = check_statement(sql_);
  if (row_ != nullptr) lay_out(*row_);
  parameters_.resize(parameters.size());

  statement_.alloc();
  for (Column& column : columns_) {
    Cell& cell = column.cell;
    switch (cell.kind) {
      case CellKind::Integer:
        statement_.exchange(soci::into(cell.integer, cell.indicator));
        break;
      case CellKind::Number:
        statement_.exchange(soci::into(cell.number, cell.indicator));
        break;
      case CellKind::Text:
        statement_.exchange(soci::into(cell.text, cell.indicator));
        break;
    }
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    Cell& cell = parameters_[i];
    cell.kind = storage::cell_kind(parameters[i].kind());
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
  try {
    statement_.prepare(sql_, soci::details::st_repeatable_query);
    statement_.define_and_bind();
  } catch (const soci::soci_error& error) {
    throw connection.failure(error, sql_);
  }
  check(connection, names);
}

void Statement::lay_out(const Type& row) {
  if (row.kind != Kind::Struct) {
    add_column(nullptr, row, nullptr);
    return;
  }
  columns_.reserve(row.field_count);
  for (std::size_t i = 0; i < row.field_count; ++i) {
    const Field& field = field_at(row, i);
    add_column(field.name, *field.type, field.member);
  }
}

void Statement::add_column(const char* name, const Type& type, void* (*member)(void*)) {
  Column column{member, nullptr, &type, name, {}};
  if (type.kind == Kind::Optional) {
    column.optional = &type;
    column.value = type.element;
  }
  const std::optional<CellKind> kind = cell_kind(*column.value);
  if (!kind) {
    throw std::logic_error(format(
        "storage: the field '{}' has a type that no column holds (bool, std::int64_t, double, "
        "std::string, Time, RawJson, enums and std::optional of these do): {}",
        name != nullptr ? name : "(the row)",
        sql_));
  }
  column.cell.kind = *kind;
  columns_.push_back(std::move(column));
}

void Statement::check(Connection& connection, std::size_t names) {
  if (names != parameters_.size()) {
    throw std::logic_error(format("storage: the statement has {} parameters, {} were given: {}",
                                  names,
                                  parameters_.size(),
                                  sql_));
  }
  const Connection::Shape shape = connection.shape(statement_);
  writes_ = shape.writes;
  if (row_ == nullptr && !shape.columns.empty()) {
    throw std::logic_error(format(
        "storage: run() is for statements without rows, use get(), find() or list(): {}", sql_));
  }
  if (shape.columns.size() != columns_.size()) {
    throw std::logic_error(format("storage: the statement has {} columns, the row {} fields: {}",
                                  shape.columns.size(),
                                  columns_.size(),
                                  sql_));
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name == nullptr || shape.columns[i] == columns_[i].name) continue;
    throw std::logic_error(format("storage: column {} is '{}', the field is '{}': {}",
                                  i + 1,
                                  shape.columns[i],
                                  columns_[i].name,
                                  sql_));
  }
}

bool Statement::fits(std::string_view sql,
                     const Type* row,
                     std::span<const Parameter> parameters) const {
  if (row != row_ || parameters.size() != parameters_.size() || sql != sql_) return false;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (storage::cell_kind(parameters[i].kind()) != parameters_[i].kind) return false;
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

void Statement::store(void* row) {
  for (Column& column : columns_) {
    void* target = column.member != nullptr ? column.member(row) : row;
    Cell& cell = column.cell;
    if (cell.indicator == soci::i_null) {
      if (column.optional != nullptr) {
        if (column.optional->make_null != nullptr) column.optional->make_null(target);
        continue;
      }
      throw std::runtime_error(
          format("storage: NULL in column '{}', whose field is not optional: {}",
                 column.name != nullptr ? column.name : "1",
                 sql_));
    }
    if (column.optional != nullptr) target = column.optional->emplace(target);
    switch (column.value->kind) {
      case Kind::Boolean:
        *static_cast<bool*>(target) = cell.integer != 0;
        break;
      case Kind::Integer:
        *static_cast<std::int64_t*>(target) = cell.integer;
        break;
      case Kind::Time:
        *static_cast<Time*>(target) = Time(std::chrono::microseconds(cell.integer));
        break;
      case Kind::Enum:
        column.value->enum_store(target, cell.integer);
        break;
      case Kind::Number:
        *static_cast<double*>(target) = cell.number;
        break;
      case Kind::String:
        static_cast<std::string*>(target)->swap(cell.text);
        break;
      case Kind::Json:
        static_cast<RawJson*>(target)->text.swap(cell.text);
        break;
      case Kind::IdOrNumber:
      case Kind::Struct:
      case Kind::Array:
      case Kind::Optional:
      case Kind::Patch:
        break;  // add_column() has refused these
    }
  }
}

}  // namespace gatehouse::storage
