// The readers behind body.hpp, in a form that lets a route collect the errors of its query and its
// body in one list. What is returned is only what makes reading on senseless (Malformed).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/body/lenient.hpp>
#include <gatehouse/body/type.hpp>
#include <gatehouse/result.hpp>

#include "body/field_errors.hpp"
#include "body/scalar.hpp"

namespace gatehouse::body {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Result<None> read_json(
    const Type& type, std::string_view json, Lenient lenient, void* object, FieldErrors& errors);
// The pairs of a form; Malformed for broken escapes.
Result<Pairs> split_form(std::string_view form);
// `root`: Place::Kind::Body for a form, Query for a query string.
void read_pairs(const Type& type,
                const Pairs& pairs,
                const Place& root,
                Lenient lenient,
                void* object,
                FieldErrors& errors);

}  // namespace gatehouse::body
