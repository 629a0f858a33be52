// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <gatehouse/body.hpp>
#include <gatehouse/cursor.hpp>
#include <gatehouse/digest.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse {
namespace {

// 64 bits: enough to notice a mistake.
constexpr std::size_t kDigestLength = 8;

// Whatever makes one list another.
std::string digest_of_list(const Call& call) {
  std::vector<std::pair<std::string, std::string>> parameters = call.parameters();
  std::erase_if(parameters, [](const auto& one) { return one.first == "cursor"; });
  std::stable_sort(parameters.begin(), parameters.end(), [](const auto& a, const auto& b) {
    return a.first < b.first;
  });
  std::string list(call.path());
  for (const auto& [name, value] : parameters) {
    list += format("\n{} {} {} {}", name.size(), name, value.size(), value);
  }
  const Sha256 digest = sha256(list);
  return {reinterpret_cast<const char*>(digest.data()), kDigestLength};
}

}  // namespace

std::string write_cursor_of(const Call& call, const Type& type, const void* position) {
  std::string cursor = digest_of_list(call);
  encode(type, position, cursor);
  return base64url_encode(cursor);
}

Result<None> read_cursor_of(const Call& call,
                            std::string_view cursor,
                            const Type& type,
                            void* position) {
  const std::optional<std::string> decoded = base64url_decode(cursor);
  const std::string_view text = decoded ? std::string_view(*decoded) : std::string_view();
  if (text.size() <= kDigestLength ||
      !decode(type, text.substr(kDigestLength), Lenient::Strict, position)) {
    return malformed("bad_cursor",
                     "The cursor is none of this server's: begin the list without one.");
  }
  if (text.substr(0, kDigestLength) != digest_of_list(call)) {
    return malformed("cursor_mismatch",
                     "The cursor belongs to a list with other parameters: keep them as they were, "
                     "or begin without a cursor.");
  }
  return None{};
}

}  // namespace gatehouse
