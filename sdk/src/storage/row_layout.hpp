// How the columns of a statement become the fields of a row type.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/type.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::storage {

// Made once for each prepared statement.
class GATEHOUSE_API RowLayout {
 public:
  RowLayout() = default;  // a statement without rows
  // Throws std::logic_error naming the field that no column can hold, and `sql`.
  RowLayout(const Type& row, std::string_view sql);

  // Throws std::logic_error when the columns' number, order or names are not the fields'.
  void check(const std::vector<std::string>& columns, std::string_view sql) const;

  // Fills the new object `row` from the source's current row. A source has, for a column's index,
  //   bool is_null(i), std::int64_t integer(i) and double number(i) (0 for NULL), and
  //   std::string_view text(i) (without data() for NULL).
  // It is asked as little as possible: asking SQLite costs more than all that is done here. Throws
  // std::runtime_error for a NULL whose field is not optional.
  template <class Source>
  void fill(Source source, void* row, std::string_view sql) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Column& column = columns_[i];
      void* target = column.member != nullptr ? column.member(row) : row;
      if (!read(source, static_cast<int>(i), column, target)) refuse_null(column, sql);
    }
  }

 private:
  struct Column {
    void* (*member)(void* object);  // null: the row is the value
    const Type* optional;           // the optional around the value, or null
    const Type* value;
    const char* name;
  };
  void add(const char* name, const Type& type, void* (*member)(void*), std::string_view sql);
  [[noreturn]] static void refuse_null(const Column& column, std::string_view sql);

  static void* place(const Column& column, void* target) {
    return column.optional != nullptr ? column.optional->emplace(target) : target;
  }
  // False: a NULL without a place. A new row's optionals are nothing already.
  template <class Source>
  static bool read(Source source, int i, const Column& column, void* target) {
    switch (column.value->kind) {
      case Kind::Boolean:
      case Kind::Integer:
      case Kind::Time:
      case Kind::Enum: {
        const std::int64_t integer = source.integer(i);
        if (integer == 0 && source.is_null(i)) return column.optional != nullptr;
        store(*column.value, place(column, target), integer);
        return true;
      }
      case Kind::Number: {
        const double number = source.number(i);
        if (number == 0 && source.is_null(i)) return column.optional != nullptr;
        *static_cast<double*>(place(column, target)) = number;
        return true;
      }
      case Kind::String:
      case Kind::Json: {
        const auto text = source.text(i);
        if (text.data() == nullptr) return column.optional != nullptr;
        void* to = place(column, target);
        (column.value->kind == Kind::String ? *static_cast<std::string*>(to)
                                            : static_cast<RawJson*>(to)->text) = text;
        return true;
      }
      case Kind::IdOrNumber:
      case Kind::Struct:
      case Kind::Array:
      case Kind::Optional:
      case Kind::Patch:
        break;  // add() has refused these
    }
    return false;
  }
  static void store(const Type& type, void* target, std::int64_t integer) {
    switch (type.kind) {
      case Kind::Boolean:
        *static_cast<bool*>(target) = integer != 0;
        return;
      case Kind::Time:
        *static_cast<Time*>(target) = Time(std::chrono::microseconds(integer));
        return;
      case Kind::Enum:
        type.enum_store(target, integer);
        return;
      default:
        *static_cast<std::int64_t*>(target) = integer;
    }
  }

  std::vector<Column> columns_;
};

}  // namespace gatehouse::storage
