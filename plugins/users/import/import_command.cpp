// `gatehouse import users`: reads a file twice, so that nothing is stored while a line of it is
// wrong. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <utility>

#include <gatehouse/text.hpp>

#include "import_commands.hpp"
#include "line_reader.hpp"

namespace gatehouse::users {
namespace {

constexpr int kDone = 0;
constexpr int kRefused = 1;
// Small enough that a server beside it waits tens of milliseconds for the database, not more.
constexpr std::size_t kBatch = 250;
constexpr std::int64_t kShownLines = 20;  // of those that are wrong

using Seconds = std::chrono::duration<double>;

std::string one_digit(double value) {
  const auto tenths = static_cast<std::int64_t>(value * 10);
  return format("{}.{}", tenths / 10, tenths % 10);
}

// How far it is, at most five times a second.
class Meter {
 public:
  Meter(CommandLine& line, std::string_view doing, std::int64_t bytes)
      : line_(line), doing_(doing), bytes_(bytes) {}
  ~Meter() { line_.progress(""); }
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  void show(std::int64_t rows, std::int64_t bytes) {
    const auto now = Clock::now();
    if (now - shown_ < std::chrono::milliseconds(200)) return;
    shown_ = now;
    const double spent = Seconds(now - began_).count();
    std::string text = format("{} {}, {}/s", doing_, rows, rate(rows, spent));
    if (bytes_ > 0 && bytes > 0) {
      const double left = spent * static_cast<double>(bytes_ - bytes) / static_cast<double>(bytes);
      text += format(", {} %, {} s left", bytes * 100 / bytes_, static_cast<std::int64_t>(left));
    }
    line_.progress(text);
  }
  double seconds() const { return Seconds(Clock::now() - began_).count(); }
  static std::int64_t rate(std::int64_t rows, double seconds) {
    return static_cast<std::int64_t>(static_cast<double>(rows) / std::max(seconds, 0.001));
  }

 private:
  using Clock = std::chrono::steady_clock;
  CommandLine& line_;
  std::string_view doing_;
  std::int64_t bytes_;  // 0: not known
  Clock::time_point began_ = Clock::now();
  Clock::time_point shown_ = began_;
};

// Names and ids that a file holds twice, found without keeping the names: 16 bytes each.
class Repeats {
 public:
  void add(std::string_view kind, const std::string& value, std::int64_t line) {
    if (!value.empty()) seen_.emplace_back(hash_(std::string(kind) + fold(value)), line);
  }
  // Lines that have something of an earlier one, each with that line.
  std::vector<std::pair<std::int64_t, std::int64_t>> find() {
    std::sort(seen_.begin(), seen_.end());
    std::vector<std::pair<std::int64_t, std::int64_t>> repeats;
    for (std::size_t i = 1; i < seen_.size(); ++i) {
      const bool same = seen_[i].first == seen_[i - 1].first;
      // A username may be the own e-mail address.
      if (same && seen_[i].second != seen_[i - 1].second) {
        repeats.emplace_back(seen_[i].second, seen_[i - 1].second);
      }
    }
    std::sort(repeats.begin(), repeats.end());
    return repeats;
  }

 private:
  std::hash<std::string> hash_;
  std::vector<std::pair<std::size_t, std::int64_t>> seen_;
};

class Run {
 public:
  Run(CommandLine& line, UserImport& import, std::string name, std::int64_t from)
      : line_(line), import_(import), name_(std::move(name)), from_(from) {}

  // Looks at every line, and tells what is wrong; how many lines are.
  std::int64_t check(std::istream& input, std::int64_t bytes) {
    Meter meter(line_, "checking", bytes);
    LineReader lines(input);
    Repeats repeats;
    std::int64_t wrong = 0;
    while (!line_.interrupted() && take(lines)) {
      const auto imported = read(lines);
      const auto there = imported ? import_.is_there(*imported) : Result<bool>(imported.error());
      if (!there) {
        if (++wrong <= kShownLines) tell(lines.number(), there.error());
        continue;
      }
      const StoredUser& user = imported->user;
      repeats.add("name ", user.username.value_or(""), lines.number());
      // Where addresses may repeat, one that is another's username is found when it is stored.
      if (import_.emails() == Emails::Unique) {
        repeats.add("name ", user.email.value_or(""), lines.number());
      }
      if (imported->has_id) repeats.add("id ", user.id, lines.number());
      if (user.number != 0) repeats.add("number ", std::to_string(user.number), lines.number());
      meter.show(++good_, lines.bytes());
    }
    for (const auto& [line, before] : repeats.find()) {
      if (++wrong > kShownLines) continue;
      line_.fail(format("{}:{}: has a name, id or number of line {}.", name_, line, before));
    }
    if (wrong > kShownLines) line_.fail(format("... and {} more.", wrong - kShownLines));
    return wrong + (ends_well(lines) ? 0 : 1);
  }

  // How many users check() found nothing against.
  std::int64_t good() const { return good_; }

