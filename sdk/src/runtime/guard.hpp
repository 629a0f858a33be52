// What an exception of any type says. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <exception>
#include <string>

namespace gatehouse::runtime {

// Copies the text, so that nothing of a plugin's exception outlives the call that threw it.
inline std::string text_of(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "unknown exception (not a std::exception)";
  }
}

}  // namespace gatehouse::runtime
