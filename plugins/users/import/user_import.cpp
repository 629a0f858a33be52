// SPDX-License-Identifier: Apache-2.0
#include "user_import.hpp"

#include <map>
#include <utility>

#include <gatehouse/body.hpp>
#include <gatehouse/passwords.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/text.hpp>

#include "import_wire.hpp"

namespace gatehouse::users {
namespace {

// The rules that look at more than one field's own text.
std::vector<FieldError> check_whole(const UserLine& line,
                                    const PasswordRules& rules,
                                    const Passwords& passwords) {
  std::vector<FieldError> errors;
  const auto add = [&](const char* pointer, const char* code, std::string_view detail) {
    if (!detail.empty()) errors.push_back({pointer, code, std::string(detail)});
  };
  if (line.preferences && !line.preferences->text.starts_with('{')) {
    add("/preferences", "type", "is not a JSON object");
  }
  add("/clearances", "invalid", check_clearances(line.clearances));
  if (line.password && line.password_hash) {
    add("/password", "invalid", "is there beside a password_hash: give one of them");
  }
  if (line.password) {
    if (const auto fault = judge_password(rules, *line.password, to_user(line))) {
      errors.push_back({"/password", std::string(fault->code), fault->detail});
    }
  }
  if (line.password_hash) {
    const auto judged = passwords.judge_foreign(*line.password_hash);
    if (!judged) add("/password_hash", "invalid", judged.error().message);
  }
  return errors;
}

Error taken(std::string_view reason, std::string_view what) {
  return conflict(reason, "{}", what);
}

}  // namespace

UserImport::UserImport(Context& host,
                       const Accounts& accounts,
                       const UserRepository& users,
                       UserService& service,
                       const PasswordRules& password_rules,
                       std::string default_timezone)
    : host_(host),
      accounts_(accounts),
      users_(users),
      service_(service),
      password_rules_(password_rules),
      default_timezone_(std::move(default_timezone)) {}

Emails UserImport::emails() const {
  return users_.emails();
}

Result<ImportedUser> UserImport::read(std::string_view json) const {
  GATEHOUSE_TRY(UserLine line, decode_json<UserLine>(json));
  if (auto errors = check_whole(line, password_rules_, host_.passwords()); !errors.empty()) {
    Error error = invalid("", "");
    error.fields = std::move(errors);
    return error;
  }
  ImportedUser imported;
  imported.has_id = line.id.has_value();
  imported.user = to_user(line);
  imported.account = std::move(line.account);
  imported.password = std::move(line.password);
  imported.hash = std::move(line.password_hash);
  StoredUser& user = imported.user;
  const Time now = host_.clock().now();
  if (!imported.has_id) user.id = host_.random().object_id();
  if (!line.timezone) user.timezone = default_timezone_;
  if (!line.created_at) user.created_at = now;
  if (!line.updated_at) user.updated_at = now;
  return imported;
}

Result<bool> UserImport::look(Session& db, const ImportedUser& imported) const {
  const StoredUser& wanted = imported.user;
  if (imported.has_id) {
    GATEHOUSE_TRY(const auto there, users_.find(db, {wanted.id, 0}));
    if (there) {
      const bool same = there->username == wanted.username && there->email == wanted.email &&
                        (wanted.number == 0 || wanted.number == there->number);
      if (same) return true;
      return taken("id_taken", "Somebody else has this id already.");
    }
  }
  if (imported.has_id || wanted.number != 0) {
    GATEHOUSE_TRY(const bool was, users_.was_deleted(db, wanted.id, wanted.number));
    if (was) return taken("used", "A user who was deleted had this id or number.");
  }
  return false;
}

Result<std::optional<std::int64_t>> UserImport::find_account(Session& db,
                                                             const ImportedUser& imported) const {
  if (!imported.account) {
    GATEHOUSE_TRY(const auto account, accounts_.find_default(db));
    return account ? std::optional(account->number) : std::nullopt;
  }
  GATEHOUSE_TRY(const auto account, accounts_.find_named(db, *imported.account));
  if (!account) return invalid("/account", "{}", accounts_.fault_of(account));
  return std::optional(account->number);
}

Result<bool> UserImport::is_there(const ImportedUser& imported) const {
  return host_.storage().read([&](Session& db) -> Result<bool> {
    GATEHOUSE_TRY(const bool there, look(db, imported));
    if (there) return true;
    if (imported.account) GATEHOUSE_CHECK(find_account(db, imported));
    const StoredUser& wanted = imported.user;
    if (wanted.number != 0) {
      GATEHOUSE_TRY(const auto owner, users_.find(db, {"", wanted.number}));
      if (owner) return taken("number_taken", "Somebody else has this number already.");
    }
    GATEHOUSE_TRY(const auto by_name, users_.find_by_name(db, wanted.username.value_or("")));
    if (by_name) return taken("username_taken", "Somebody has this username already.");
    if (wanted.email) {
      GATEHOUSE_TRY(const auto by_email, users_.find_by_name(db, *wanted.email));
      if (by_email) return taken("email_taken", "Somebody has this e-mail address already.");
    }
    return false;
  });
}

Result<None> UserImport::harden(ImportedUser& imported) const {
  if (imported.password) {
    imported.hash = host_.passwords().hash(*imported.password);
    imported.password.reset();
  } else if (imported.hash) {
    GATEHOUSE_TRY(imported.hash, host_.passwords().adopt(*imported.hash));
  }
  return None{};
}

Result<UserImport::Outcome> UserImport::store(std::vector<ImportedUser>& batch, std::int64_t& at) {
  // Hashing takes long, so it is done before the transaction, and not for who is there already. Who
  // comes in between has an id or a number that the database keeps unique.
  std::vector<bool> known;
  GATEHOUSE_CHECK(host_.storage().read([&](Session& db) -> Result<None> {
    known.clear();
    for (const ImportedUser& imported : batch) {
      at = imported.line;
      GATEHOUSE_TRY(const bool there, look(db, imported));
      known.push_back(there);
    }
    return None{};
  }));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    at = batch[i].line;
    if (!known[i]) GATEHOUSE_CHECK(harden(batch[i]));
  }
  std::vector<const ImportedUser*> fresh;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!known[i]) fresh.push_back(&batch[i]);
  }
  GATEHOUSE_CHECK(store(fresh, at));
  const auto stored = static_cast<std::int64_t>(fresh.size());
  return Outcome{stored, static_cast<std::int64_t>(batch.size()) - stored};
}

