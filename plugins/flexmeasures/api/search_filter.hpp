// The parameter `filter`: words as a shell splits them. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/result.hpp>

namespace gatehouse::flexmeasures {

// The words: quotes of either kind and backslashes group, as Python's shlex reads them. Errors:
// InvalidArgument ?filter: an open quote.
Result<std::vector<std::string>> split_filter(std::string_view filter);

// What UserListing::text and AccountListing::text take for the same words. "" for a filter without
// words. Errors: as split_filter().
Result<std::string> search_text(std::string_view filter);

// What a listing has against its text, as being about the parameter.
Error on_filter(Error error);

}  // namespace gatehouse::flexmeasures
