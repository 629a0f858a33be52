// SPDX-License-Identifier: Apache-2.0
#include "account_service.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <gatehouse/events.hpp>
#include <gatehouse/field_errors.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/text.hpp>
#include <gatehouse/time.hpp>

#include "account_rules.hpp"

namespace gatehouse::accounts {
namespace {

void check_text(FieldErrors& errors,
                std::string_view pointer,
                const Patch<std::string>& text,
                const char* (*check)(std::string_view)) {
  if (text.value()) errors.add(pointer, "invalid", check(normalise(*text.value())));
}

// What is wrong with the fields of a change but its consultancy, which only the database knows.
void check(FieldErrors& errors, const AccountChange& change) {
  if (change.name.is_null()) errors.add("/name", "null", "cannot be null");
  check_text(errors, "/name", change.name, check_name);
  if (change.roles.is_null()) errors.add("/roles", "null", "cannot be null");
  if (const auto& roles = change.roles.value()) {
    for (std::size_t i = 0; i < roles->size(); ++i) {
      errors.add(format("/roles/{}", i), "invalid", check_role(normalise((*roles)[i])));
    }
  }
  check_text(errors, "/primary_color", change.primary_color, check_color);
  check_text(errors, "/secondary_color", change.secondary_color, check_color);
  check_text(errors, "/logo_url", change.logo_url, check_logo_url);
}

// A change that check() has nothing against, but of the consultancy.
void apply(const AccountChange& change, StoredAccount& account) {
  if (change.name.value()) account.name = normalise(*change.name.value());
  if (const auto& roles = change.roles.value()) {
    account.roles.clear();
    for (const std::string& role : *roles) account.roles.push_back(normalise(role));
    std::sort(account.roles.begin(), account.roles.end());
    account.roles.erase(std::unique(account.roles.begin(), account.roles.end()),
                        account.roles.end());
  }
  change.primary_color.apply_to(account.primary_color);
  change.secondary_color.apply_to(account.secondary_color);
  change.logo_url.apply_to(account.logo_url);
}

// The fields that a change names, each with the right it needs in an account that there is already.
struct Claim {
  const char* field;
  bool present;
  AccountAction right;
};
std::array<Claim, 6> claims_of(const AccountChange& change) {
  return {{{"name", change.name.present(), AccountAction::Edit},
           {"roles", change.roles.present(), AccountAction::Grant},
           {"consultancy_account", change.consultancy_account.present(), AccountAction::Grant},
           {"primary_color", change.primary_color.present(), AccountAction::Edit},
           {"secondary_color", change.secondary_color.present(), AccountAction::Edit},
           {"logo_url", change.logo_url.present(), AccountAction::Edit}}};
}

std::int64_t consultancy_number(const StoredAccount& account) {
  return account.as_object().consultancy;
}

std::vector<std::string> differences(const StoredAccount& before, const StoredAccount& after) {
  std::vector<std::string> fields;
  const auto compare = [&fields](const char* field, const auto& a, const auto& b) {
    if (a != b) fields.emplace_back(field);
  };
  compare("name", before.name, after.name);
  compare("roles", before.roles, after.roles);
  compare("consultancy_account", consultancy_number(before), consultancy_number(after));
  compare("primary_color", before.primary_color, after.primary_color);
  compare("secondary_color", before.secondary_color, after.secondary_color);
  compare("logo_url", before.logo_url, after.logo_url);
  return fields;
}

// Whom an account looks after is told in its own trail too, by the client's number.
void audit_consultancy(Session& db, std::int64_t client, std::int64_t before, std::int64_t after) {
  if (before == after) return;
  const auto tell = [&](const char* action, std::int64_t consultancy) {
    if (consultancy == 0) return;
    AuditEvent event{action};
    event.account = consultancy;
    event.detail = std::to_string(client);
    db.audit(event);
  };
  tell("account.client_removed", before);
  tell("account.client_added", after);
}

Error wrong_consultancy(std::string_view code, std::string_view detail) {
  Error error = invalid("/consultancy_account", "{}", detail);
  error.fields.front().code = code;
  return error;
}

}  // namespace

Result<AccountService::Counted> AccountService::create(const Principal& who,
                                                       const AccountChange& draft) {
  GATEHOUSE_CHECK(permit(decide(who, AccountAction::Administer, {}, host_.policy())));
  GATEHOUSE_CHECK(permit_fields(who, draft, {}));
  StoredAccount blank;
  blank.id = host_.random().object_id();
  blank.created_at = host_.clock().now();
  blank.updated_at = blank.created_at;
  return host_.storage().write([&](Session& db) -> Result<Counted> {
    GATEHOUSE_TRY(StoredAccount made, changed(db, draft, blank));
    GATEHOUSE_TRY(made.number, accounts_.insert(db, made));
    AuditEvent event{"account.created"};
    event.account = made.number;
    event.changes = differences({}, made);
    db.audit(event);
    audit_consultancy(db, made.number, 0, consultancy_number(made));
    return Counted{std::move(made), 0};
  });
}

Result<AccountService::Counted> AccountService::find(const Principal& who,
                                                     const IdOrNumber& reference) {
  return host_.storage().read([&](Session& db) -> Result<Counted> {
    GATEHOUSE_TRY(auto account, accounts_.find(db, reference));
    if (!account) return not_found();
    GATEHOUSE_CHECK(permit(decide(who, AccountAction::Read, account->as_object(), host_.policy())));
    return counted(db, *std::move(account));
  });
}

Result<std::vector<StoredAccount>> AccountService::list(const Principal& who,
                                                        AccountFilter filter) {
  filter.sees = visible_accounts(who);
  ++filter.limit;
  return host_.storage().read([&](Session& db) { return accounts_.list(db, filter); });
}

Result<AccountService::Counted> AccountService::change(const Principal& who,
                                                       const IdOrNumber& reference,
                                                       const AccountChange& change,
                                                       const StateCheck& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<Counted> {
    GATEHOUSE_TRY(auto found, accounts_.find(db, reference));
    if (!found) return not_found();
    const StoredAccount before = *std::move(found);
    GATEHOUSE_CHECK(permit(decide(who, AccountAction::Read, before.as_object(), host_.policy())));
    GATEHOUSE_CHECK(is_as_seen(before));
    GATEHOUSE_CHECK(permit_fields(who, change, before));
    GATEHOUSE_TRY(StoredAccount after, changed(db, change, before));
    AuditEvent event{"account.updated"};
    event.account = after.number;
    event.changes = differences(before, after);
    if (!event.changes.empty()) {
      after.updated_at = host_.clock().now();
      GATEHOUSE_CHECK(accounts_.update(db, after));
      db.audit(event);
      audit_consultancy(db, after.number, consultancy_number(before), consultancy_number(after));
    }
    return counted(db, std::move(after));
  });
}

