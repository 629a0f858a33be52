// Cookies as dialects read, write and distrust them (security.md 16).
// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include <gtest/gtest.h>

#include <gatehouse/cookies.hpp>

#include "fake_call.hpp"

namespace gatehouse {
namespace {

using std::chrono::seconds;

std::string found(const std::string& header) {
  FakeCall call;
  call.headers["Cookie"] = header;
  return std::string(find_cookie(call, "token").value_or("-"));
}

TEST(Cookies, AreFoundByTheirWholeName) {
  EXPECT_EQ(found("token=a"), "a");
  EXPECT_EQ(found("x=1; token=a.b-c; y=2"), "a.b-c");
  EXPECT_EQ(found("token=\"a\""), "a");
  EXPECT_EQ(found("token=a=="), "a==");
  EXPECT_EQ(found("token="), "");
  EXPECT_EQ(found("token=1; token=2"), "1");
  EXPECT_EQ(found("junk; ;;token=a"), "a");
  EXPECT_EQ(found("mytoken=a; Token=b; tok"), "-");
  EXPECT_EQ(found(""), "-");
}

TEST(Cookies, AreWrittenForOneMountAndSecureOffLoopback) {
  const NewCookie cookie{"token", "a.b", "/api/v1", seconds(300)};
  constexpr const char* kPlain = "token=a.b; Path=/api/v1; Max-Age=300; HttpOnly; SameSite=Lax";
  EXPECT_EQ(write_cookie(cookie, "http://localhost:8080"), kPlain);
  EXPECT_EQ(write_cookie(cookie, "http://127.0.0.1"), kPlain);
  EXPECT_EQ(write_cookie(cookie, "http://[::1]:1/x"), kPlain);
  for (const char* url :
       {"https://localhost", "http://localhost.example.org", "http://id.test", ""}) {
    EXPECT_EQ(write_cookie(cookie, url), std::string(kPlain) + "; Secure") << url;
  }
}

TEST(Cookies, ThatCannotBeSentAreRefused) {
  for (const char* value : {"a b", "a;b", "a,b", "a\"b", "a\\b", "a\r\nb", "\xc3\xa9"}) {
    EXPECT_THROW(write_cookie({"token", value, "/", seconds(1)}, ""), std::logic_error) << value;
  }
  EXPECT_THROW(write_cookie({"", "a", "/", seconds(1)}, ""), std::logic_error);
  EXPECT_THROW(write_cookie({"a=b", "a", "/", seconds(1)}, ""), std::logic_error);
}

struct Request {
  const char* method;
  const char* origin;
  const char* fetch_site;
  const char* content_type;
  const char* body;
  bool passes;
};

TEST(Cookies, OpenNothingToPagesOfOthers) {
  constexpr const char* kUrl = "https://id.test:8443/base";
  const Request requests[] = {
      {"GET", "https://evil.test", "cross-site", "", "", true},
      {"HEAD", "https://evil.test", "", "", "", true},
      {"POST", "https://id.test:8443", "", "application/json", "{}", true},
      {"POST", "https://id.test:8443", "", "application/json; charset=utf-8", "{}", true},
      {"POST", "https://id.test", "", "application/json", "{}", false},
      {"POST", "https://id.test:8443.evil.test", "", "application/json", "{}", false},
      {"POST", "null", "", "application/json", "{}", false},
      {"POST", "https://evil.test", "same-origin", "application/json", "{}", false},
      {"POST", "", "same-origin", "application/json", "{}", true},
      {"POST", "", "", "application/json", "{}", true},
      {"POST", "", "cross-site", "application/json", "{}", false},
      {"POST", "", "same-site", "application/json", "{}", false},
      {"POST", "", "none", "application/json", "{}", false},
      {"POST", "https://id.test:8443", "", "text/plain", "{}", false},
      {"POST", "https://id.test:8443", "", "application/x-www-form-urlencoded", "a=b", false},
      {"POST", "https://id.test:8443", "", "", "{}", false},
      {"DELETE", "https://id.test:8443", "", "", "", true},
      {"PATCH", "", "cross-site", "", "", false},
  };
  for (const Request& request : requests) {
    FakeCall call;
    call.method_text = request.method;
    call.body_text = request.body;
    const auto set = [&](const char* name, std::string_view value) {
      if (!value.empty()) call.headers[name] = value;
    };
    set("Origin", request.origin);
    set("Sec-Fetch-Site", request.fetch_site);
    set("Content-Type", request.content_type);
    const auto checked = check_same_site(call, kUrl);
    EXPECT_EQ(checked.has_value(), request.passes)
        << request.method << ' ' << request.origin << ' ' << request.fetch_site << ' '
        << request.content_type;
    EXPECT_EQ(checked ? "cross_site" : checked.error().reason, "cross_site");
  }
}

}  // namespace
}  // namespace gatehouse
