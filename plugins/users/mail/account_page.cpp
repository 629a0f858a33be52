// SPDX-License-Identifier: Apache-2.0
#include "account_page.hpp"

#include <string_view>

#include <gatehouse/text.hpp>

namespace gatehouse::users {
namespace {

constexpr std::size_t kNonceLength = 22;  // 131 bits

struct Words {
  std::string_view title;
  std::string_view fields;  // of the form
  std::string_view button;
  std::string_view done;
};

constexpr Words kSetPassword{"Set a password",
                             R"(<label for="password">New password</label>
<input id="password" type="password" autocomplete="new-password" required autofocus>
<label for="again">The same again</label>
<input id="again" type="password" autocomplete="new-password" required>)",
                             "Set the password",
                             "The password is set. You can sign in with it now."};
constexpr Words kConfirmEmail{"Confirm your e-mail address",
                              "<p>With this you say that the address is yours.</p>",
                              "Confirm",
                              "The address is confirmed."};
constexpr Words kUndoEmail{"Take the new e-mail address back",
                           "<p>The address of before becomes yours again.</p>",
                           "Take it back",
                           "The address of before is yours again. Set a new password, too, if "
                           "somebody else may know yours."};

constexpr std::string_view kStyle =
    "body{font:1.1em/1.5 system-ui,sans-serif;max-width:26em;margin:3em auto;padding:0 1em;"
    "color:#222;background:#fff}"
    "label,input,button{display:block;width:100%;box-sizing:border-box;font:inherit}"
    "input{padding:.5em;margin:.2em 0 1em}button{padding:.6em}"
    "#said:not(:empty){border-left:.3em solid;padding:.5em 1em;margin-top:1.5em}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#222}}";

// Posts {code} and, where the page has one, {new_password} to ../confirm or what `action` says.
constexpr std::string_view kScript = R"(
const form = document.querySelector('form'), said = document.getElementById('said');
const password = document.getElementById('password'), again = document.getElementById('again');
form.addEventListener('submit', async event => {
  event.preventDefault();
  if (password && password.value !== again.value) {
    said.textContent = 'The two passwords differ.';
    return;
  }
  const code = decodeURIComponent(location.pathname.split('/').pop());
  const body = password ? {code, new_password: password.value} : {code};
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    const answer = await fetch(form.dataset.action, {method: 'POST',
      headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
    if (answer.ok) {
      form.hidden = true;
      said.textContent = form.dataset.done;
    } else {
      const problem = await answer.json();
      const names = {'/code': 'The link', '/new_password': 'The password'};
      said.textContent = (problem.errors || [])
        .map(error => (names[error.pointer] || error.pointer) + ' ' + error.detail + '.').join(' ')
        || problem.detail || problem.title;
    }
  } catch (error) {
    said.textContent = 'The server cannot be reached: try again.';
  }
  button.disabled = false;
});
)";

const Words& words_of(AccountPage page) {
  switch (page) {
    case AccountPage::SetPassword:
      return kSetPassword;
    case AccountPage::ConfirmEmail:
      return kConfirmEmail;
    case AccountPage::UndoEmail:
      return kUndoEmail;
  }
  return kSetPassword;
}

// Relative, so that it holds behind a proxy that adds a path: from /v1/password-resets/CODE, and
// from /v1/email-changes/confirm/CODE.
std::string_view action_of(AccountPage page) {
  switch (page) {
    case AccountPage::SetPassword:
      return "confirm";
    case AccountPage::ConfirmEmail:
      return "../confirm";
    case AccountPage::UndoEmail:
      return "../undo";
  }
  return "";
}

}  // namespace

Answer account_page(AccountPage page, Random& random) {
  const Words& words = words_of(page);
  const std::string nonce = random.base62(kNonceLength);
  Answer answer;
  answer.content_type = "text/html; charset=utf-8";
  answer.body = format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n"
      "<style nonce=\"{}\">{}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n"
      "<form data-action=\"{}\" data-done=\"{}\">\n{}\n<button>{}</button>\n</form>\n"
      "<p id=\"said\" role=\"status\"></p>\n"
      "<noscript><p>This page needs JavaScript.</p></noscript>\n</main>\n"
      "<script nonce=\"{}\">{}</script>\n</body>\n</html>\n",
      words.title,
      nonce,
      kStyle,
      words.title,
      action_of(page),
      words.done,
      words.fields,
      words.button,
      nonce,
      kScript);
  answer.headers = {
      {"Content-Security-Policy",
       format("default-src 'none'; script-src 'nonce-{}'; style-src 'nonce-{}'; "
              "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
              nonce,
              nonce)},
      {"Referrer-Policy", "no-referrer"},
      {"X-Content-Type-Options", "nosniff"},
  };
  return answer;
}

}  // namespace gatehouse::users
