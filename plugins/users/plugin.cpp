// The users plugin: builds repositories, service, routes, commands and the Basic authenticator, and
// joins them to the host. SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <stdexcept>

#include <gatehouse/plugin.hpp>
#include <gatehouse/services/account_directory.hpp>
#include <gatehouse/services/live_users.hpp>
#include <gatehouse/services/login_history.hpp>
#include <gatehouse/services/password_sign_in.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/services/user_editor.hpp>

#include "directory/accounts.hpp"
#include "directory/name_rules.hpp"
#include "directory/user_commands.hpp"
#include "directory/user_directory.hpp"
#include "directory/user_editor.hpp"
#include "directory/user_moves.hpp"
#include "directory/user_routes.hpp"
#include "import/import_commands.hpp"
#include "import/user_import.hpp"
#include "mail/user_mails.hpp"
#include "migrations.hpp"
#include "passwords/first_admin.hpp"
#include "passwords/password_routes.hpp"
#include "passwords/user_passwords.hpp"
#include "sign_in/login_history.hpp"
#include "sign_in/login_routes.hpp"
#include "sign_in/password_sign_in.hpp"
#include "sign_in/stored_live_users.hpp"

namespace gatehouse::users {

// What exists from wire() on.
struct UsersPlugin::Parts {
  Parts(Context& host, const Settings& settings)
      : users(settings.unique_email ? Emails::Unique : Emails::Repeatable, host.bus()),
        credentials(host.bus()),
        accounts(host, users),
        throttle(host, budgets, settings.throttle),
        handovers(
            host, accounts, users, codes, pending_handovers, budgets, settings.handovers_per_hour),
        passwords(
            host, accounts, users, credentials, codes, handovers, throttle, settings.passwords),
        email_changes(host, users, credentials, codes),
        mails(host, users, codes, pending_handovers, settings.passwords.reset_lifetime),
        user_passwords(passwords, mails),
        service(host,
                accounts,
                users,
                credentials,
                passwords,
                email_changes,
                handovers,
                settings.passwords.rules,
                settings.default_timezone,
                settings.passwords.recent_sign_in),
        moves(host, accounts, users, credentials, passwords, handovers),
        import(host, accounts, users, service, settings.passwords.rules, settings.default_timezone),
        directory(users, accounts),
        editor(host,
               accounts,
               users,
               service,
               handovers,
               settings.default_timezone,
               settings.passwords.recent_sign_in),
        history(host, accounts, users, logins, settings.keep_logins),
        live_users(host, users, logins, settings.live_users),
        sign_in(
            host, users, credentials, logins, throttle, live_users, settings.remembered_passwords),
        first_admin(host, users, service) {}

