// All that is wrong with the fields of one request, so that a client is told at once.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/result.hpp>

namespace gatehouse {

class FieldErrors {
 public:
  // `pointer`: a JSON pointer, "/email"; `code`: a snake_case word; `detail`: "" is no mistake.
  void add(std::string_view pointer, std::string_view code, std::string_view detail) {
    if (!detail.empty()) {
      errors_.push_back({std::string(pointer), std::string(code), std::string(detail)});
    }
  }
  // Those of an InvalidArgument.
  void add(const Error& error) {
    errors_.insert(errors_.end(), error.fields.begin(), error.fields.end());
  }
  // InvalidArgument with all of them, if there are any.
  Result<None> result() && {
    if (errors_.empty()) return None{};
    Error error = invalid("", "");
    error.fields = std::move(errors_);
    return error;
  }

 private:
  std::vector<FieldError> errors_;
};

}  // namespace gatehouse
