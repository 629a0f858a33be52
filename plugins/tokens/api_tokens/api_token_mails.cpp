// SPDX-License-Identifier: Apache-2.0
#include "api_token_mails.hpp"

#include <gatehouse/services.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::tokens {
namespace {

// {}: the user's name, the token's title.
constexpr const char* kCreated =
    "Hello {},\n\n"
    "a new API token, \"{}\", may act for you from now on.\n"
    "If that was neither you nor an administrator whom you asked, delete the token and change\n"
    "your password at once, or tell an administrator.\n";
constexpr const char* kRotated =
    "Hello {},\n\n"
    "the API token \"{}\" has a new secret; the one before opens nothing any more.\n"
    "If that was neither you nor an administrator whom you asked, delete the token and change\n"
    "your password at once, or tell an administrator.\n";

}  // namespace

void ApiTokenMails::add_composers() {
  add(kApiTokenCreatedMail, "A new API token", kCreated);
  add(kApiTokenRotatedMail, "An API token has a new secret", kRotated);
}

void ApiTokenMails::add(const char* purpose, const char* subject, const char* pattern) {
  using Letter = std::optional<MailMessage>;
  const auto compose = [=, this](Session& db, const MailOrder& order) -> Result<Letter> {
    const auto& users = host_.services().require<UserDirectory>();
    GATEHOUSE_TRY(const auto user, users.find_by_number(db, order.user));
    if (!user || !user->recovery_email) return Letter();
    // It may be gone already, by whoever made it; the user is told all the same.
    GATEHOUSE_TRY(const auto token, tokens_.find(db, order.user, order.data));
    const std::string title = token ? token->record.title : order.data;
    return Letter(
        MailMessage{*user->recovery_email, subject, format(pattern, user->display_name, title)});
  };
  host_.mail().compose(purpose, compose);
}

}  // namespace gatehouse::tokens
