// What users get by mail. Codes are made here, when a letter is about to leave, and stored as
// digests; whoever reads the queue finds none. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/context.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/services/user_passwords.hpp>

#include "code_repository.hpp"
#include "directory/user_repository.hpp"
#include "handover_repository.hpp"

namespace gatehouse::users {

// Purposes of gatehouse/mail.hpp.
constexpr const char* kPasswordResetMail = "password_reset";
constexpr const char* kPasswordTakenMail = "password_taken";  // beside it, where a mount has words
constexpr const char* kPasswordChangedMail = "password_changed";
constexpr const char* kInvitationMail = "invitation";
constexpr const char* kAdminGrantedMail = "admin_granted";  // to all admins; data: who is one now
constexpr const char* kEmailConfirmMail = "email_confirm";  // to the new address
constexpr const char* kEmailUndoMail = "email_undo";        // to the one before
constexpr const char* kHandoverMail = "handover";           // to who is invited to take over
constexpr const char* kHandoverDoneMail = "handover_done";  // to the manager; data: of whom

// contracts/v1.md, "users"; that of resets is a setting.
constexpr std::chrono::hours kConfirmLifetime{24};
constexpr std::chrono::hours kUndoLifetime{7 * 24};
constexpr std::chrono::hours kInvitationLifetime{7 * 24};

// Threads: any. Blocking: the database, on the sender's thread.
class UserMails {
 public:
  UserMails(Context& host,
            const UserRepository& users,
            const CodeRepository& codes,
            const HandoverRepository& handovers,
            std::chrono::seconds reset_lifetime)
      : host_(host),
        users_(users),
        codes_(codes),
        handovers_(handovers),
        reset_lifetime_(reset_lifetime) {}

  // Both in Plugin::wire().
  void add_composers();
  void write_letters(std::string_view mount, PasswordLetters letters);

 private:
  using Letter = Result<std::optional<MailMessage>>;
  using Write = Letter (UserMails::*)(Session&, const StoredUser&, const MailOrder&);
  Letter password_reset(Session& db, const StoredUser& user, const MailOrder& order);
  Letter password_taken(Session& db, const StoredUser& user, const MailOrder& order);
  Letter password_changed(Session& db, const StoredUser& user, const MailOrder& order);
  Letter invitation(Session& db, const StoredUser& user, const MailOrder& order);
  Letter admin_granted(Session& db, const StoredUser& user, const MailOrder& order);
  Letter email_confirm(Session& db, const StoredUser& user, const MailOrder& order);
  Letter email_undo(Session& db, const StoredUser& user, const MailOrder& order);
  Letter handover(Session& db, const StoredUser& user, const MailOrder& order);
  Letter handover_done(Session& db, const StoredUser& user, const MailOrder& order);

  using May = bool (*)(const StoredUser& user, Time now);
  // Writes to users who `may` be written to, still.
  void add(const char* purpose, Write write, May may = may_sign_in);
  // A new code; the one of a try before is worthless from now on.
  Result<std::string> mint(Session& db,
                           const StoredUser& user,
                           CodePurpose purpose,
                           std::chrono::seconds lifetime,
                           std::int64_t subject = 0);

  Context& host_;
  const UserRepository& users_;
  const CodeRepository& codes_;
  const HandoverRepository& handovers_;
  const std::chrono::seconds reset_lifetime_;
  std::map<std::string, PasswordLetters, std::less<>> letters_;  // by mount; constant when wired
};

}  // namespace gatehouse::users