  UserRepository users;
  CredentialRepository credentials;
  CodeRepository codes;
  HandoverRepository pending_handovers;
  ThrottleRepository budgets;
  LoginRepository logins;
  Accounts accounts;
  Throttle throttle;
  Handovers handovers;
  PasswordService passwords;
  EmailChanges email_changes;
  UserMails mails;
  StoredUserPasswords user_passwords;
  UserService service;
  UserMoves moves;
  UserImport import;
  StoredUserDirectory directory;
  StoredUserEditor editor;
  StoredLoginHistory history;
  StoredLiveUsers live_users;
  StoredPasswordSignIn sign_in;
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
  Config reset = config.section("password_reset");
  settings_.passwords.reset_lifetime = reset.duration("lifetime",
                                                      std::chrono::minutes(1),
                                                      std::chrono::hours(24 * 7),
                                                      settings_.passwords.reset_lifetime);
  settings_.passwords.reset_pause = reset.duration(
      "pause", std::chrono::seconds(0), std::chrono::hours(1), settings_.passwords.reset_pause);
  settings_.passwords.recent_sign_in = config.duration(
      "recent_sign_in", std::chrono::seconds(0), std::chrono::hours(24), std::chrono::minutes(10));
  settings_.keep_logins = config.section("login_history")
                              .duration("keep",
                                        std::chrono::hours(1),
                                        std::chrono::hours(24 * 3650),
                                        std::chrono::hours(24 * 90));
  settings_.handovers_per_hour = config.integer("handovers_per_hour", 0, 1'000'000, 20);
  settings_.live_users =
      static_cast<std::size_t>(config.integer("live_users", 0, 10'000'000, 100'000));
  configure_throttle(config.section("throttle"));
}

void UsersPlugin::configure_throttle(Config config) {
  Throttle::Settings& throttle = settings_.throttle;
  const bool enabled = config.flag("enabled", true);
  const auto limit = [&](std::string_view key, std::int64_t fallback) {
    const std::int64_t set = config.integer(key, 0, 1'000'000, fallback);
    return enabled ? set : 0;
  };
  throttle.per_user = limit("per_user", throttle.per_user);
  throttle.per_device = limit("per_device", throttle.per_device);
  throttle.per_address = limit("per_address", throttle.per_address);
  throttle.window =
      config.duration("window", std::chrono::minutes(1), std::chrono::hours(24), throttle.window);
}

Migrations UsersPlugin::migrations() const {
  return embedded_migrations();
}

void UsersPlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host, settings_);
  add_user_routes(host, parts_->service, parts_->moves);
  add_password_routes(host, parts_->passwords, parts_->email_changes);
  add_login_routes(host, parts_->history);
  parts_->mails.add_composers();
  add_user_commands(host.commands(), parts_->service, parts_->passwords);
  add_import_command(host.commands(), parts_->import);
  add_export_command(host, parts_->users, parts_->accounts, parts_->credentials);
  host.authenticators().add(parts_->sign_in.basic());
  const auto void_codes = [this](Session& db) -> Result<None> {
    GATEHOUSE_CHECK(parts_->handovers.drop_all(db));
    return parts_->email_changes.begin_anew(db);
  };
  host.events().subscribe<DatabaseRestored>(
      [void_codes](Session& db, const DatabaseRestored&) { return void_codes(db); });
  host.events().subscribe<AllRevoked>(
      [void_codes](Session& db, const AllRevoked&) { return void_codes(db); });
  host.events().subscribe<UserShutOut>([this](Session& db, const UserShutOut& event) {
    return parts_->handovers.drop_of_manager(db, event.number);
  });
  host.events().subscribe<UserPasswordChanged>(
      [this](Session& db, const UserPasswordChanged& event) {
        return parts_->handovers.drop_of_manager(db, event.number);
      });
  host.events().subscribe<AccountDeleted>([this](Session& db, const AccountDeleted& event) {
    return parts_->moves.keep_account(db, event.number);
  });
  host.services().provide<UserDirectory>(parts_->directory);
  host.services().provide<UserEditor>(parts_->editor);
  host.services().provide<UserPasswords>(parts_->user_passwords);
  host.services().provide<LiveUsers>(parts_->live_users);
  host.services().provide<LoginHistory>(parts_->history);
  host.services().provide<PasswordSignIn>(parts_->sign_in);
  add_jobs(host.jobs());
}

void UsersPlugin::add_jobs(Jobs& jobs) {
  using std::chrono::hours;
  using std::chrono::seconds;
  // Another process may change the password: a command, another instance.
  jobs.in_every_process("first_password", seconds(60), [this] { parts_->first_admin.refresh(); });
  jobs.in_every_process("decoy_costs", seconds(60), [this] { parts_->sign_in.refresh_decoys(); });
  jobs.in_every_process("last_seen", seconds(60), [this] { parts_->live_users.write_seen(); });
  jobs.every("recovery_addresses", hours(1), [this] { parts_->email_changes.follow(); });
  jobs.every("expired_codes", hours(1), [this] { parts_->passwords.drop_expired_codes(); });
  jobs.every("old_logins", hours(1), [this] { parts_->history.drop_old(); });
  jobs.every("whole_budgets", seconds(600), [this] { parts_->throttle.tidy(); });
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
  parts_->first_admin.start();
  parts_->sign_in.refresh_decoys();
}

}  // namespace gatehouse::users

GATEHOUSE_PLUGIN(gatehouse::users::UsersPlugin, "users", "1.0.0", "?accounts")