  int store(std::istream& input, std::int64_t bytes) {
    Meter meter(line_, "importing", bytes);
    LineReader lines(input);
    std::vector<ImportedUser> batch;
    batch.reserve(kBatch);
    bool more = true;
    while (more) {
      batch.clear();
      while (batch.size() < kBatch && (more = take(lines))) {
        auto imported = read(lines);
        if (!imported) {
          tell(lines.number(), imported.error());
          return stop();
        }
        imported->line = lines.number();
        batch.push_back(*std::move(imported));
      }
      if (line_.interrupted()) {
        line_.fail("Interrupted.");
        return stop();
      }
      if (!store(batch)) return stop();
      next_ = lines.number() + 1;
      meter.show(stored_ + were_there_, lines.bytes());
    }
    if (!ends_well(lines)) return stop();
    const double seconds = meter.seconds();
    line_.print(format("Imported {} users in {} s ({}/s){}.",
                       stored_,
                       one_digit(seconds),
                       Meter::rate(stored_ + were_there_, seconds),
                       were_there_ == 0 ? "" : format(", {} were there already", were_there_)));
    return kDone;
  }

 private:
  // The next line that says something.
  bool take(LineReader& lines) const {
    while (lines.next()) {
      if (lines.too_long()) return false;
      if (lines.number() >= from_ && !lines.is_blank()) return true;
    }
    return false;
  }
  Result<ImportedUser> read(const LineReader& lines) const { return import_.read(lines.line()); }

  bool ends_well(const LineReader& lines) {
    if (lines.too_long()) {
      line_.fail(format("{}:{}: is longer than 64 KiB.", name_, lines.number()));
    } else if (lines.broke()) {
      line_.fail(format("{}: cannot be read past line {}.", name_, lines.number()));
    } else {
      return true;
    }
    return false;
  }

  bool store(std::vector<ImportedUser>& batch) {
    std::int64_t at = 0;
    const auto outcome = import_.store(batch, at);
    if (!outcome) {
      tell(at, outcome.error());
      return false;
    }
    stored_ += outcome->stored;
    were_there_ += outcome->were_there;
    return true;
  }

  void tell(std::int64_t line, const Error& error) {
    if (error.fields.empty()) line_.fail(format("{}:{}: {}", name_, line, error.message));
    for (const FieldError& field : error.fields) {
      line_.fail(format("{}:{}: {} {}.", name_, line, field.pointer, field.detail));
    }
  }

  int stop() {
    line_.fail(stored_ + were_there_ == 0
                   ? std::string("Nothing was stored.")
                   : format("{} users are stored, all up to line {}: mend what is wrong and go on "
                            "with --from {}.",
                            stored_,
                            next_ - 1,
                            next_));
    return kRefused;
  }

  CommandLine& line_;
  UserImport& import_;
  std::string name_;
  std::int64_t from_;
  std::int64_t good_ = 0;
  std::int64_t stored_ = 0;
  std::int64_t were_there_ = 0;
  std::int64_t next_ = 1;  // the line after the last one that is stored
};

std::optional<std::int64_t> line_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = problem == std::errc{} && stop == text.data() + text.size();
  return whole && number > 0 ? std::optional(number) : std::nullopt;
}

int import_file(CommandLine& line, Run& run, const std::string& path) {
  std::error_code unknown;
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(path, unknown));
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    line.fail(format("{} cannot be opened.", path));
    return kRefused;
  }
  const bool dry = line.flag("dry-run");
  const bool twice = std::filesystem::is_regular_file(path, unknown);
  if (dry || twice) {
    const std::int64_t wrong = run.check(file, twice ? size : 0);
    if (wrong != 0 || line.interrupted()) {
      line.fail("Nothing was stored.");
      return kRefused;
    }
    if (dry) {
      line.print(format("{} users could be imported.", run.good()));
      return kDone;
    }
    file.clear();
    file.seekg(0);
  }
  return run.store(file, twice ? size : 0);
}

int import_users(CommandLine& line, UserImport& import) {
  const auto from = line_number(line.value("from").value_or("1"));
  if (!from) {
    line.fail("--from is not the number of a line, which count from 1.");
    return kRefused;
  }
  const std::string path = line.value("file").value_or("");
  Run run(line, import, path == "-" ? "standard input" : path, *from);
  if (path != "-") return import_file(line, run, path);
  if (!line.flag("dry-run")) return run.store(std::cin, 0);
  if (run.check(std::cin, 0) != 0) return kRefused;
  line.print(format("{} users could be imported.", run.good()));
  return kDone;
}

}  // namespace

void add_import_command(Commands& commands, UserImport& import) {
  using Kind = CommandArgument::Kind;
  commands.add("import users",
               "Store users from a file of JSON, one a line",
               {{"file", "the file; -: standard input", Kind::Required},
                {"dry-run", "tell what is wrong, store nothing", Kind::Flag},
                {"from", "begin with that line", Kind::Option}},
               [&import](CommandLine& line) { return import_users(line, import); });
}

}  // namespace gatehouse::users
