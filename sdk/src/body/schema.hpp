// JSON Schema (2020-12, as OpenAPI 3.1 has it) out of tables. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <gatehouse/body/type.hpp>

#include "body/json_writer.hpp"

namespace gatehouse::body {

enum class Direction : std::uint8_t { Input, Output };

// Whether a member may be missing on reading; whether it always stands in what is written.
bool may_be_absent(const Field& field);
// In a query or a form, where an array without elements cannot be written.
bool may_be_absent_from_pairs(const Field& field);
// What a member of `type` is when a client leaves it out, as JSON; empty: nothing worth telling.
std::string default_of(const Type& type, const Field& field);
// Arrays, also optional ones: a name that may occur more than once.
bool holds_many(const Type& type);
bool is_always_written(const Field& field);

// All structs of a document. First use() every type that occurs, then write.
//
// A struct has one schema, unless it is both read and written and then requires different members:
// as input it is "XInput".
class Schemas {
 public:
  void use(const Type& type, Direction direction);
  // `initial`: the default as JSON; empty: there is none.
  void write(const Type& type,
             const Rule& rule,
             Direction direction,
             JsonWriter& out,
             std::string_view initial = {}) const;
  // The members of components/schemas.
  void write_components(JsonWriter& out) const;

 private:
  struct Component {
    const Type* type = nullptr;
    bool input = false;
    bool output = false;
    bool differs = false;
  };
  std::string name(const Type& type, Direction direction) const;
  void write_struct(const Component& component, Direction direction, JsonWriter& out) const;
  void write_members(const Type& type,
                     const Rule& rule,
                     Direction direction,
                     bool nullable,
                     JsonWriter& out) const;

  std::map<std::string, Component, std::less<>> components_;
};

}  // namespace gatehouse::body
