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
  EXPECT_EQ(write_cookie(cookie, "http://[::1]:1"), kPlain);
  EXPECT_EQ(write_cookie(cookie, "HTTP://LocalHost:1"), kPlain);
  for (const char* url :
       {"https://localhost", "http://localhost.example.org", "http://id.test", ""}) {
    EXPECT_EQ(write_cookie(cookie, url), std::string(kPlain) + "; Secure") << url;
  }
}

// A proxy that strips the path of the public URL stands before the server.
TEST(Cookies, AreBoundToWhereBrowsersSeeTheMount) {
  struct Case {
    const char* url;
    const char* path;
    const char* expected;
  };
  for (const Case& one : {
           Case{"https://id.test", "/api/v1", "/api/v1"},
           Case{"https://id.test:8443", "/", "/"},
           Case{"", "/api/v1", "/api/v1"},
           Case{"", "/", "/"},
           Case{"https://id.test/sub", "/api/v1", "/sub/api/v1"},
           Case{"https://id.test/sub", "/", "/sub"},
           Case{"http://localhost:1/a/b", "/", "/a/b"},
       }) {
    const std::string text = write_cookie({"t", "v", one.path, seconds(1)}, one.url);
    const std::string expected = std::string("t=v; Path=") + one.expected + "; Max-Age=1; ";
    EXPECT_EQ(text.substr(0, expected.size()), expected) << one.url << ' ' << one.path;
  }
}

TEST(Cookies, ThatCannotBeSentAreRefused) {
  for (const char* value : {"a b", "a;b", "a,b", "a\"b", "a\\b", "a\r\nb", "\xc3\xa9"}) {
    EXPECT_THROW(write_cookie({"token", value, "/", seconds(1)}, ""), std::logic_error) << value;
  }
  EXPECT_THROW(write_cookie({"", "a", "/", seconds(1)}, ""), std::logic_error);
  EXPECT_THROW(write_cookie({"a=b", "a", "/", seconds(1)}, ""), std::logic_error);
  EXPECT_THROW(write_cookie({"a", "a", "/x;y", seconds(1)}, ""), std::logic_error);
  EXPECT_THROW(write_cookie({"a", "a", "/", seconds(1)}, "https://id.test/x;y"), std::logic_error);
  EXPECT_THROW(write_cookie({"a", "a", "/\r\n", seconds(1)}, ""), std::logic_error);
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

// RFC 6454 6.2: an origin has no port where that is the scheme's own, and lower-case letters.
TEST(Cookies, AreTakenFromTheSameOriginHoweverItIsWritten) {
  struct Case {
    const char* url;
    const char* origin;
    bool passes;
  };
  for (const Case& one : {
           Case{"https://id.example.com:443/sub", "https://id.example.com", true},
           Case{"https://id.example.com:443", "https://id.example.com:443", true},
           Case{"https://id.example.com", "https://id.example.com:443", true},
           Case{"http://localhost:80", "http://localhost", true},
           Case{"http://[::1]:80/x", "http://[::1]", true},
           Case{"http://[::80]", "http://[::80]", true},
           Case{"https://ID.Example.com/Sub", "https://id.example.com", true},
           Case{"https://id.example.com:80", "https://id.example.com", false},
           Case{"http://id.example.com:443", "http://id.example.com", false},
           Case{"https://id.example.com:4430", "https://id.example.com", false},
           Case{"https://id.example.com:8443", "https://id.example.com", false},
           Case{"https://id.example.com:443", "http://id.example.com", false},
           Case{"https://id.example.com", "https://id.example.com/sub", false},
           Case{"https://id.example.com", "null", false},
           Case{"", "", false},
           Case{"", "null", false},
       }) {
    FakeCall call;
    call.headers["Origin"] = one.origin;
    EXPECT_EQ(check_same_site(call, one.url).has_value(), one.passes)
        << one.url << ' ' << one.origin;
  }
}

}  // namespace
}  // namespace gatehouse
