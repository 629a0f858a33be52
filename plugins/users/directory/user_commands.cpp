// SPDX-License-Identifier: Apache-2.0
#include "user_commands.hpp"

#include <charconv>

#include <gatehouse/text.hpp>

namespace gatehouse::users {
namespace {

constexpr int kDone = 0;
constexpr int kRefused = 1;

int refuse(CommandLine& line, const Error& error) {
  if (error.fields.empty()) line.fail(error.message);
  for (const FieldError& field : error.fields) {
    const bool named = field.pointer.starts_with('/');
    line.fail(named ? format("{} {}.", field.pointer.substr(1), field.detail) : field.detail);
  }
  return kRefused;
}

// Digits alone are a number: who has an account of such a name gives its id.
IdOrNumber account_named(const std::string& text) {
  IdOrNumber account;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), account.number);
  if (error != std::errc() || end != text.data() + text.size()) account = {text, 0};
  return account;
}

int create_user(CommandLine& line, UserService& service) {
  UserDraft draft;
  draft.username = line.value("username").value_or("");
  draft.email = line.value("email");
  if (line.flag("admin")) draft.roles = Role::Admin;
  if (const auto account = line.value("account")) draft.account = account_named(*account);
  auto password = line.secret(format("Password for {}", draft.username));
  if (!password) return refuse(line, password.error());
  draft.password = *std::move(password);
  const auto user = service.create_as_operator(draft);
  if (!user) return refuse(line, user.error());
  line.print(format("Created user {} with id {}.", user->number, user->id));
  return kDone;
}

int set_password(CommandLine& line, PasswordService& passwords) {
  const std::string username = line.value("username").value_or("");
  auto password = line.secret(format("New password for {}", username));
  if (!password) return refuse(line, password.error());
  const auto set = passwords.set_as_operator(username, *password);
  if (!set && set.error().code == ErrorCode::NotFound) {
    line.fail(format("There is no user \"{}\": `gatehouse user list` shows them.", username));
    return kRefused;
  }
  if (!set) return refuse(line, set.error());
  line.print(format("The password of {} is set.", username));
  return kDone;
}

std::string line_of(const StoredUser& user) {
  std::string roles;
  for (const std::string& role : role_names(user.roles())) {
    if (!roles.empty()) roles += ',';
    roles += role;
  }
  return format("{}\t{}\t{}\t{}\t{}\t{}",
                user.number,
                user.id,
                user.username.value_or("-"),
                user.email.value_or("-"),
                user.active ? "active" : "inactive",
                roles.empty() ? "-" : roles);
}

int list_users(CommandLine& line, UserService& service) {
  UserFilter filter;
  if (!add_text(filter, line.value("text").value_or(""), UserListing::kAnyField)) {
    line.fail(format("--text has more than {} words.", UserFilter::kMaxWords));
    return kRefused;
  }
  filter.sort = UserSort::Username;
  filter.order = SortOrder::Ascending;
  filter.limit = 1000;
  line.print("number\tid\tusername\temail\tstate\troles");
  for (bool more = true; more;) {
    auto users = service.list_as_operator(filter);
    if (!users) return refuse(line, users.error());
    more = users->size() > static_cast<std::size_t>(filter.limit);
    if (more) users->pop_back();
    for (const StoredUser& user : *users) line.print(line_of(user));
    if (more) filter.after = position_of(users->back(), filter.sort);
  }
  return kDone;
}

}  // namespace

void add_user_commands(Commands& commands, UserService& service, PasswordService& passwords) {
  using Kind = CommandArgument::Kind;
  commands.add("user create",
               "Create a user; asks for the password",
               {{"username", "the name to sign in with", Kind::Required},
                {"email", "the e-mail address", Kind::Option},
                {"account", "id, number or name; else the default account", Kind::Option},
                {"admin", "give the role admin", Kind::Flag}},
               [&service](CommandLine& line) { return create_user(line, service); });
  commands.add("user passwd",
               "Set a user's password; asks for it",
               {{"username", "username or e-mail address", Kind::Required}},
               [&passwords](CommandLine& line) { return set_password(line, passwords); });
  commands.add("user list",
               "List users, tab-separated, by username",
               {{"text", "words that must all occur in name or e-mail", Kind::Option}},
               [&service](CommandLine& line) { return list_users(line, service); });
}

}  // namespace gatehouse::users
