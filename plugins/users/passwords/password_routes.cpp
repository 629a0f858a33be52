// SPDX-License-Identifier: Apache-2.0
#include "password_routes.hpp"

#include <gatehouse/reference.hpp>
#include <gatehouse/routes.hpp>

#include "directory/name_rules.hpp"
#include "directory/user_wire.hpp"
#include "mail/account_page.hpp"

namespace gatehouse::users {

struct SetPassword {
  std::optional<std::string> current_password;
  std::string new_password;
};
BOOST_DESCRIBE_STRUCT(SetPassword, (), (current_password, new_password))
constexpr Rule kNewPasswordRule{
    .text = "At least 8 characters (a setting), at most 1,024 bytes, not easily guessed.",
    .example = "\"enchantress of number\"",
    .max_bytes = kMaxPasswordBytes,
    .format = "password"};
constexpr auto rules(Of<SetPassword>) {
  return std::tuple{field(&SetPassword::current_password,
                          {.text = "Required for one's own password.",
                           .max_bytes = kMaxPasswordBytes,
                           .format = "password"}),
                    field(&SetPassword::new_password, kNewPasswordRule)};
}

struct AskReset {
  std::string email;
};
BOOST_DESCRIBE_STRUCT(AskReset, (), (email))
constexpr auto rules(Of<AskReset>) {
  return std::tuple{
      field(&AskReset::email,
            {.example = "\"ada@example.org\"", .max_length = kMaxNameLength, .format = "email"})};
}

constexpr Rule kCodeRule{
    .text = "From the mail.", .example = "\"6ZTlAkMMz9DS0hUEB42uCJ2bQxW\"", .max_length = 64};

struct ConfirmReset {
  std::string code;
  std::string new_password;
};
BOOST_DESCRIBE_STRUCT(ConfirmReset, (), (code, new_password))
constexpr auto rules(Of<ConfirmReset>) {
  return std::tuple{field(&ConfirmReset::code, kCodeRule),
                    field(&ConfirmReset::new_password, kNewPasswordRule)};
}

struct MailedCode {
  std::string code;
};
BOOST_DESCRIBE_STRUCT(MailedCode, (), (code))
constexpr auto rules(Of<MailedCode>) {
  return std::tuple{field(&MailedCode::code, kCodeRule)};
}

namespace {

void add_pages(Context& host) {
  const auto shows = [&random = host.random()](AccountPage page) {
    return [&random, page](Call&, std::string_view) -> Result<Answer> {
      return account_page(page, random);
    };
  };
  constexpr std::string_view kOnlyAPage =
      "An HTML page for the person who got the mail; looking at it uses no code up.";
  host.routes()
      .get("/v1/password-resets/{code}",
           "public",
           "Show the page that sets a password",
           shows(AccountPage::SetPassword))
      .description(kOnlyAPage)
      .parameter("code", "From the mail.")
      .content("text/html")
      .non_blocking();
  host.routes()
      .get("/v1/email-changes/confirm/{code}",
           "public",
           "Show the page that confirms an e-mail address",
           shows(AccountPage::ConfirmEmail))
      .description(kOnlyAPage)
      .parameter("code", "From the mail.")
      .content("text/html")
      .non_blocking();
  host.routes()
      .get("/v1/email-changes/undo/{code}",
           "public",
           "Show the page that takes an e-mail address back",
           shows(AccountPage::UndoEmail))
      .description(kOnlyAPage)
      .parameter("code", "From the mail.")
      .content("text/html")
      .non_blocking();
}

}  // namespace

void add_password_routes(Context& host, PasswordService& passwords, EmailChanges& email_changes) {
  host.routes()
      .put("/v1/users/{user}/password",
           "users:write",
           "Set a password",
           [&passwords, &policy = host.policy()](
               Call& call, std::string_view user, const SetPassword& body) -> Result<None> {
             GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
             return passwords.set(*call.principal(),
                                  reference,
                                  {body.current_password, body.new_password, call.remote_address()},
                                  by_if_match(call, policy));
           })
      .description(
          "One's own with the current one; another's by admins and staff, without it. Sessions of "
          "before end, and the user is told by mail.")
      .parameter("user", kAboutUser)
      .etag()
      .answers(409, "no_sign_in (managed users), password_changed (at the same time)")
      .answers(429, "too_many_failures (of sign-ins and current passwords)")
      .may_hash()
      .without_api_access();

  host.routes()
      .post("/v1/users/{user}/password-reset",
            "users:write",
            "Take a password away and mail a code for a new one",
            [&passwords](Call& call, std::string_view user) -> Result<None> {
              GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
              return passwords.reset(*call.principal(), reference, {});
            })
      .description("The password, sessions and tokens end at once.")
      .parameter("user", kAboutUser)
      .answers(409, "last_admin, no_sign_in, no_mail_address (no mail can reach the user)");

  host.routes()
      .post("/v1/password-resets",
            "public",
            "Ask for a code by mail",
            [&passwords](Call& call, const AskReset& body) -> Result<Accepted<None>> {
              GATEHOUSE_CHECK(passwords.ask_reset(body.email, call.mount()));
              return Accepted<None>(None{});
            })
      .description(
          "The answer is the same whether or not somebody has this address. The code goes to the "
          "user's recovery address and lasts ten minutes (a setting); the password stays what it "
          "is until it is used.");

  host.routes()
      .post("/v1/password-resets/confirm",
            "public",
            "Set a password with a code",
            [&passwords](Call&, const ConfirmReset& body) -> Result<None> {
              return passwords.confirm(body.code, body.new_password);
            })
      .description(
          "With the code of a reset, an invitation or a handover, once. 422 wrong_code. Who takes "
          "over a managed user gets the name and the address that the invitation named.")
      .answers(409, "username_taken, email_taken (since a handover began)")
      .hashing();

  host.routes()
      .post("/v1/email-changes/confirm",
            "public",
            "Confirm an e-mail address",
            [&email_changes](Call&, const MailedCode& body) -> Result<None> {
              return email_changes.confirm(body.code);
            })
      .description("With the code that was mailed to it, once, within a day. 422 wrong_code.");

  host.routes()
      .post("/v1/email-changes/undo",
            "public",
            "Take a change of the e-mail address back",
            [&email_changes](Call&, const MailedCode& body) -> Result<None> {
              return email_changes.undo(body.code);
            })
      .description(
          "With the code that was mailed to the address of before, once, within a week. 422 "
          "wrong_code. Where that address is somebody else's by now, `email` is null and mails "
          "about "
          "the password go to it again.");

  add_pages(host);
}

}  // namespace gatehouse::users
