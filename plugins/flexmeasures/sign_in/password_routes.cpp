// SPDX-License-Identifier: Apache-2.0
#include "password_routes.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/body.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/user_passwords.hpp>
#include <gatehouse/text.hpp>

#include "api/answers.hpp"
#include "api/field_words.hpp"
#include "password_page.hpp"
#include "sign_in_wire.hpp"

namespace gatehouse::flexmeasures {
namespace {

// What is wrong with a new password, by the name of the field that has it here.
Error in_words(Error error, std::string_view new_password) {
  for (FieldError& fault : error.fields) {
    if (fault.pointer == "/code") return wrong_field("/token", "Invalid reset password token.");
    if (fault.pointer == "/current_password") return wrong_field("/password", "Invalid password");
    if (fault.pointer != "/new_password") continue;
    fault.pointer = new_password;
    fault.code = kOwnWords;
    fault.detail = format("Password {}.", fault.detail);
  }
  return error;
}

Result<None> check_alike(std::string_view pointer, std::string_view one, std::string_view other) {
  if (one == other) return None{};
  return wrong_field(pointer, "Passwords do not match");
}

// By the type that a form is sent with, whatever the case of its letters (RFC 9110 8.3.1).
bool comes_from_page(const Call& call) {
  std::string type = fold(call.header("Content-Type").value_or(""));
  type.resize(std::min(type.size(), type.find_first_of("; \t")));
  return type == "application/x-www-form-urlencoded";
}

Answer as_json(const FormDone& done) {
  Answer answer;
  answer.content_type = "application/json";
  answer.body = encode_json(done);
  return answer;
}

std::string faults_of(const Error& error) {
  std::string texts;
  for (const FieldError& fault : error.fields) {
    if (!texts.empty()) texts += ' ';
    if (fault.code == "required") texts += format("{}: ", place_of(fault).field);
    texts += text_of(fault);
  }
  return texts.empty() ? error.message : texts;
}

// What a person sent with the page is answered with it, whatever is wrong.
void render_reset_error(const Call& call, const Error& error, Answer& answer) {
  if (call.method() != "POST" || !comes_from_page(call)) {
    return render_form_error(call, error, answer);
  }
  answer = password_page(faults_of(error), is_of_form(error) ? 400 : http_status(error.code));
  dress(call, answer);
}

void write_letters(Context& host, const Places& places, UserPasswords& passwords) {
  const auto name_of = [](const UserRecord& user) {
    return user.username.value_or(user.display_name);
  };
  PasswordLetters letters;
  letters.with_code = [&host, &places, name_of](const UserRecord& user,
                                                std::string_view code,
                                                std::chrono::seconds lifetime) {
    const std::string link = host.mail().link(places.root + "/reset/" + std::string(code));
    return LetterWords{
        "Password reset instructions for your FlexMeasures account.",
        format("Dear {},\n\n"
               "Somebody, probably you or an administrator, asked to reset your password.\n"
               "Click the link below to reset your password:\n\n{}\n\n"
               "The link works once, within {} minutes. If you did not ask for it, ignore this "
               "message.\n",
               name_of(user),
               link,
               lifetime.count() / 60)};
  };
  letters.taken_away = [name_of](const UserRecord& user) {
    return LetterWords{"Your FlexMeasures password has been reset.",
                       format("Dear {},\n\n"
                              "Your password has been reset, and you are signed out everywhere.\n"
                              "Another message tells you how to choose a new one.\n",
                              name_of(user))};
  };
  passwords.write_letters(places.mount, std::move(letters));
}

void add_resets(Routes& routes, const Places& places, UserPasswords& passwords) {
  routes
      .post("/reset",
            "public",
            "Ask for a link by mail",
            [&passwords](Call& call, const AskReset& body) -> Result<FormDone> {
              GATEHOUSE_CHECK(passwords.ask_reset(body.email, call.mount()));
              return dressed(call, FormDone{});
            })
      .in_mount(places.mount)
      .errors(&render_form_error)
      .accept(Lenient::UnknownMembers | Lenient::Forms)
      .description("The answer is the same whether or not somebody has this address.")
      .answers(400, "A member is missing.");

  routes
      .get("/reset/{token}",
           "public",
           "Show the page that sets a password",
           [](Call& call, std::string_view) -> Result<Answer> {
             return dressed(call, password_page());
           })
      .in_mount(places.mount)
      .errors(&render_form_error)
      .description("An HTML page for the person who got the mail; looking at it uses nothing up.")
      .parameter("token", "From the mail.")
      .content("text/html")
      .non_blocking();

  routes
      .post("/reset/{token}",
            "public",
            "Set a password with the token of a mail",
            [&passwords](
                Call& call, std::string_view token, const NewPassword& body) -> Result<Answer> {
              const auto set = [&]() -> Result<None> {
                GATEHOUSE_CHECK(
                    check_alike("/password_confirm", body.password, body.password_confirm));
                auto done = passwords.confirm(token, body.password);
                if (!done) return in_words(std::move(done).error(), "/password");
                return None{};
              };
              auto done = set();
              if (!done) return std::move(done).error();
              return dressed(call, comes_from_page(call) ? password_done_page() : as_json({}));
            })
      .in_mount(places.mount)
      .errors(&render_reset_error)
      .accept(Lenient::UnknownMembers | Lenient::Forms)
      .parameter("token", "From the mail.")
      .content("application/json")
      .answers(400, "The token is used or too old, or the password is not allowed.")
      .hashing();
}

void add_change(Routes& routes, const Places& places, UserPasswords& passwords) {
  routes
      .post("/change",
            "users:write",
            "Change one's own password",
            [&passwords](Call& call, const ChangePassword& body) -> Result<FormDone> {
              GATEHOUSE_CHECK(check_alike(
                  "/new_password_confirm", body.new_password, body.new_password_confirm));
              auto done = passwords.change_own(call, body.password, body.new_password);
              if (!done) return in_words(std::move(done).error(), "/new_password");
              return dressed(call, FormDone{});
            })
      .in_mount(places.mount)
      .errors(&render_form_error)
      .accept(Lenient::UnknownMembers)
      .description("All other sessions end.")
      .answers(400, "The password is wrong, or the new one is not allowed.")
      .answers(429, "rate_limited")
      .without_api_access()
      .ignores_idempotency_key()
      .hashing();
}

}  // namespace

void add_password_routes(Context& host, const Places& places) {
  auto& passwords = host.services().require<UserPasswords>();
  Routes& routes = host.routes().below(places.root);
  write_letters(host, places, passwords);
  add_resets(routes, places, passwords);
  add_change(routes, places, passwords);
}

}  // namespace gatehouse::flexmeasures
