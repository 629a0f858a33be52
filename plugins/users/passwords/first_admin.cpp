// SPDX-License-Identifier: Apache-2.0
#include "first_admin.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <gatehouse/log.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::users {
namespace {

constexpr const char* kVariable = "GATEHOUSE_ADMIN_PASSWORD";
constexpr const char* kFileVariable = "GATEHOUSE_ADMIN_PASSWORD_FILE";
constexpr std::size_t kGeneratedLength = 22;  // 131 bits

std::optional<std::string> take_variable(const char* name) {
  char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  std::string taken = value;
  // Unsetting removes the pointer only; /proc/PID/environ goes on showing the bytes.
  std::fill_n(value, taken.size(), '\0');
  unsetenv(name);
  return taken;
}

// A file's content without the line end that editors and `echo` leave.
std::string read_password_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    throw std::runtime_error(
        format("{} names \"{}\", which is a folder: name the file in it", kFileVariable, path));
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) {
    throw std::runtime_error(
        format("{} names \"{}\", which cannot be read: make it readable or unset it",
               kFileVariable,
               path));
  }
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

// Start-up ends with what a Result says, in full.
[[noreturn]] void give_up(const Error& error) {
  std::string text = error.message;
  for (const FieldError& field : error.fields) {
    text += format(" The first admin's {} {}.", field.pointer.substr(1), field.detail);
  }
  throw std::runtime_error(
      format("the first admin cannot be made: {} (see {} and {})", text, kVariable, kFileVariable));
}

}  // namespace

FirstAdmin::FirstAdmin(Context& host, const UserRepository& users, UserService& service)
    : host_(host),
      users_(users),
      service_(service),
      first_password_(
          host.metrics().gauge("users_first_password_unchanged",
                               "1 while the first admin still has the password of the first start.",
                               {})) {
  given_password_ = take_variable(kVariable);
  const std::optional<std::string> path = take_variable(kFileVariable);
  if (given_password_ && path) {
    throw std::runtime_error(
        format("{} and {} are both set: unset one of them", kVariable, kFileVariable));
  }
  if (path) given_password_ = read_password_file(*path);
}

void FirstAdmin::start() {
  auto over = host_.storage().read([&](Session& db) { return users_.is_first_run_over(db); });
  if (!over) give_up(over.error());
  const bool made = !*over && !leave_to_another() && create();
  if (given_password_ && !made) {
    host_.log().warning("admin_password_unused",
                        "{} or {} is set and means nothing any more: unset it. It is the password "
                        "of the admin whom the first start makes when there is none; `gatehouse "
                        "user passwd NAME` changes one",
                        kVariable,
                        kFileVariable);
  }
  given_password_.reset();
  if (refresh()) {
    host_.log().warning(
        "first_password_unchanged",
        "The first admin still has the password of the first start: change it, with "
        "`gatehouse user passwd NAME` for example");
  }
}

bool FirstAdmin::leave_to_another() {
  const auto there = host_.storage().write([&](Session& db) -> Result<bool> {
    GATEHOUSE_TRY(const bool admins, users_.has_other_lasting_admin(db, 0));
    if (admins) GATEHOUSE_CHECK(users_.claim_first_run(db, host_.clock().now()));
    return admins;
  });
  if (!there) give_up(there.error());
  if (*there) {
    host_.log().info("first_admin_not_needed", "An admin is there already, so none is made");
  }
  return *there;
}

bool FirstAdmin::create() {
  UserDraft draft;
  draft.username = "admin";
  draft.email = "admin@localhost";
  draft.roles = Role::Admin;
  const std::string generated = host_.random().base62(kGeneratedLength);
  draft.password = given_password_.value_or(generated);
  auto prepared = service_.prepare(draft, "");
  if (!prepared) give_up(prepared.error());

  // Several instances may start at once: the marker is claimed in the transaction that makes the
  // admin, so one of them wins.
  auto made = host_.storage().write([&](Session& db) -> Result<bool> {
    GATEHOUSE_TRY(const bool first, users_.claim_first_run(db, host_.clock().now()));
    if (!first) return false;
    GATEHOUSE_TRY(const StoredUser admin, service_.store(db, *prepared));
    GATEHOUSE_CHECK(users_.set_first_admin(db, admin.number));
    return true;
  });
  if (!made && made.error().code == ErrorCode::Conflict) {
    throw std::runtime_error(
        "the first admin cannot be made: a user who is no admin has the name \"admin\" or the "
        "address \"admin@localhost\". Make an admin with `gatehouse user create NAME --admin`");
  }
  if (!made) give_up(made.error());
  if (!*made || given_password_) return *made;
  try {
    host_.show_once(
        "first-admin-password",
        format("The first admin: username \"admin\", password \"{}\". It is not shown again.",
               generated));
  } catch (const std::exception& error) {
    // The admin exists by now, and must not stay out of everybody's reach.
    throw std::runtime_error(format(
        "{}. The user admin has been made: set its password with `gatehouse user passwd admin`",
        error.what()));
  }
  return true;
}

bool FirstAdmin::refresh() {
  const auto stands =
      host_.storage().read([&](Session& db) { return users_.has_first_password(db); });
  if (!stands) return false;
  first_password_.set(*stands ? 1 : 0);
  return *stands;
}

}  // namespace gatehouse::users
