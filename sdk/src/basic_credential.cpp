// Reading HTTP Basic. SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <utility>

#include <gatehouse/authenticator.hpp>
#include <gatehouse/digest.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse {
namespace {

// A name of 255 characters of four bytes, ":", and 1,024 bytes of password, in base64.
constexpr std::size_t kMaxDecoded = 255 * 4 + 1 + 1'024;
constexpr std::size_t kMaxEncoded = (kMaxDecoded + 2) / 3 * 4;

}  // namespace

Result<std::optional<BasicCredential>> basic_credential(const Call& call) {
  const auto header = call.header("Authorization");
  if (!header) return std::optional<BasicCredential>();
  const std::size_t blank = header->find(' ');
  if (fold(header->substr(0, blank)) != "basic") return std::optional<BasicCredential>();
  std::string_view encoded =
      blank == std::string_view::npos ? std::string_view() : header->substr(blank);
  while (encoded.starts_with(' ')) encoded.remove_prefix(1);  // RFC 9110 11.4: one or more
  if (encoded.size() > kMaxEncoded) return unauthenticated();
  const std::optional<std::string> decoded = base64_decode(encoded);
  if (!decoded || !is_utf8(*decoded) || decoded->find('\0') != std::string::npos) {
    return unauthenticated();
  }
  const std::size_t colon = decoded->find(':');
  if (colon == std::string::npos) return unauthenticated();
  return std::optional<BasicCredential>(
      BasicCredential{decoded->substr(0, colon), decoded->substr(colon + 1)});
}

}  // namespace gatehouse
