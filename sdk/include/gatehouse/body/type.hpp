// The table that stands for a C++ type in bodies and rows. A plugin's compiler makes it
// (describe.hpp), libgatehouse-sdk interprets it: to decode and encode JSON and forms, to write
// schemas, to fill rows.
//
// The layout is part of the ABI of SDK 1: members may only be appended, `version` says which are
// there, and arrays of fields are walked by `field_stride`. All tables are constants of the plugin,
// which is never unloaded. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gatehouse/export.hpp>

namespace gatehouse {

// g++ counts scoped enumerators that have a type's name as shadowing it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
enum class Kind : std::uint8_t {
  Boolean,     // bool
  Integer,     // std::int64_t
  Number,      // double
  String,      // std::string
  Time,        // gatehouse::Time; JSON string, SQL int64 microseconds
  Json,        // RawJson: any JSON value, kept as its compact text
  IdOrNumber,  // IdOrNumber: a JSON string or a positive integer that names an object
  Enum,        // by `names`; stored as the enumerator's number, written as its name
  Struct,      // by `fields`
  Array,       // std::vector<T>, by `element` and the sequence functions
  Optional,    // std::optional<T>: null is "nothing"
  Patch,       // Patch<T>: absent, null or a value (RFC 7396)
};
#pragma GCC diagnostic pop

struct Type;

// How a time is written on the wire.
enum class TimeForm : std::uint8_t { Rfc3339Milliseconds, IsoMicroseconds, HttpDate, EpochSeconds };

// What a field obeys beyond its type. Declared in `rules(Of<T>)` beside the struct, all optional.
struct Rule {
  std::uint32_t size = sizeof(Rule);
  const char* name = nullptr;     // the member's name on the wire, where it is no C++ identifier
  const char* text = nullptr;     // description in the schema
  const char* example = nullptr;  // JSON text, for the schema
  bool optional = false;   // may be absent on reading; then the member keeps its initial value
  bool omit_null = false;  // written only when it is not null
  // A Patch that cannot be cleared: for the schema only, the handler refuses null.
  bool never_null = false;
  TimeForm time = TimeForm::Rfc3339Milliseconds;
  std::uint32_t min_length = 0;  // code points
  std::uint32_t max_length = 0;  // code points; 0: no limit but the body's
  std::uint32_t max_bytes = 0;   // of the value's text; 0: no limit but the body's
  std::uint32_t max_items = 0;   // of an array; 0: 10,000
  bool has_minimum = false;      // whether `minimum` and `maximum` hold
  std::int64_t minimum = 0;
  std::int64_t maximum = 0;
  const char* format = nullptr;   // "email", "uri", ...: for the schema only
  const char* pattern = nullptr;  // ECMA-262, for the schema only; `check` is what is enforced
  // Returns "" or what is wrong, as the end of the sentence "The field ...". Never throws.
  const char* (*check)(std::string_view value) = nullptr;
  // Changes of it leave the ETag as it is (Route::etag()): for times that move by themselves.
  bool outside_etag = false;
};

struct Field {
  const char* name;  // in C++ and in SQL; on the wire rule->name, where that is set
  const Type* type;
  const Rule* rule;  // never null
  void* (*member)(void* object);
};

struct EnumName {
  const char* name;
  std::int64_t value;
};

struct Type {
  std::uint16_t version = 1;
  Kind kind = Kind::Boolean;
  std::size_t size = 0;
  const char* name = "";  // of a struct or an enum: "acme.notes.Note", unique over all plugins

  const Field* fields = nullptr;
  std::uint32_t field_count = 0;
  std::uint32_t field_stride = sizeof(Field);

  const EnumName* names = nullptr;
  std::uint32_t name_count = 0;
  std::int64_t (*enum_load)(const void* object) = nullptr;
  void (*enum_store)(void* object, std::int64_t value) = nullptr;

  const Type* element = nullptr;  // Array, Optional, Patch
  // Array: number of elements; the i-th; a new last one; back to none.
  std::size_t (*count)(const void* object) = nullptr;
  void* (*at)(void* object, std::size_t index) = nullptr;
  void* (*append)(void* object) = nullptr;
  void (*clear)(void* object) = nullptr;
  // Optional, Patch: the value inside or null; makes one and returns it.
  void* (*inside)(void* object) = nullptr;
  void* (*emplace)(void* object) = nullptr;
  // Optional, Patch: makes it a (present) null.
  void (*make_null)(void* object) = nullptr;
  // Patch: whether it is present at all.
  bool (*present)(const void* object) = nullptr;
  // Struct: one that nothing was read into, for the defaults in its schema.
  const void* (*initial)() = nullptr;
};

}  // namespace gatehouse
