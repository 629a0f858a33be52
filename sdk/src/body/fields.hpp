// Walking a table of fields, which a plugin of another minor version may have made.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

#include <gatehouse/body/type.hpp>

namespace gatehouse::body {

inline const Field& field_at(const Type& type, std::uint32_t index) {
  const auto* const bytes = reinterpret_cast<const char*>(type.fields);
  return *reinterpret_cast<const Field*>(bytes + std::size_t{index} * type.field_stride);
}

inline const char* wire_name(const Field& field) {
  return field.rule->name != nullptr ? field.rule->name : field.name;
}

// A plugin of an older minor has no such word in its rules.
inline bool is_outside_etag(const Field& field) {
  return field.rule->size > offsetof(Rule, outside_etag) && field.rule->outside_etag;
}

}  // namespace gatehouse::body
