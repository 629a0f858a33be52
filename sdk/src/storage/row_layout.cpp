// SPDX-License-Identifier: Apache-2.0
#include "storage/row_layout.hpp"

#include <stdexcept>

#include <gatehouse/text.hpp>

namespace gatehouse::storage {
namespace {

bool fits_a_column(Kind kind) {
  switch (kind) {
    case Kind::Boolean:
    case Kind::Integer:
    case Kind::Number:
    case Kind::String:
    case Kind::Time:
    case Kind::Json:
    case Kind::Enum:
      return true;
    case Kind::IdOrNumber:
    case Kind::Struct:
    case Kind::Array:
    case Kind::Optional:
    case Kind::Patch:
      return false;
  }
  return false;
}

const Field& field_at(const Type& type, std::size_t index) {
  const auto* begin = reinterpret_cast<const char*>(type.fields);
  return *reinterpret_cast<const Field*>(begin + index * type.field_stride);
}

}  // namespace

RowLayout::RowLayout(const Type& row, std::string_view sql) {
  if (row.kind != Kind::Struct) {
    add(nullptr, row, nullptr, sql);
    return;
  }
  columns_.reserve(row.field_count);
  for (std::size_t i = 0; i < row.field_count; ++i) {
    const Field& field = field_at(row, i);
    add(field.name, *field.type, field.member, sql);
  }
}

void RowLayout::add(const char* name,
                    const Type& type,
                    void* (*member)(void*),
                    std::string_view sql) {
  Column column{member, nullptr, &type, name};
  if (type.kind == Kind::Optional) {
    column.optional = &type;
    column.value = type.element;
  }
  if (!fits_a_column(column.value->kind)) {
    throw std::logic_error(format(
        "storage: the field '{}' has a type that no column holds (bool, std::int64_t, double, "
        "std::string, Time, RawJson, enums and std::optional of these do): {}",
        name != nullptr ? name : "(the row)",
        sql));
  }
  columns_.push_back(column);
}

void RowLayout::check(const std::vector<std::string>& columns, std::string_view sql) const {
  if (columns.size() != columns_.size()) {
    throw std::logic_error(format("storage: the statement has {} columns, the row {} fields: {}",
                                  columns.size(),
                                  columns_.size(),
                                  sql));
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name == nullptr || columns[i] == columns_[i].name) continue;
    throw std::logic_error(format("storage: column {} is '{}', the field is '{}': {}",
                                  i + 1,
                                  columns[i],
                                  columns_[i].name,
                                  sql));
  }
}

void RowLayout::refuse_null(const Column& column, std::string_view sql) {
  throw std::runtime_error(format("storage: NULL in column '{}', whose field is not optional: {}",
                                  column.name != nullptr ? column.name : "1",
                                  sql));
}

}  // namespace gatehouse::storage
