// `gatehouse export users`: all users in the order they were created, a page at a time. Whoever
// does not change meanwhile is there exactly once; it is no snapshot, so that a long export holds
// no transaction open beside the server. SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <functional>
#include <utility>

#include <gatehouse/body.hpp>
#include <gatehouse/passwords.hpp>
#include <gatehouse/text.hpp>

#include "import_commands.hpp"
#include "import_wire.hpp"

namespace gatehouse::users {
namespace {

constexpr std::int64_t kPage = 1'000;

enum class Hashes : std::uint8_t { Left, Written };

class Export {
 public:
  Export(Context& host,
         const UserRepository& users,
         const Accounts& accounts,
         const CredentialRepository& credentials,
         Hashes hashes)
      : host_(host),
        users_(users),
        accounts_(accounts),
        credentials_(credentials),
        hashes_(hashes) {}

  // Hands every user to `write`, as text; how many there were. Ends early when it returns false.
  Result<std::int64_t> run(const std::function<bool(const std::string&)>& write) const {
    UserFilter filter;
    filter.sees.all = true;
    filter.sort = UserSort::Created;
    filter.order = SortOrder::Ascending;
    filter.limit = kPage;
    std::int64_t written = 0;
    for (;;) {
      GATEHOUSE_TRY(const auto page,
                    host_.storage().read([&](Session& db) { return read_page(db, filter); }));
      for (const UserLine& line : page.lines) {
        if (!write(encode_json(line))) return written;
        ++written;
      }
      if (!page.last) return written;
      filter.after = page.last;
    }
  }

 private:
  struct Lines {
    std::vector<UserLine> lines;
    std::optional<UserPosition> last;  // nothing when no page comes after this one
  };
  Result<Lines> read_page(Session& db, const UserFilter& filter) const {
    GATEHOUSE_TRY(auto rows, users_.list(db, filter));
    GATEHOUSE_TRY(const auto placed, accounts_.place_all(db, std::move(rows)));
    Lines page;
    for (const PlacedUser& one : placed) {
      const StoredUser& row = one.user;
      if (!row.username) continue;  // managed; these come with the plugin that makes them
      UserLine line = to_line(one);
      if (hashes_ == Hashes::Written) {
        GATEHOUSE_TRY(const auto credential, credentials_.find(db, row.number));
        if (credential) {
          line.password_hash = host_.passwords().original(credential->password_hash);
        }
      }
      page.lines.push_back(std::move(line));
    }
    if (placed.size() == static_cast<std::size_t>(filter.limit)) {
      page.last = position_of(placed.back().user, filter.sort);
    }
    return page;
  }

  Context& host_;
  const UserRepository& users_;
  const Accounts& accounts_;
  const CredentialRepository& credentials_;
  Hashes hashes_;
};

int export_to_file(CommandLine& line, const Export& users, const std::string& path) {
  if (const auto made = line.create_file(path); !made) {
    line.fail(made.error().message);
    return 1;
  }
  std::ofstream file(path, std::ios::app | std::ios::binary);
  std::int64_t written = 0;
  const auto exported = users.run([&](const std::string& text) {
    file << text << '\n';
    if (++written % kPage == 0) line.progress(format("{} users", written));
    return file.good() && !line.interrupted();
  });
  line.progress("");
  file.close();
  if (exported && file.good() && !line.interrupted()) {
    line.print(format("Exported {} users.", *exported));
    return 0;
  }
  std::filesystem::remove(path);
  if (!exported) line.fail(exported.error().message);
  line.fail(format(file.good() ? "The export is not complete: {} is removed."
                               : "{} cannot be written to its end, and is removed.",
                   path));
  return 1;
}

int export_users(CommandLine& line, const Export& users) {
  const auto path = line.value("file");
  if (path && *path != "-") return export_to_file(line, users, *path);
  const auto exported = users.run([&](const std::string& text) {
    line.print(text);
    return true;
  });
  if (exported) return 0;
  line.fail(exported.error().message);
  return 1;
}

}  // namespace

void add_export_command(Context& host,
                        const UserRepository& users,
                        const Accounts& accounts,
                        const CredentialRepository& credentials) {
  using Kind = CommandArgument::Kind;
  host.commands().add(
      "export users",
      "Write all users as JSON, one a line, for `import users`",
      {{"file", "a new file, for its owner alone; without one: standard output", Kind::Optional},
       {"with-hashes",
        "with what verifies their passwords: keep it like the passwords",
        Kind::Flag}},
      [&](CommandLine& line) {
        const Hashes hashes = line.flag("with-hashes") ? Hashes::Written : Hashes::Left;
        return export_users(line, Export(host, users, accounts, credentials, hashes));
      });
}

}  // namespace gatehouse::users
