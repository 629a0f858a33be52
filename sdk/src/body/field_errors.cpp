// SPDX-License-Identifier: Apache-2.0
#include "body/field_errors.hpp"

namespace gatehouse::body {

std::string Place::pointer() const {
  if (kind == Kind::Body) return {};
  if (kind == Kind::Query) return "?";
  std::string text = parent->pointer();
  if (parent->kind != Kind::Query) text += '/';
  if (kind == Kind::Item) return text + std::to_string(index);
  for (const char c : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

Result<None> FieldErrors::result() && {
  if (list_.empty()) return None{};
  return Error{ErrorCode::InvalidArgument,
               "invalid_fields",
               "The request breaks the rules of its fields.",
               std::move(list_),
               {}};
}

}  // namespace gatehouse::body
