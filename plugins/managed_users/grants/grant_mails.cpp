// SPDX-License-Identifier: Apache-2.0
#include "grant_mails.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include <gatehouse/body.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::managed_users {

// MailOrder::data. No names: they would stay in the queue when the user is deleted.
struct GrantLetter {
  std::int64_t owner = 0;
  std::int64_t grantee = 0;
  std::string scopes;
  std::string given;  // the grant's id; "": it was taken back, which is one letter of the two
};
BOOST_DESCRIBE_STRUCT(GrantLetter, (), (owner, grantee, scopes, given))

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
constexpr const char* kWaiting =
    "Hello {},\n\n"
    "whoever managed you before has shared your data with others. Since you took over,\n"
    "that gives them nothing until you confirm it. Grants that wait for you: {}.\n"
    "Look through your grants, and confirm or delete each.\n";
constexpr std::string_view kDeletedUser = "A user who has been deleted";

using Written = std::optional<MailMessage>;

}  // namespace

void GrantMails::add_composers() {
  add(kGrantGivenMail, {"Shared data", kGivenToGrantee, kGivenToOwner});
  add(kGrantTakenMail, {"Data shared no longer", kTakenToGrantee, kTakenToOwner});
  add_waiting();
}

Result<None> GrantMails::tell_given(Session& db, const StoredGrant& grant) const {
  const std::string scopes = scopes_.text_of(grant.scopes);
  return tell(db, kGrantGivenMail, {grant.owner, grant.grantee, scopes, grant.id}, 0);
}

Result<None> GrantMails::tell_taken(Session& db,
                                    const StoredGrant& grant,
                                    std::int64_t gone) const {
  const std::string scopes = scopes_.text_of(grant.scopes);
  return tell(db, kGrantTakenMail, {grant.owner, grant.grantee, scopes, ""}, gone);
}

Result<None> GrantMails::tell_waiting(Session& db, std::int64_t owner) const {
  return host_.mail().queue(db, MailOrder{kGrantsWaitMail, owner});
}

Result<None> GrantMails::tell(Session& db,
                              const char* purpose,
                              const GrantLetter& letter,
                              std::int64_t gone) const {
  for (const std::int64_t reader : {letter.grantee, letter.owner}) {
    if (reader == gone) continue;
    MailOrder order{purpose, reader};
    order.data = encode_json(letter);
    GATEHOUSE_CHECK(host_.mail().queue(db, order));
  }
  return None{};
}

Result<bool> GrantMails::holds(Session& db, const GrantLetter& letter) const {
  GATEHOUSE_TRY(const auto grant, grants_.find_between(db, letter.owner, letter.grantee));
  const bool lives = grant && !grant->has_expired(host_.clock().now());
  return letter.given.empty() ? !lives : lives && grant->id == letter.given;
}

void GrantMails::add(const char* purpose, Words words) {
  const auto compose = [=, this](Session& db, const MailOrder& order) -> Result<Written> {
    const auto& users = host_.services().require<UserDirectory>();
    GATEHOUSE_TRY(const auto letter, decode_json<GrantLetter>(order.data));
    const bool is_owner = order.user == letter.owner;
    GATEHOUSE_TRY(const auto reader, users.find_by_number(db, order.user));
    GATEHOUSE_TRY(const auto other,
                  users.find_by_number(db, is_owner ? letter.grantee : letter.owner));
    GATEHOUSE_TRY(const bool is_true, holds(db, letter));
    if (!reader || !reader->recovery_email || !is_true) return Written();
    const std::string_view name = other ? other->display_name : kDeletedUser;
    const char* const pattern = is_owner ? words.to_owner : words.to_grantee;
    return Written(MailMessage{*reader->recovery_email,
                               words.subject,
                               format(pattern, reader->display_name, name, letter.scopes)});
  };
  host_.mail().compose(purpose, compose);
}

void GrantMails::add_waiting() {
  const auto compose = [this](Session& db, const MailOrder& order) -> Result<Written> {
    const auto& users = host_.services().require<UserDirectory>();
    GATEHOUSE_TRY(const auto owner, users.find_by_number(db, order.user));
    if (!owner || !owner->recovery_email) return Written();
    GATEHOUSE_TRY(const auto grants, grants_.all_of(db, owner->number));
    const Time now = host_.clock().now();
    const auto waiting = std::count_if(grants.begin(), grants.end(), [&](const StoredGrant& grant) {
      return !grant.is_confirmed(owner->manager) && !grant.has_expired(now);
    });
    if (waiting == 0) return Written();
    return Written(MailMessage{*owner->recovery_email,
                               "Shared data waits for you",
                               format(kWaiting, owner->display_name, waiting)});
  };
  host_.mail().compose(kGrantsWaitMail, compose);
}

}  // namespace gatehouse::managed_users
