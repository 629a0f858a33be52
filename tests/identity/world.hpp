// The identity plugins together, from their libraries, and people and accounts in them. People are
// put into the tables, since nobody is made an admin or a managed user over the API.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/principal.hpp>
#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/services/account_directory.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/testing/harness.hpp>
#include <gatehouse/text.hpp>

#include "tests/identity/json.hpp"

namespace gatehouse::identity {

constexpr std::string_view kPassword = "correct horse battery";

struct Person {
  std::int64_t account = 0;
  Roles roles = {};
  std::int64_t manager = 0;  // then without a username
  bool active = true;
  std::string first_name = {};
  std::string last_name = {};
  Time created_at = {};
  // Given when placed.
  std::int64_t number = 0;
  std::string id = {};

  Principal principal() const {
    Principal who;
    who.user = number;
    who.user_id = id;
    who.username = manager == 0 ? id : "";
    who.account = account;
    who.roles = roles;
    who.method = "test";
    who.signed_in_at = testing::FakeClock().now();
    return who;
  }
};

// What differs from the defaults.
struct WorldSettings {
  testing::Settings policy = {};
  std::map<std::string, testing::Settings> plugins = {};  // of the identity plugins, by name
};

class World {
 public:
  // With these beside the identity plugins.
  explicit World(std::vector<testing::TestedPlugin> more = {}, const WorldSettings& settings = {})
      : app_(plugins(std::move(more), settings), settings.policy) {
    if (!app_.mistakes().empty()) throw std::runtime_error(app_.mistakes().front());
    const HashingAllowed slot;
    password_hash_ = Argon2Passwords(PasswordCost{}).hash(kPassword);
    root_ = place({.roles = Role::Admin});
  }

  testing::HarnessCore& app() { return app_; }
  // An admin.
  testing::Client root() { return sign_in(root_); }
  testing::Client sign_in(const Person& person) { return app_.as(person.principal()); }

  // Makes the account through the API; its number. `consultancy`: 0 is none.
  std::int64_t make_account(std::string_view name, std::int64_t consultancy) {
    const std::string link =
        consultancy == 0 ? "" : ", \"consultancy_account\": " + std::to_string(consultancy);
    const auto reply =
        root().post("/v1/accounts", "{\"name\": \"" + std::string(name) + "\"" + link + "}");
    if (reply.status != 201) throw std::runtime_error("no account: " + reply.body);
    return std::stoll(json_member(reply.body, "number"));
  }

  std::int64_t default_account() {
    const auto* accounts = app_.services().find<AccountDirectory>();
    const auto found =
        app_.storage().read([&](Session& db) { return accounts->default_account(db); });
    if (!found) throw std::runtime_error(found.error().message);
    return *found;
  }

  // Puts somebody into the tables, with kPassword; username and id are the same.
  Person place(Person person) {
    std::vector<Person> people{std::move(person)};
    place_all(people);
    return people.front();
  }

  // Puts an API token of the user's into the table that may do nothing but change tokens; its id.
  std::string place_token(std::int64_t user) {
    char id[25];
    std::snprintf(id, sizeof id, "70ce%020lld", static_cast<long long>(++placed_tokens_));
    const auto stored = app_.storage().write([&](Session& db) -> Result<None> {
      const Time now = app_.clock().now();
      GATEHOUSE_CHECK(db.run(kPlaceToken, id, user, id, now, now, now + std::chrono::hours(24)));
      return None{};
    });
    if (!stored) throw std::runtime_error(stored.error().message);
    return id;
  }

  // A session of that user; its id.
  std::string place_session(std::int64_t user) {
    constexpr Sql kPlaceSession =
        "insert into tokens_session (id, user_number, mount, method, created_at, remote_address, "
        "user_agent, last_used_at, last_used_address, idle_until, expires_at, user_epoch, "
        "deployment_epoch, generation, rotated_at) values (:id, :user_number, '/v1', 'session', 0, "
        "'', '', 0, '', 9000000000000000, 9000000000000000, 0, 0, 1, 0)";
    char id[25];
    std::snprintf(id, sizeof id, "5e55%020lld", static_cast<long long>(++sessions_));
    const auto stored =
        app_.storage().write([&](Session& db) { return db.run(kPlaceSession, id, user); });
    if (!stored) throw std::runtime_error(stored.error().message);
    return id;
  }

  // Somebody is invited to take the user over, if there is one.
  void place_handover(std::int64_t user) {
    constexpr Sql kPlaceHandover =
        "insert into users_handover (user_number, username, email, expires_at) "
        "select number, 'heir', 'heir@example.org', 9000000000000000 from users_user "
        "where number = :user on conflict (user_number) do nothing";
    const auto stored =
        app_.storage().write([&](Session& db) { return db.run(kPlaceHandover, user); });
    if (!stored) throw std::runtime_error(stored.error().message);
  }

