// SPDX-License-Identifier: Apache-2.0
#include "password_page.hpp"

#include <string>

#include <gatehouse/digest.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::flexmeasures {
namespace {

constexpr std::string_view kStyle =
    "body{font:1.1em/1.5 sans-serif;max-width:26em;margin:3em auto;padding:0 1em}"
    "label,input,button{display:block;width:100%;box-sizing:border-box;font:inherit;margin:.3em 0}";

constexpr std::string_view kForm = R"(<form method="post">
<label for="password">New password</label>
<input id="password" name="password" type="password" autocomplete="new-password" required>
<label for="again">The same again</label>
<input id="again" name="password_confirm" type="password" autocomplete="new-password" required>
<button>Reset password</button>
</form>
)";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

// The style is allowed by its digest: an error is rendered without anything at hand to draw from.
const std::string& policy() {
  static const std::string text = [] {
    const Sha256 digest = sha256(kStyle);
    return format(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'",
        base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()}));
  }();
  return text;
}

Answer page(int status, std::string_view said, std::string_view form) {
  Answer answer;
  answer.status = status;
  answer.content_type = "text/html; charset=utf-8";
  answer.body = format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<title>Reset password</title>\n<style>{}</style>\n</head>\n<body>\n"
      "<h1>Reset password</h1>\n<p role=\"status\">{}</p>\n{}</body>\n</html>\n",
      kStyle,
      escaped(said),
      form);
  answer.headers = {
      {"Content-Security-Policy", policy()},
      {"Referrer-Policy", "no-referrer"},
      {"X-Content-Type-Options", "nosniff"},
  };
  return answer;
}

}  // namespace

Answer password_page(std::string_view fault, int status) {
  return page(status, fault, kForm);
}

Answer password_done_page() {
  return page(200, "The password is set. You can sign in with it now.", "");
}

}  // namespace gatehouse::flexmeasures
