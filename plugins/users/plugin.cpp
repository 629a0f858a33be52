// The users plugin: builds repositories, service, routes, commands and the Basic authenticator, and
// joins them to the host. SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <stdexcept>

#include <gatehouse/plugin.hpp>
#include <gatehouse/services/account_directory.hpp>
#include <gatehouse/services/user_directory.hpp>

#include "directory/accounts.hpp"
#include "directory/name_rules.hpp"
#include "directory/user_commands.hpp"
#include "directory/user_directory.hpp"
#include "directory/user_moves.hpp"
#include "directory/user_routes.hpp"
#include "import/import_commands.hpp"
#include "import/user_import.hpp"
#include "mail/user_mails.hpp"
#include "migrations.hpp"
#include "passwords/first_admin.hpp"
#include "passwords/password_routes.hpp"
#include "sign_in/basic_authenticator.hpp"

namespace gatehouse::users {

// What exists from wire() on.
struct UsersPlugin::Parts {
  Parts(Context& host, const Settings& settings)
      : users(settings.unique_email ? Emails::Unique : Emails::Repeatable),
        accounts(host),
        passwords(host, accounts, users, credentials, codes, settings.passwords),
        email_changes(host, users, credentials, codes),
        mails(host, users, codes, settings.reset_lifetime),
        service(host,
                accounts,
                users,
                credentials,
                passwords,
                email_changes,
                settings.passwords.rules,
                settings.default_timezone),
        moves(host, accounts, users, credentials, passwords),
        import(host, accounts, users, service, settings.passwords.rules, settings.default_timezone),
        directory(users, accounts),
        basic(host, credentials, settings.remembered_passwords),
        first_admin(host, users, service) {}

  UserRepository users;
  CredentialRepository credentials;
  CodeRepository codes;
  Accounts accounts;
  PasswordService passwords;
  EmailChanges email_changes;
  UserMails mails;
  UserService service;
  UserMoves moves;
  UserImport import;
  StoredUserDirectory directory;
  BasicAuthenticator basic;
  FirstAdmin first_admin;
};

UsersPlugin::UsersPlugin() = default;
UsersPlugin::~UsersPlugin() = default;

void UsersPlugin::configure(Config& config) {
  settings_.default_timezone = config.text("default_timezone", "UTC");
  const std::string_view mistake = check_timezone(settings_.default_timezone);
  if (!mistake.empty()) config.fail("default_timezone", mistake);
  settings_.unique_email = config.flag("unique_email", true);
  settings_.remembered_passwords =
      static_cast<std::size_t>(config.integer("remembered_passwords", 0, 10'000'000, 10'000));
  settings_.passwords.admin_sets_password = config.flag("admin_sets_password", true);
  PasswordRules& rules = settings_.passwords.rules;
  Config password = config.section("password");
  rules.min_length = password.integer("min_length", 8, 255, rules.min_length);
  rules.min_guesses = password.integer("min_guesses", 0, 100, rules.min_guesses);
  settings_.reset_lifetime = config.section("password_reset")
                                 .duration("lifetime",
                                           std::chrono::minutes(1),
                                           std::chrono::hours(24 * 7),
                                           std::chrono::minutes(10));
}

Migrations UsersPlugin::migrations() const {
  return embedded_migrations();
}

void UsersPlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host, settings_);
  add_user_routes(host, parts_->service, parts_->moves);
  add_password_routes(host, parts_->passwords, parts_->email_changes);
  parts_->mails.add_composers();
  add_user_commands(host.commands(), parts_->service, parts_->passwords);
  add_import_command(host.commands(), parts_->import);
  add_export_command(host, parts_->users, parts_->accounts, parts_->credentials);
  host.authenticators().add(parts_->basic);
  host.events().subscribe<DatabaseRestored>([this](Session& db, const DatabaseRestored&) {
    return parts_->email_changes.begin_anew(db);
  });
  host.events().subscribe<AllRevoked>(
      [this](Session& db, const AllRevoked&) { return parts_->email_changes.begin_anew(db); });
  host.events().subscribe<AccountDeleted>([this](Session& db, const AccountDeleted& event) {
    return parts_->moves.keep_account(db, event.number);
  });
  host.services().provide<UserDirectory>(parts_->directory);
  // Another process may change the password: a command, another instance.
  host.jobs().in_every_process(
      "first_password", std::chrono::seconds(60), [this] { parts_->first_admin.refresh(); });
  host.jobs().in_every_process(
      "decoy_costs", std::chrono::seconds(60), [this] { parts_->basic.refresh_decoys(); });
  host.jobs().every(
      "recovery_addresses", std::chrono::hours(1), [this] { parts_->email_changes.follow(); });
  host.jobs().every(
      "expired_codes", std::chrono::hours(1), [this] { parts_->passwords.drop_expired_codes(); });
}

void UsersPlugin::start(Context& host) {
  const auto aligned =
      host.storage().write([&](Session& db) { return parts_->users.align_names(db); });
  if (!aligned && aligned.error().code == ErrorCode::Conflict) {
    throw std::runtime_error(
        "several users have one e-mail address, or one has another's username as address: give "
        "them different ones, or set users.unique_email to false");
  }
  if (!aligned) throw std::runtime_error(aligned.error().message);
  const auto placed = host.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto account, parts_->accounts.find_default(db));
    if (!account) return None{};
    return parts_->users.give_account(db, account->number);
  });
  if (!placed) throw std::runtime_error(placed.error().message);
  host.log().warning(
      "sign_in_not_throttled",
      "Passwords can be guessed as fast as they are hashed: put a rate limit before a "
      "server that strangers reach");
  parts_->first_admin.start();
  parts_->basic.refresh_decoys();
}

}  // namespace gatehouse::users

GATEHOUSE_PLUGIN(gatehouse::users::UsersPlugin, "users", "1.0.0", "?accounts")
