// SPDX-License-Identifier: Apache-2.0
#include "runtime/preconditions.hpp"

#include <algorithm>

#include <gatehouse/text.hpp>

#include "runtime/headers.hpp"

namespace gatehouse::runtime {
namespace {

constexpr std::string_view kBlanks = " \t";

void skip(std::string_view& text, std::string_view characters) {
  text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

// Takes "..." from the front of `text`; empty when there is none.
std::string_view take_quoted(std::string_view& text) {
  if (!text.starts_with('"')) return {};
  const std::size_t end = text.find('"', 1);
  if (end == text.npos) return {};
  const std::string_view quoted = text.substr(0, end + 1);
  const bool is_tag = std::all_of(quoted.begin(), quoted.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f;
  });
  if (!is_tag) return {};
  text.remove_prefix(quoted.size());
  return quoted;
}

Result<std::optional<TagList>> read_list(const Preconditions::Headers& headers,
                                         std::string_view name) {
  std::optional<std::string> value;
  for (const auto& [header, text] : headers) {
    if (!same_header(header, name)) continue;
    value = value ? *value + "," + text : text;
  }
  if (!value) return std::optional<TagList>();
  GATEHOUSE_TRY(TagList list, TagList::parse(name, *value));
  return std::optional<TagList>(std::move(list));
}

Error failed(std::string_view message) {
  return {ErrorCode::PreconditionFailed, "precondition_failed", std::string(message), {}, {}};
}

}  // namespace

Result<TagList> TagList::parse(std::string_view header, std::string_view value) {
  const Error bad = malformed(
      "bad_etag",
      "{} is \"*\" or a list of entity tags in double quotes, as the header ETag gave them.",
      header);
  TagList list;
  skip(value, kBlanks);
  if (value.starts_with('*')) {
    value.remove_prefix(1);
    skip(value, kBlanks);
    list.any_ = true;
    if (!value.empty()) return bad;
    return list;
  }
  for (skip(value, " \t,"); !value.empty(); skip(value, " \t,")) {
    const bool weak = value.starts_with("W/");
    if (weak) value.remove_prefix(2);
    const std::string_view opaque = take_quoted(value);
    if (opaque.empty()) return bad;
    list.tags_.push_back({std::string(opaque), weak});
    skip(value, kBlanks);
    if (!value.empty() && !value.starts_with(',')) return bad;
  }
  if (list.tags_.empty()) return bad;
  return list;
}

bool TagList::matches_strongly(std::string_view tag) const {
  return any_ || std::any_of(tags_.begin(), tags_.end(), [tag](const Tag& one) {
           return !one.weak && one.opaque == tag;
         });
}

bool TagList::matches_weakly(std::string_view tag) const {
  return any_ || std::any_of(tags_.begin(), tags_.end(), [tag](const Tag& one) {
           return one.opaque == tag;
         });
}

Result<Preconditions> Preconditions::read(const Headers& headers) {
  Preconditions preconditions;
  GATEHOUSE_TRY(preconditions.if_match_, read_list(headers, "If-Match"));
  GATEHOUSE_TRY(preconditions.if_none_match_, read_list(headers, "If-None-Match"));
  return preconditions;
}

Result<None> Preconditions::check_read(std::string_view tag) const {
  if (if_match_ && !if_match_->matches_strongly(tag)) {
    return failed("The object has changed since you read it: read it again, and then decide.");
  }
  return None{};
}

Result<None> Preconditions::check_change(std::string_view tag) const {
  GATEHOUSE_CHECK(check_read(tag));
  if (is_unchanged(tag)) return failed("The object is there, in a state that If-None-Match names.");
  return None{};
}

bool Preconditions::is_unchanged(std::string_view tag) const {
  return if_none_match_ && if_none_match_->matches_weakly(tag);
}

}  // namespace gatehouse::runtime
