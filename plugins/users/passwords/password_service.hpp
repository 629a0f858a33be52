// Passwords of users who exist: set by themselves, by admins, or with a code that was mailed
// (security.md 10, contracts/v1.md).
//
// Threads:  any.
// Blocking: the database. set() and confirm() hash, so only where hashing is allowed.
// Errors:   NotFound out of reach; PermissionDenied; InvalidArgument with the field that is wrong;
//           RateLimited;
//           Conflict last_admin, no_mail_address, no_sign_in, password_changed.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>

#include "credential_repository.hpp"
#include "directory/accounts.hpp"
#include "directory/user_repository.hpp"
#include "mail/code_repository.hpp"
#include "mail/handovers.hpp"
#include "password_rules.hpp"
#include "sign_in/throttle.hpp"

namespace gatehouse::users {

class PasswordService {
 public:
  struct Settings {
    PasswordRules rules;
    bool admin_sets_password = true;
    std::chrono::seconds recent_sign_in{0};
    std::chrono::seconds reset_lifetime = std::chrono::minutes(10);
    // Whoever was mailed a code is mailed no other so soon, however often somebody asks for one.
    std::chrono::seconds reset_pause = std::chrono::minutes(1);
  };
  PasswordService(Context& host,
                  const Accounts& accounts,
                  const UserRepository& users,
                  const CredentialRepository& credentials,
                  const CodeRepository& codes,
                  Handovers& handovers,
                  const Throttle& throttle,
                  const Settings& settings);

  struct Change {
    std::optional<std::string> current;
    std::string_view password;
    std::string_view remote_address;
  };
  // One's own needs the current one, which counts as an attempt to sign in (RateLimited); another's
  // the rights of an admin over them.
  Result<None> set(const Principal& who,
                   const UserReference& reference,
                   const Change& change,
                   const UserCheck& is_as_seen);
  // Whether anybody sets others' passwords at all (`users.admin_sets_password`).
  bool lets_others_set() const { return settings_.admin_sets_password; }
  // Whether `who` may set the user's password without the current one: an admin of theirs, where
  // admins set passwords, or the user themselves who has just shown it.
  Result<None> permit_setting(const Principal& who, const PlacedUser& placed) const;
  // Sets it, in the caller's transaction, which has locked the row.
  Result<None> put(Session& db, const StoredUser& user, std::string_view hash);
  // Whether who takes their own password away must have signed in not long ago.
  enum class OwnReset { NeedsRecentSignIn, Allowed };
  // Whose words the letters have (gatehouse/mail.hpp).
  struct Reset {
    OwnReset own = OwnReset::NeedsRecentSignIn;
    std::string_view mount = "/v1";
  };
  // The password ends at once, and a code for a new one is mailed.
  Result<None> reset(const Principal& who, const UserReference& reference, const Reset& reset);
  // Mails a code to whoever has this address and can sign in, and nobody learns whether there is
  // such a user: both take the same time, and the same one row. Nothing is mailed within
  // Settings::reset_pause of the code before.
  Result<None> ask_reset(std::string_view email, std::string_view mount);
  // With the code of a reset, an invitation or a handover, which can be a Conflict username_taken
  // or email_taken as well: somebody has taken the name since the invitation.
  Result<None> confirm(std::string_view code, std::string_view password);
  // The first code of a user who was made without a password, if a mail can reach them. In the
  // transaction that makes the user.
  Result<None> invite(Session& db, const StoredUser& user);

  // Ends the codes that set a password: of a user whose access ends.
  Result<None> void_codes(Session& db, std::int64_t user);

  // What the operator does at the machine: no policy but the rules of passwords. `name`: username
  // or e-mail address.
  Result<None> set_as_operator(std::string_view name, std::string_view password);

  // A job.
  void drop_expired_codes();

 private:
  bool sets_passwords(const Principal& who) const;  // of others
  // Sets the password and what follows from it, in one transaction. `by_credential`: of the session
  // in which the user did it themselves.
  struct Replacement {
    std::string_view hash;
    std::string_view action;
    std::string by_credential = {};
    bool was_reset = false;  // by a mailed code: what the password before had opened ends
    std::vector<std::string> changes = {};  // fields beside the password, for the audit trail
    std::string detail = {};
  };
  // Who brings a code.
  struct Bearer {
    StoredUser before;
    StoredUser user;  // differs where a handover makes them somebody else
    CodePurpose purpose = CodePurpose::PasswordReset;
  };
  using LookUp = Result<std::optional<CodeOwner>> (CodeRepository::*)(Session&,
                                                                      std::string_view,
                                                                      CodePurpose,
                                                                      Time) const;
  Result<std::optional<Bearer>> find_bearer(Session& db, std::string_view code, LookUp look_up);
  Result<None> hand_over(Session& db, const Bearer& bearer, std::string_view hash);
  Result<None> replace(Session& db, StoredUser user, const Replacement& replacement);
  // Whether the user's own password is right; an attempt like a sign-in's.
  Result<None> verify_current(const StoredUser& user,
                              std::string_view hash,
                              std::string_view current,
                              const Throttle::Attempt& attempt);
  Result<None> judge(std::string_view pointer,
                     std::string_view password,
                     const StoredUser& owner) const;

  Context& host_;
  const Accounts& accounts_;
  const UserRepository& users_;
  const CredentialRepository& credentials_;
  const CodeRepository& codes_;
  Handovers& handovers_;
  const Throttle& throttle_;
  const Settings settings_;
};

}  // namespace gatehouse::users
