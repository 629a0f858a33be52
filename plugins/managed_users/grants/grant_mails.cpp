// SPDX-License-Identifier: Apache-2.0
#include "grant_mails.hpp"

#include <optional>

#include <gatehouse/body.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::managed_users {

// MailOrder::data.
struct GrantLetter {
  std::int64_t owner = 0;
  std::int64_t grantee = 0;
  std::string scopes;
};
BOOST_DESCRIBE_STRUCT(GrantLetter, (), (owner, grantee, scopes))

namespace {

constexpr const char* kGivenToGrantee =
    "Hello {},\n\n"
    "{} shares data with you: {}.\n"
    "If you do not know them, you need do nothing, or you can give it back.\n";
constexpr const char* kGivenToOwner =
    "Hello {},\n\n"
    "{} may use your data from now on: {}.\n"
    "If that was not you, take it back and change your password at once, or tell an\n"
    "administrator.\n";
constexpr const char* kTakenToGrantee =
    "Hello {},\n\n"
    "{} shares data with you no longer; it was: {}.\n";
constexpr const char* kTakenToOwner =
    "Hello {},\n\n"
    "{} may use your data no longer; it was: {}.\n";

}  // namespace

void GrantMails::add_composers() {
  add(kGrantGivenMail, {"Shared data", kGivenToGrantee, kGivenToOwner});
  add(kGrantTakenMail, {"Data shared no longer", kTakenToGrantee, kTakenToOwner});
}

Result<None> GrantMails::tell(Session& db, const char* purpose, const StoredGrant& grant) const {
  const GrantLetter letter{grant.owner, grant.grantee, scopes_.text_of(grant.scopes)};
  for (const std::int64_t reader : {grant.grantee, grant.owner}) {
    MailOrder order{purpose, reader};
    order.data = encode_json(letter);
    GATEHOUSE_CHECK(host_.mail().queue(db, order));
  }
  return None{};
}

void GrantMails::add(const char* purpose, Words words) {
  using Written = std::optional<MailMessage>;
  const auto compose = [=, this](Session& db, const MailOrder& order) -> Result<Written> {
    const auto& users = host_.services().require<UserDirectory>();
    GATEHOUSE_TRY(const auto letter, decode_json<GrantLetter>(order.data));
    const bool is_owner = order.user == letter.owner;
    GATEHOUSE_TRY(const auto reader, users.find_by_number(db, order.user));
    GATEHOUSE_TRY(const auto other,
                  users.find_by_number(db, is_owner ? letter.grantee : letter.owner));
    if (!reader || !reader->recovery_email || !other) return Written();
    const char* const pattern = is_owner ? words.to_owner : words.to_grantee;
    return Written(
        MailMessage{*reader->recovery_email,
                    words.subject,
                    format(pattern, reader->display_name, other->display_name, letter.scopes)});
  };
  host_.mail().compose(purpose, compose);
}

}  // namespace gatehouse::managed_users