Result<None> AccountService::erase(const Principal& who,
                                   const IdOrNumber& reference,
                                   const StateCheck& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto account, accounts_.find(db, reference));
    if (!account) return not_found();
    GATEHOUSE_CHECK(permit(decide(who, AccountAction::Read, account->as_object(), host_.policy())));
    GATEHOUSE_CHECK(is_as_seen(*account));
    GATEHOUSE_CHECK(
        permit(decide(who, AccountAction::Administer, account->as_object(), host_.policy())));
    if (account->is_default) {
      return conflict("default_account",
                      "This is the account of users who are given no other; it stays.");
    }
    GATEHOUSE_TRY(const bool has_clients, accounts_.has_clients(db, account->number));
    if (has_clients) {
      return conflict("in_use",
                      "The account is the consultancy of others: give them another one, or none.");
    }
    GATEHOUSE_CHECK(host_.events().publish(db, AccountDeleted{account->number, account->id}));
    GATEHOUSE_CHECK(accounts_.erase(db, account->number));
    AuditEvent event{"account.deleted"};
    event.account = account->number;
    db.audit(event);
    audit_consultancy(db, account->number, consultancy_number(*account), 0);
    return None{};
  });
}

// Whether `who` may make that change, field by field; whoever makes an account says what it is
// called and looks like.
Result<None> AccountService::permit_fields(const Principal& who,
                                           const AccountChange& change,
                                           const StoredAccount& account) {
  const AccountObject object = account.as_object();
  for (const Claim& claim : claims_of(change)) {
    const bool is_in_the_making = object.account == 0 && claim.right == AccountAction::Edit;
    if (!claim.present || is_in_the_making ||
        decide(who, claim.right, object, host_.policy()) == Decision::Allowed) {
      continue;
    }
    Error error = denied();
    error.message = format("You may not write \"{}\" of this account.", claim.field);
    return error;
  }
  return None{};
}

// The account with the change, or all that is wrong with its fields.
Result<StoredAccount> AccountService::changed(Session& db,
                                              const AccountChange& change,
                                              StoredAccount account) {
  FieldErrors errors;
  check(errors, change);
  if (change.consultancy_account.is_null()) account.consultancy.reset();
  if (const auto& named = change.consultancy_account.value()) {
    auto consultancy = consultancy_of(db, *named, account);
    if (consultancy) {
      account.consultancy = *std::move(consultancy);
    } else if (consultancy.error().code == ErrorCode::InvalidArgument) {
      errors.add(consultancy.error());
    } else {
      return std::move(consultancy).error();
    }
  }
  GATEHOUSE_CHECK(std::move(errors).result());
  apply(change, account);
  return account;
}

// Consultancy is one level: the consultants of a consultancy's consultancy could name
// account-admins there, who name consultants, and so reach clients that are not theirs.
Result<std::optional<AccountName>> AccountService::consultancy_of(Session& db,
                                                                  const IdOrNumber& named,
                                                                  const StoredAccount& client) {
  GATEHOUSE_TRY(auto consultancy, accounts_.find(db, {named.id, named.number}));
  if (!consultancy) return wrong_consultancy("unknown", "names no account");
  if (client.number != 0 && consultancy->number == client.number) {
    return wrong_consultancy("circle", "is the account itself");
  }
  if (const std::int64_t above = consultancy_number(*consultancy); above != 0) {
    return above == client.number
               ? wrong_consultancy("circle", "is looked after by this account")
               : wrong_consultancy("chain", "is looked after by another account itself");
  }
  GATEHOUSE_TRY(const bool has_clients, accounts_.has_clients(db, client.number));
  if (has_clients) {
    return wrong_consultancy("chain", "cannot be set: this account looks after others itself");
  }
  return AccountName{consultancy->number, std::move(consultancy->id), std::move(consultancy->name)};
}

Result<AccountService::Counted> AccountService::counted(Session& db, StoredAccount account) {
  Counted counted{std::move(account), 0};
  if (const auto* users = host_.services().find<UserDirectory>()) {
    GATEHOUSE_TRY(counted.users, users->count_in_account(db, counted.account.number));
  }
  return counted;
}

}  // namespace gatehouse::accounts
