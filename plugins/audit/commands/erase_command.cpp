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

Result<std::int64_t> find_person(Context& host, const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number > 0) return number;
  const auto* users = host.services().find<UserDirectory>();
  if (users == nullptr)
    return unavailable("Without the plugin users only a number tells who it is.");
  GATEHOUSE_TRY(const auto user,
                host.storage().read([&](Session& db) { return users->find_by_id(db, text); }));
  if (!user) return unavailable(format("There is no user {}; who was deleted has a number.", text));
  return user->number;
}

int erase(CommandLine& line, Context& host, const Erasure& erasure) {
  const auto person = find_person(host, line.value("user").value_or(""));
  if (!person) return refuse(line, person.error());
  const auto erased = erasure.erase(*person);
  if (!erased) return refuse(line, erased.error());
  const auto told = host.storage().write([&](Session& db) -> Result<None> {
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
