// A plugin that knows people and accounts and does things on demand, for the audit trail to tell
// of. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <gatehouse/plugin.hpp>
#include <gatehouse/services/account_directory.hpp>
#include <gatehouse/services/user_directory.hpp>

namespace gatehouse::audit {

// What the plugin is asked to do and to tell of.
struct Deed {
  std::string action = "thing.changed";
  std::int64_t user = 0;
  std::int64_t account = 0;
  std::string user_name = {};
  std::string detail = {};
  std::vector<std::string> changes = {};
  bool fail = false;  // after it was told
};
BOOST_DESCRIBE_STRUCT(Deed, (), (action, user, account, user_name, detail, changes, fail))
constexpr auto rules(Of<Deed>) {
  return std::tuple{field(&Deed::action, {.optional = true}),
                    field(&Deed::user, {.optional = true}),
                    field(&Deed::account, {.optional = true}),
                    field(&Deed::user_name, {.optional = true}),
                    field(&Deed::detail, {.optional = true}),
                    field(&Deed::changes, {.optional = true}),
                    field(&Deed::fail, {.optional = true})};
}

inline std::string id_of(std::int64_t number) {
  return "65f1c0ffee0000000000" + std::to_string(1'000 + number);
}
inline std::int64_t number_of(std::string_view id) {
  return id.size() == 24 ? std::stoll(std::string(id.substr(20))) - 1'000 : 0;
}

inline AuditEvent to_event(const Deed& deed) {
  AuditEvent event{deed.action, deed.user, deed.account, deed.changes, deed.detail};
  if (deed.user != 0) event.user_id = id_of(deed.user);
  event.user_name = deed.user_name;
  return event;
}

// Of users 1 to 9, 4 and 5 are in account 20, 6 and 7 in 21, the others in 22.
inline std::int64_t account_of(std::int64_t user) {
  if (user == 4 || user == 5) return 20;
  return user == 6 || user == 7 ? 21 : 22;
}

class KnownUsers final : public UserDirectory {
 public:
  Result<std::optional<UserRecord>> find_by_id(Session& db, std::string_view id) const override {
    return find_by_number(db, number_of(id));
  }
  Result<std::optional<UserRecord>> find_by_number(Session&, std::int64_t number) const override {
    if (number < 1 || number > 9 || gone_.contains(number)) return std::nullopt;
    UserRecord record;
    record.number = number;
    record.id = id_of(number);
    record.account = account_of(number);
    return record;
  }
  Result<std::vector<UserRecord>> find_all(Session&, std::span<const std::int64_t>) const override {
    return std::vector<UserRecord>();
  }
  Result<std::optional<UserRecord>> find_by_username(Session&, std::string_view) const override {
    return std::nullopt;
  }
  Result<std::optional<UserRecord>> find_by_email(Session&, std::string_view) const override {
    return std::nullopt;
  }
  Result<std::vector<UserRecord>> list(Session&,
                                       const Principal&,
                                       const UserListing&) const override {
    return std::vector<UserRecord>();
  }
  UserPosition position_of(const UserRecord&, UserListing::Sort) const override { return {}; }
  Result<std::int64_t> count(Session&, const Principal&, const UserListing&) const override {
    return 0;
  }
  Result<std::vector<AccountUsers>> count_in_accounts(
      Session&, std::span<const std::int64_t>) const override {
    return std::vector<AccountUsers>();
  }

  void forget(std::int64_t user) { gone_.insert(user); }

 private:
  std::set<std::int64_t> gone_;
};

// 20 to 22, of which 20 looks after 21.
class KnownAccounts final : public AccountDirectory {
 public:
  Result<std::optional<AccountRecord>> find_by_id(Session& db, std::string_view id) const override {
    return find_by_number(db, number_of(id));
  }
  Result<std::optional<AccountRecord>> find_by_number(Session&,
                                                      std::int64_t number) const override {
    return account(number);
  }
  Result<std::optional<AccountRecord>> find_by_name(Session&, std::string_view) const override {
    return std::nullopt;
  }
  Result<std::vector<AccountRecord>> find_all(
      Session& db, std::span<const std::int64_t> numbers) const override {
    std::vector<AccountRecord> found;
    for (const std::int64_t number : numbers) {
      GATEHOUSE_TRY(const auto account, find_by_number(db, number));
      if (account) found.push_back(*account);
    }
    return found;
  }
  Result<std::vector<std::int64_t>> clients_of(Session&, std::int64_t consultancy) const override {
    return consultancy == 20 ? std::vector<std::int64_t>{21} : std::vector<std::int64_t>{};
  }
  Result<std::vector<std::int64_t>> find_by_text(Session&, std::string_view) const override {
    return std::vector<std::int64_t>();
  }
  Result<std::int64_t> default_account(Session&) const override { return 22; }
  Result<std::vector<AccountRecord>> list(Session&,
                                          const Principal&,
                                          const AccountListing&) const override {
    return std::vector<AccountRecord>();
  }
  AccountPosition position_of(const AccountRecord&, AccountListing::Sort) const override {
    return {};
  }
  Result<std::int64_t> count(Session&, const Principal&, const AccountListing&) const override {
    return 0;
  }
  Result<std::shared_ptr<const AccountRecord>> find_live(std::int64_t number) override {
    const auto found = account(number);
    return found ? std::make_shared<const AccountRecord>(*found) : nullptr;
  }

 private:
  static std::optional<AccountRecord> account(std::int64_t number) {
    if (number < 20 || number > 22) return std::nullopt;
    AccountRecord record;
    record.number = number;
    record.id = id_of(number);
    record.name = "Account " + std::to_string(number);
    record.consultancy = number == 21 ? 20 : 0;
    return record;
  }
};

class World final : public Plugin {
 public:
  enum class Directories : std::uint8_t { Provided, Missing };
  explicit World(Directories directories) : directories_(directories) {}

  Migrations migrations() const override {
    return {{"0001",
             "things",
             {"create table world_thing (number integer primary key, account integer)",
              "create table world_thing (number bigint generated by default as identity primary "
              "key, account bigint)"}}};
  }

  void wire(Context& host) override {
    host_ = &host;
    if (directories_ == Directories::Provided) {
      host.services().provide<UserDirectory>(users_);
      host.services().provide<AccountDirectory>(accounts_);
    }
    host.permissions().declare("world:change", held_by_everybody);
    const auto act = [&host](Call&, const Deed& deed) -> Result<Deed> {
      return host.storage().write([&](Session& db) -> Result<Deed> {
        GATEHOUSE_CHECK(
            db.run("insert into world_thing (account) values (:account)", deed.account));
        db.audit(to_event(deed));
        if (deed.fail) return conflict("failed", "It was to fail.");
        return deed;
      });
    };
    const auto refuse = [&host](Call&, const Deed& deed) -> Result<Deed> {
      host.audit_refused(to_event(deed));
      return conflict("refused", "It was to be refused.");
    };
    host.routes()
        .post("/deeds", "world:change", "Do it", act)
        .delegable("data:write")
        .answers(409, "failed");
    host.routes().post("/refusals", "world:change", "Refuse it", refuse).answers(409, "refused");
    host.routes().post("/attempts", "public", "Try it", refuse).answers(409, "refused");
    host.routes().get(
        "/denials", "world:change", "Deny it", [](Call&) -> Result<Deed> { return denied(); });
  }

  // As the plugin that keeps the user does it.
  Result<None> erase(std::int64_t user) {
    return host_->storage().write([&](Session& db) -> Result<None> {
      return host_->events().publish(db, UserDeleted{user, id_of(user), account_of(user)});
    });
  }
  // As the host does it when a backup was put back.
  Result<None> restore(std::int64_t epoch) {
    return host_->storage().write([&](Session& db) -> Result<None> {
      return host_->events().publish(db, DatabaseRestored{epoch});
    });
  }
  // As if the user had been deleted while the trail did not listen. While no job runs.
  void forget(std::int64_t user) { users_.forget(user); }
  Context& host() { return *host_; }

 private:
  Directories directories_;
  KnownUsers users_;
  KnownAccounts accounts_;
  Context* host_ = nullptr;
};

}  // namespace gatehouse::audit
