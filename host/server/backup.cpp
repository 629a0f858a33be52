// SPDX-License-Identifier: Apache-2.0
#include "host/server/backup.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include <unistd.h>

#include <gatehouse/runtime/sqlite_file.hpp>
#include <gatehouse/runtime/system_clock.hpp>
#include <gatehouse/text.hpp>

#include "host/files/private_file.hpp"
#include "host/server/serving_lock.hpp"

namespace gatehouse::host {
namespace {

namespace fs = std::filesystem;

// How far numbers go on beyond what is known when the lost database cannot be asked: nobody made
// that many users since the backup.
constexpr std::int64_t kMargin = 1'000'000;

constexpr std::string_view kMark = "error: ";  // begins the lines of Errors

// What SQLite keeps beside a database, and would take for this one's.
constexpr std::array<std::string_view, 3> kCompanions{"-wal", "-shm", "-journal"};

fs::path companion(const fs::path& database, std::string_view ending) {
  return database.string() + std::string(ending);
}

Error refusal(ErrorCode code, std::string message) {
  return {code, "restore", std::move(message), {}, {}};
}

Result<None> walk(Deployment& deployment, std::initializer_list<Errors (Deployment::*)()> phases) {
  for (const auto phase : phases) {
    const Errors errors = (deployment.*phase)();
    if (errors.empty()) continue;
    std::string all;
    for (const std::string& line : errors) all += (all.empty() ? "" : "\n") + line;
    return refusal(ErrorCode::Unavailable, all.substr(all.starts_with(kMark) ? kMark.size() : 0));
  }
  return None{};
}

// A draft of a database, with what SQLite may have put beside it.
struct DatabaseDraft {
  explicit DatabaseDraft(PrivateDraft made) : file(std::move(made)) {}
  ~DatabaseDraft() {
    std::error_code ignored;
    for (const std::string_view ending : kCompanions) {
      if (!file.path().empty()) fs::remove(companion(file.path(), ending), ignored);
    }
  }
  DatabaseDraft(const DatabaseDraft&) = delete;
  DatabaseDraft& operator=(const DatabaseDraft&) = delete;
  PrivateDraft file;
};

// The database whose place is taken, closed to everybody else.
struct Replaced {
  std::optional<SoleSqliteUse> hold;  // nothing: it cannot be read
  RestoreMarks marks;
  std::string unread;
};

Result<Replaced> close_old(const fs::path& database) {
  Replaced old;
  std::error_code error;
  if (!fs::exists(database, error) || fs::file_size(database, error) == 0) {
    old.marks.margin = kMargin;
    old.unread = format("{} is not there", database.string());
    return old;
  }
  auto hold = SoleSqliteUse::take(database);
  if (!hold && hold.error().code == ErrorCode::Conflict) return std::move(hold).error();
  auto sequences = hold ? hold->sequences() : std::move(hold).error();
  if (!sequences) {
    old.marks.margin = kMargin;
    old.unread = sequences.error().message;
    return old;
  }
  old.marks.sequences = *std::move(sequences);
  old.hold = *std::move(hold);
  return old;
}

std::string time_stamp(Time now) {
  std::string stamp = to_rfc3339(now);
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  return stamp;
}

// Gives the old database a second name. Its own it keeps until another file takes it, so that there
// is one at every moment.
Result<fs::path> keep_old(const fs::path& database, bool is_closed, Time now) {
  std::error_code error;
  const fs::path kept = database.string() + ".before-restore-" + time_stamp(now);
  if (fs::exists(database, error) && ::link(database.c_str(), kept.c_str()) != 0) {
    return refusal(ErrorCode::Unavailable,
                   format("{} cannot get the name {} too: {}",
                          database.string(),
                          kept.string(),
                          std::system_category().message(errno)));
  }
  // Only one that could not be read has any left.
  for (const std::string_view ending : kCompanions) {
    const fs::path beside = companion(database, ending);
    if (is_closed || !fs::exists(beside, error)) continue;
    fs::rename(beside, companion(kept, ending), error);
    if (error) return refusal(ErrorCode::Unavailable, beside.string() + ": " + error.message());
  }
  GATEHOUSE_CHECK(sync_folder(database.parent_path()));
  return fs::exists(kept, error) ? kept : fs::path();
}

}  // namespace

Result<None> back_up(const fs::path& source, const fs::path& target) {
  std::error_code error;
  if (!fs::exists(source, error)) {
    return refusal(
        ErrorCode::NotFound,
        format("storage.sqlite.path: {} is not there: nothing to copy", source.string()));
  }
  if (fs::exists(fs::symlink_status(target, error))) {
    return refusal(ErrorCode::Conflict,
                   format("{} is there already: name another file", target.string()));
  }
  GATEHOUSE_TRY(PrivateDraft draft, PrivateDraft::make(target));
  GATEHOUSE_CHECK(copy_sqlite_file(source, draft.path()));
  GATEHOUSE_CHECK(check_sqlite_file(draft.path()));
  return draft.keep(IfThere::Refuse);
}

Result<Restored> restore(DeploymentOptions options, const fs::path& file) {
  options.purpose = Purpose::Migrate;
  Deployment deployment(std::move(options));
  GATEHOUSE_CHECK(walk(deployment, {&Deployment::load}));
  Restored restored;
  restored.database = deployment.settings().storage.database.sqlite.path;
  std::error_code error;
  if (!fs::exists(file, error)) {
    return refusal(ErrorCode::NotFound, format("{} is not there", file.string()));
  }
  if (fs::equivalent(file, restored.database, error)) {
    return refusal(ErrorCode::Conflict, format("{} is the database itself", file.string()));
  }
  GATEHOUSE_CHECK(check_sqlite_file(file));
  GATEHOUSE_CHECK(make_private_folder(restored.database.parent_path()));
  GATEHOUSE_TRY(const ServingLock lock, ServingLock::take(restored.database));

  GATEHOUSE_TRY(PrivateDraft made, PrivateDraft::make(restored.database));
  DatabaseDraft draft(std::move(made));
  GATEHOUSE_CHECK(copy_sqlite_file(file, draft.file.path()));
  GATEHOUSE_TRY(const Replaced old, close_old(restored.database));
  restored.unread = old.unread;

  deployment.use_database(draft.file.path());
  GATEHOUSE_CHECK(walk(deployment, {&Deployment::wire, &Deployment::open_database}));
  GATEHOUSE_CHECK(deployment.finish_restore(old.marks));
  deployment.stop();  // from now on it is one file again

  GATEHOUSE_TRY(restored.kept,
                keep_old(restored.database, old.hold.has_value(), SystemClock().now()));
  GATEHOUSE_CHECK(draft.file.keep(IfThere::Replace));
  return restored;
}

Result<None> restore_in_place(DeploymentOptions options) {
  options.purpose = Purpose::Restore;
  Deployment deployment(std::move(options));
  GATEHOUSE_CHECK(walk(deployment, {&Deployment::load}));
  const DatabaseOptions& database = deployment.settings().storage.database;
  std::error_code error;
  if (database.engine == Engine::Sqlite && !fs::exists(database.sqlite.path, error)) {
    return refusal(ErrorCode::NotFound,
                   format("storage.sqlite.path: {} is not there", database.sqlite.path));
  }
  GATEHOUSE_CHECK(walk(deployment, {&Deployment::wire, &Deployment::open_database}));
  RestoreMarks marks;
  marks.margin = kMargin;
  GATEHOUSE_CHECK(deployment.finish_restore(marks));
  return None{};
}

}  // namespace gatehouse::host
