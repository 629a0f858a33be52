// Described types to and from text: JSON and forms. Routes do this by themselves; these are for
// everything else that reads or writes a body. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/lenient.hpp>
#include <gatehouse/body/type.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// Reads into an object that was made fresh; after an error it is half filled. Threads: any. Never
// blocks.
//
// Errors: Malformed        not JSON (with the byte offset), not UTF-8, nested deeper than 32;
//         InvalidArgument  all fields that break a rule, at most 64, as JSON pointers with the
//         codes
//                          required, type, range, too_short, too_long, too_many, unknown,
//                          duplicate, invalid, null, enum.
GATEHOUSE_API Result<None> decode(const Type& type,
                                  std::string_view json,
                                  Lenient lenient,
                                  void* object);
// The same from application/x-www-form-urlencoded: scalars from their text, arrays from repeated
// names.
GATEHOUSE_API Result<None> decode_urlencoded(const Type& type,
                                             std::string_view form,
                                             Lenient lenient,
                                             void* object);
// Appends compact JSON; the same object always gives the same bytes. Bytes that are no UTF-8 become
// U+FFFD. An enum that has no enumerator is a std::logic_error.
GATEHOUSE_API void encode(const Type& type, const void* object, std::string& out);
// The strong ETag of an object (RFC 9110 8.8.3), in quotes: a digest of its JSON without what its
// rules place outside it.
GATEHOUSE_API std::string entity_tag(const Type& type, const void* object);
// encode() and entity_tag() at once.
GATEHOUSE_API std::string encode_tagged(const Type& type, const void* object, std::string& out);

// RFC 7396 on texts, for a member that is RawJson: objects are merged at every depth, null takes a
// member away, all else replaces. Compact; the members of the target come first. Malformed: either
// is not JSON, or nested deeper than 32.
GATEHOUSE_API Result<std::string> merge_patch(std::string_view target_json,
                                              std::string_view patch_json);

template <class T>
Result<T> decode_json(std::string_view json, Lenient lenient = Lenient::Strict) {
  T value{};
  GATEHOUSE_CHECK(decode(type_of<T>(), json, lenient, &value));
  return value;
}
template <class T>
Result<T> decode_form(std::string_view form, Lenient lenient = Lenient::Strict) {
  T value{};
  GATEHOUSE_CHECK(decode_urlencoded(type_of<T>(), form, lenient, &value));
  return value;
}
template <class T>
std::string encode_json(const T& value) {
  std::string out;
  encode(type_of<T>(), &value, out);
  return out;
}

}  // namespace gatehouse
