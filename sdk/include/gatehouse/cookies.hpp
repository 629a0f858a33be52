// Cookies, for dialects whose clients are browsers (security.md 16); /v1 takes none.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/call.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// The value of the first cookie of that name, without quotes around it; what is no pair of a name
// and a value is skipped. Of several Cookie headers, which browsers never send (RFC 6265 5.4), only
// the first is looked at, for Call::header() has no other. The view lives as long as the call.
GATEHOUSE_API std::optional<std::string_view> find_cookie(const Call& call, std::string_view name);

// A cookie for one mount: HttpOnly, SameSite=Lax, and Secure but where the public URL
// (Context::public_url()) is plain http on loopback. Its Path is that of the public URL, which a
// proxy takes away before the server, followed by the cookie's, without a slash at the end:
// "/sub/api/v1" of https://id.example.org/sub and "/api/v1", "/sub" of that and "/".
struct NewCookie {
  std::string_view name;
  std::string_view value;        // no blanks, quotes, commas, semicolons or backslashes
  std::string_view path;         // as the server sees it: the mount, or "/"
  std::chrono::seconds life{0};  // 0: the browser drops it at once
};
// For Set-Cookie. std::logic_error for a name, value or path that cannot stand in a cookie.
GATEHOUSE_API std::string write_cookie(const NewCookie& cookie, std::string_view public_url);

// Whether a request that came with a cookie was made by a page of ours, and not by one that only
// knows that the browser sends the cookie along. GET and HEAD pass. Others need an Origin that is
// the public URL's (RFC 6454: whatever the case, with or without the scheme's own port) or, where
// there is none, a Sec-Fetch-Site that is absent or "same-origin"; and a body, if any, of content
// type application/json. Errors: PermissionDenied cross_site.
GATEHOUSE_API Result<None> check_same_site(const Call& call, std::string_view public_url);

}  // namespace gatehouse
