// One value that is neither array nor object, wherever it was read from, and how it gets into a C++
// object under its rule. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include <gatehouse/body/lenient.hpp>
#include <gatehouse/body/type.hpp>

#include "body/field_errors.hpp"

namespace gatehouse::body {

struct Scalar {
  enum class Kind : std::uint8_t {
    Boolean,  // integer is 0 or 1
    Integer,
    Number,
    Huge,    // a number beyond all doubles
    String,  // of a JSON document
    Word,    // of a form or a query: text that may mean anything
    Other,   // an array or an object
  };
  Kind kind = Kind::Other;
  std::int64_t integer = 0;
  double number = 0;
  std::string_view text{};  // of all but Boolean and Other
};

// Every kind but Struct, Array, Optional, Patch and Json.
void read_scalar(const Type& type,
                 const Rule& rule,
                 const Scalar& scalar,
                 Lenient lenient,
                 void* object,
                 const Place& place,
                 FieldErrors& errors);

// The rules for text: well-formed, without NUL, lengths, check. False when one is broken.
bool check_text(std::string_view text, const Rule& rule, const Place& place, FieldErrors& errors);

// How many elements an array may have.
std::size_t most_items(const Rule& rule);

}  // namespace gatehouse::body