  // A grant between the two; its id.
  std::string place_grant(std::int64_t owner, std::int64_t grantee, bool confirmed) {
    constexpr Sql kPlaceGrant =
        "insert into managed_users_grant (id, owner, grantee, scopes, made_by, confirmed, "
        "created_at) values (:id, :owner, :grantee, 'data:read', :made_by, :confirmed, 0)";
    char id[25];
    std::snprintf(id, sizeof id, "5a4e%020lld", static_cast<long long>(++grants_));
    const auto stored = app_.storage().write(
        [&](Session& db) { return db.run(kPlaceGrant, id, owner, grantee, owner, confirmed); });
    if (!stored) throw std::runtime_error(stored.error().message);
    return id;
  }

  // In one transaction.
  void place_all(std::vector<Person>& people) {
    for (Person& person : people) {
      person.number = kLastNumber - placed_++;
      char id[25];
      std::snprintf(id, sizeof id, "feed%020lld", static_cast<long long>(person.number));
      person.id = id;
    }
    const auto stored = app_.storage().write([&](Session& db) -> Result<None> {
      for (const Person& person : people) GATEHOUSE_CHECK(store(db, person));
      return None{};
    });
    if (!stored) throw std::runtime_error(stored.error().message);
  }

 private:
  // Downwards, and far from where the plugins count upwards.
  static constexpr std::int64_t kLastNumber = 1'000'000'000;

  static constexpr Sql kPlace =
      "insert into users_user (number, id, username, username_key, email, email_key, "
      "recovery_email, email_verified, first_name, first_name_key, last_name, last_name_key, "
      "timezone, description, account, manager, role_bits, active, locked, clearance_bits, "
      "can_inbox, api_access, created_at, updated_at) values (:number, :id, :username, "
      ":username_key, :email, :email_key, :recovery_email, true, :first_name, :first_name_key, "
      ":last_name, :last_name_key, 'UTC', '', :account, :manager, :role_bits, :active, false, 1, "
      "true, true, :created_at, 0)";
  static constexpr Sql kPlaceName =
      "insert into users_name (name_key, user_number) values (:key, :number)";
  static constexpr Sql kPlacePassword =
      "insert into users_credential (user_number, password_hash, version, changed_at) "
      "values (:number, :hash, 1, 0)";
  static constexpr Sql kPlaceToken =
      "insert into tokens_api_token (id, user_number, digest, format, title, scopes, active, "
      "made_on, created_at, updated_at, expires_at) values (:id, :user, :digest, 1, 'placed', "
      "'[\"tokens:write\"]', true, '/v1', :created_at, :updated_at, :expires_at)";

  static std::vector<testing::TestedPlugin> plugins(std::vector<testing::TestedPlugin> more,
                                                    const WorldSettings& settings) {
    std::vector<testing::TestedPlugin> all;
    for (const char* name : {GATEHOUSE_IDENTITY_PLUGINS}) {
      auto plugin = testing::load_plugin(std::string(GATEHOUSE_PLUGIN_FOLDER "/") + name + ".so");
      const auto found = settings.plugins.find(name);
      all.push_back({name,
                     std::move(plugin),
                     found == settings.plugins.end() ? testing::Settings() : found->second});
    }
    for (testing::TestedPlugin& plugin : more) all.push_back(std::move(plugin));
    return all;
  }

  Result<None> store(Session& db, const Person& person) {
    const bool managed = person.manager != 0;
    const std::string email = person.id + "@example.org";
    const auto unless_zero = [](std::int64_t number) {
      return number == 0 ? std::nullopt : std::optional(number);
    };
    GATEHOUSE_CHECK(db.run(kPlace,
                           person.number,
                           person.id,
                           managed ? std::nullopt : std::optional(person.id),
                           managed ? "" : person.id,
                           managed ? std::nullopt : std::optional(email),
                           managed ? "" : email,
                           managed ? std::nullopt : std::optional(email),
                           person.first_name,
                           fold(person.first_name),
                           person.last_name,
                           fold(person.last_name),
                           unless_zero(person.account),
                           unless_zero(person.manager),
                           std::int64_t{person.roles.bits()},
                           person.active,
                           person.created_at));
    if (managed) return None{};
    GATEHOUSE_CHECK(db.run(kPlaceName, person.id, person.number));
    GATEHOUSE_CHECK(db.run(kPlaceName, email, person.number));
    GATEHOUSE_CHECK(db.run(kPlacePassword, person.number, password_hash_));
    return None{};
  }

  testing::HarnessCore app_;
  Person root_;
  std::string password_hash_;
  std::int64_t placed_ = 0;
  std::int64_t sessions_ = 0;
  std::int64_t grants_ = 0;
  std::int64_t placed_tokens_ = 0;
};

}  // namespace gatehouse::identity
