// A scanner that knows just enough SQL: words, quoted text, `:names`.
// SPDX-License-Identifier: Apache-2.0
#include "storage/statement_lint.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include <gatehouse/text.hpp>

namespace gatehouse::storage {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

class Scanner {
 public:
  explicit Scanner(std::string_view sql) : sql_(sql) {}

  StatementText scan() {
    while (at_ < sql_.size()) step();
    return {names_.size(), writes_};
  }

 private:
  [[noreturn]] void refuse(std::string_view why) const {
    throw std::logic_error(format("storage: {}: {}", why, sql_));
  }

  void step() {
    const char c = sql_[at_];
    const std::string_view rest = sql_.substr(at_);
    if (c == '\'' || c == '"') {
      skip_quoted(c);
    } else if (is_word(c)) {
      take_word();
    } else if (c == ':') {
      take_name();
    } else {
      if (rest.starts_with("--") || rest.starts_with("/*")) {
        refuse("a statement holds no comments (say it in C++ above it)");
      }
      if (c == '?' || c == '@' || c == '$') refuse("parameters are written :name");
      if (c == ';' && rest.find_first_not_of("; \t\r\n") != std::string_view::npos) {
        refuse("one statement at a time (only migrations hold several)");
      }
      if (c == '*' && stands_for_all_columns()) {
        refuse("name the columns instead of * (a later migration may add one)");
      }
      if (c > ' ') before_ = c;
      ++at_;
    }
  }

  // '*' as a factor follows an operand, in count(*) a parenthesis.
  bool stands_for_all_columns() const {
    static constexpr std::array<std::string_view, 4> kLists = {
        "select", "distinct", "all", "returning"};
    if (before_ == '.' || before_ == ',') return true;
    return before_ == 'w' && std::find(kLists.begin(), kLists.end(), word_) != kLists.end();
  }

  void skip_quoted(char quote) {
    const std::size_t end = sql_.find(quote, at_ + 1);
    if (end == std::string_view::npos) refuse("a quote is not closed");
    at_ = end + 1;
    before_ = quote;
  }

  void take_word() {
    const std::size_t begin = at_;
    while (at_ < sql_.size() && is_word(sql_[at_])) ++at_;
    const bool first = word_.empty();
    word_ = lower(sql_.substr(begin, at_ - begin));
    before_ = 'w';
    static constexpr std::array<std::string_view, 3> kWriting = {"insert", "update", "delete"};
    if (std::find(kWriting.begin(), kWriting.end(), word_) != kWriting.end()) writes_ = true;
    static constexpr std::array<std::string_view, 6> kVerbs = {
        "select", "with", "values", "insert", "update", "delete"};
    if (first && std::find(kVerbs.begin(), kVerbs.end(), word_) == kVerbs.end()) {
      refuse("a statement begins with select, with, values, insert, update or delete");
    }
  }

  void take_name() {
    if (sql_.substr(at_).starts_with("::")) refuse("write cast(x as type) instead of x::type");
    const std::size_t begin = ++at_;
    while (at_ < sql_.size() && is_word(sql_[at_])) ++at_;
    const std::string_view name = sql_.substr(begin, at_ - begin);
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) refuse("':' begins a :name");
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
      refuse(format("':{}' stands twice; give the second one a name of its own", name));
    }
    names_.push_back(name);
    before_ = 'n';
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  char before_ = 0;   // the last token: its character, 'w' a word, 'n' a name
  std::string word_;  // the last word, in lower case
  bool writes_ = false;
  std::vector<std::string_view> names_;
};

}  // namespace

StatementText check_statement(std::string_view sql) {
  return Scanner(sql).scan();
}

}  // namespace gatehouse::storage
