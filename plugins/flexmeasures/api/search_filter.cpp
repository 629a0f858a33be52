// SPDX-License-Identifier: Apache-2.0
#include "search_filter.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "answers.hpp"

namespace gatehouse::flexmeasures {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Reads what stands between quotes up to the closing one; false: there is none. Between double
// quotes a backslash escapes them and itself.
bool read_quoted(std::string_view text, std::size_t& at, std::string& word) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (text[at] == quote) return true;
    const bool escapes = quote == '"' && text[at] == '\\' && at + 1 < text.size() &&
                         (text[at + 1] == '"' || text[at + 1] == '\\');
    if (escapes) ++at;
    word += text[at];
  }
  return false;
}

Error open_end(std::string_view what) {
  return wrong_field("?filter", what);
}

}  // namespace

Result<std::vector<std::string>> split_filter(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool is_open = false;  // a word, perhaps an empty one in quotes
  const auto finish = [&] {
    if (is_open) words.push_back(std::exchange(word, {}));
    is_open = false;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_blank(c)) {
      finish();
      continue;
    }
    is_open = true;
    if (c == '"' || c == '\'') {
      if (!read_quoted(text, at, word)) return open_end("No closing quotation");
    } else if (c == '\\') {
      if (++at == text.size()) return open_end("No escaped character");
      word += text[at];
    } else {
      word += c;
    }
  }
  finish();
  return words;
}

Result<std::string> search_text(std::string_view filter) {
  GATEHOUSE_TRY(const auto words, split_filter(filter));
  std::string text;
  for (const std::string& word : words) {
    if (word.empty()) continue;  // is part of every text
    if (!text.empty()) text += ' ';
    // A listing groups by double quotes and cannot search for one: what stands around it is.
    std::string part = word;
    std::replace(part.begin(), part.end(), '"', ' ');
    text += part == word ? '"' + part + '"' : part;
  }
  return text;
}

Error on_filter(Error error) {
  for (FieldError& fault : error.fields) {
    if (fault.pointer == "?text") fault.pointer = "?filter";
  }
  return error;
}

}  // namespace gatehouse::flexmeasures
