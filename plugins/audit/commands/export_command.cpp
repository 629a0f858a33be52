// `gatehouse audit export`: the trail as JSON, one event a line, in the order of its numbers.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>

#include <gatehouse/body.hpp>
#include <gatehouse/text.hpp>

#include "audit_commands.hpp"

namespace gatehouse::audit {
namespace {

constexpr std::int64_t kPage = 1'000;

struct Span {
  Time since;
  Time until;
};

class Export {
 public:
  Export(Context& host, const TrailRepository& rows, const TrailReader& reader, Span span)
      : host_(host), rows_(rows), reader_(reader), span_(span) {}

  // Hands every event to `write`, as text; how many there were. Ends early when it returns false.
  Result<std::int64_t> run(const std::function<bool(const std::string&)>& write) const {
    std::int64_t written = 0;
    std::int64_t after = 0;
    for (;;) {
      std::vector<EventRow> rows;
      AccountNames names;
      GATEHOUSE_CHECK(host_.storage().read([&](Session& db) -> Result<None> {
        GATEHOUSE_TRY(rows, rows_.export_page(db, after, span_.since, span_.until, kPage));
        GATEHOUSE_TRY(names, reader_.names_in(db, nullptr, rows));
        return None{};
      }));
      for (const EventRow& row : rows) {
        AuditItem item = to_wire(row, names);
        item.hash = row.hash;
        if (!write(encode_json(item))) return written;
        ++written;
      }
      if (rows.size() < static_cast<std::size_t>(kPage)) return written;
      after = rows.back().number;
    }
  }

 private:
  Context& host_;
  const TrailRepository& rows_;
  const TrailReader& reader_;
  Span span_;
};

int export_to_file(CommandLine& line, const Export& events, const std::string& path) {
  if (const auto made = line.create_file(path); !made) return refuse(line, made.error());
  std::ofstream file(path, std::ios::app | std::ios::binary);
  std::int64_t written = 0;
  const auto exported = events.run([&](const std::string& text) {
    file << text << '\n';
    if (++written % kPage == 0) line.progress(format("{} events", written));
    return file.good() && !line.interrupted();
  });
  line.progress("");
  file.close();
  if (exported && file.good() && !line.interrupted()) {
    line.print(format("Exported {} events.", *exported));
    return 0;
  }
  std::filesystem::remove(path);
  if (!exported) refuse(line, exported.error());
  line.fail(format(file.good() ? "The export is not complete: {} is removed."
                               : "{} cannot be written to its end, and is removed.",
                   path));
  return 1;
}

int export_events(CommandLine& line,
                  Context& host,
                  const TrailRepository& rows,
                  const TrailReader& reader) {
  const auto since = time_option(line, "since");
  if (!since) return refuse(line, since.error());
  const auto until = time_option(line, "until");
  if (!until) return refuse(line, until.error());
  const Export events(
      host, rows, reader, {since->value_or(Time::min()), until->value_or(Time::max())});
  const auto path = line.value("file");
  if (path && *path != "-") return export_to_file(line, events, *path);
  const auto exported = events.run([&](const std::string& text) {
    line.print(text);
    return !line.interrupted();
  });
  if (!exported) return refuse(line, exported.error());
  return line.interrupted() ? 1 : 0;
}

}  // namespace

void add_export_command(Context& host, const TrailRepository& rows, const TrailReader& reader) {
  using Kind = CommandArgument::Kind;
  host.commands().add(
      "audit export",
      "Write the audit trail as JSON, one event a line",
      {{"file", "a new file, for its owner alone; without one: standard output", Kind::Optional},
       {"since", "from this time on: 2026-11-21T17:10:47Z", Kind::Option},
       {"until", "before this time", Kind::Option}},
      [&host, &rows, &reader](CommandLine& line) {
        return export_events(line, host, rows, reader);
      });
}

}  // namespace gatehouse::audit