// One transaction; or halves of it, where it is so long that shorter ones of a server beside it
// always come first.
Result<None> UserImport::store(std::span<const ImportedUser* const> users, std::int64_t& at) {
  auto outcome = store_at_once(users, at);
  const std::size_t half = users.size() / 2;
  if (outcome || outcome.error().code != ErrorCode::Unavailable || half == 0) return outcome;
  GATEHOUSE_CHECK(store(users.first(half), at));
  return store(users.subspan(half), at);
}

Result<None> UserImport::store_at_once(std::span<const ImportedUser* const> users,
                                       std::int64_t& at) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    // Many lines name few accounts.
    std::map<std::pair<std::string, std::int64_t>, std::optional<std::int64_t>> known;
    for (const ImportedUser* const user : users) {
      const ImportedUser& imported = *user;
      at = imported.line;
      const IdOrNumber name = imported.account.value_or(IdOrNumber{});
      const auto [account, is_new] = known.try_emplace({name.id, name.number});
      if (is_new) {
        GATEHOUSE_TRY(account->second, find_account(db, imported));
      }
      UserService::Prepared prepared{imported.user, imported.hash};
      prepared.user.account = account->second;
      auto stored = service_.store(db, prepared);
      if (!stored && stored.error().reason == "conflict") {
        return taken("number_taken", "Somebody has this number or id already.");
      }
      GATEHOUSE_CHECK(std::move(stored));
    }
    return None{};
  });
}

}  // namespace gatehouse::users
