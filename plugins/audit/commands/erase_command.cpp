// `gatehouse audit erase`: what deleting a user does to the trail, for one who stays.
// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <string>

#include <gatehouse/services.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/text.hpp>

#include "audit_commands.hpp"

namespace gatehouse::audit {
namespace {

// Whom the directory or the trail knows.
Result<std::int64_t> find_person(Context& host, const Erasure& erasure, const std::string& text) {
  const auto* users = host.services().find<UserDirectory>();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) number = 0;
  if (number == 0 && users == nullptr) {
    return unavailable("Without the plugin users only a number tells who it is.");
  }
  return host.storage().read([&](Session& db) -> Result<std::int64_t> {
    if (number != 0) {
      GATEHOUSE_TRY(const bool is_known, erasure.knows(db, number));
      if (is_known) return number;
    }
    if (users != nullptr) {
      GATEHOUSE_TRY(const auto user,
                    number != 0 ? users->find_by_number(db, number) : users->find_by_id(db, text));
      if (user) return user->number;
    }
    if (number != 0) {
      return unavailable(format("There is no user {}, and the trail knows none.", number));
    }
    return unavailable(
        format("There is no user {}; give the number of somebody who was deleted.", text));
  });
}

int erase(CommandLine& line, Context& host, const Erasure& erasure) {
  const auto person = find_person(host, erasure, line.value("user").value_or(""));
  if (!person) return refuse(line, person.error());
  const auto erased = erasure.erase(*person);
  if (!erased) return refuse(line, erased.error());
  const auto told = host.storage().write([&](Session& db) -> Result<None> {
    // For what servers have in memory about them.
    GATEHOUSE_CHECK(erasure.request(db, *person));
    db.audit({"audit.erased", *person, 0, {}, format("{} personal parts", *erased)});
    return None{};
  });
  if (!told) return refuse(line, told.error());
  line.print(format("Erased user {} from {} events.", *person, *erased));
  return 0;
}

}  // namespace

void add_erase_command(Context& host, const Erasure& erasure) {
  using Kind = CommandArgument::Kind;
  host.commands().add(
      "audit erase",
      "Erase a user's id, names and addresses from the audit trail; the events stay",
      {{"user", "their number, or their id", Kind::Required}},
      [&host, &erasure](CommandLine& line) { return erase(line, host, erasure); });
}

}  // namespace gatehouse::audit
