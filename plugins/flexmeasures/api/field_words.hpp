// What is said of a field that breaks its rule, in the words of marshmallow and webargs, which
// clients show to people. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include <gatehouse/result.hpp>

namespace gatehouse::flexmeasures {

// FieldError::code of a text that is shown as it is.
constexpr std::string_view kOwnWords = "own_words";
// The pointer of the number in the path.
constexpr std::string_view kPathId = "{id";
// The name of the field that stands for all of a body.
constexpr std::string_view kWholeBody = "_schema";

// Where it is: location "json", "query" or "path"; `item` is the place in a list, or "".
struct FaultPlace {
  std::string location;
  std::string field;
  std::string item;
};
FaultPlace place_of(const FieldError& fault);
std::string text_of(const FieldError& fault);

}  // namespace gatehouse::flexmeasures
