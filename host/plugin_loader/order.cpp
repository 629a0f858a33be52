// SPDX-License-Identifier: Apache-2.0
#include "host/plugin_loader/order.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace gatehouse::host {
namespace {

class Sorter {
 public:
  Sorter(std::vector<InspectedPlugin>& plugins, const std::vector<PluginEntry>& entries)
      : plugins_(plugins), entries_(entries), states_(plugins.size(), State::Unseen) {}

  void check_needs() {
    for (const InspectedPlugin& plugin : plugins_) {
      for (const Need& need : plugin.file.needs) check(plugin, need);
    }
  }

  void sort() {
    for (std::size_t i = 0; i < plugins_.size(); ++i) visit(i);
  }

  Order take() {
    Order result;
    result.errors = std::move(errors_);
    if (!result.errors.empty()) return result;
    for (const std::size_t index : sorted_) result.plugins.push_back(std::move(plugins_[index]));
    return result;
  }

 private:
  enum class State : std::uint8_t { Unseen, Open, Done };

  std::optional<std::size_t> index_of(std::string_view name) const {
    const auto found = std::ranges::find(
        plugins_, name, [](const InspectedPlugin& plugin) { return plugin.file.name; });
    if (found == plugins_.end()) return {};
    return static_cast<std::size_t>(found - plugins_.begin());
  }

  void check(const InspectedPlugin& plugin, const Need& need) {
    const std::string range = need.range().empty() ? "" : " " + need.range();
    if (const auto other = index_of(need.name)) {
      const PluginFile& there = plugins_[*other].file;
      if (!need.accepts(there.version)) {
        errors_.push_back(error_line(
            plugin.entry,
            format(
                "version {} {} plugin '{}'{}, but {} ({}) is version {}: install versions that fit",
                plugin.file.version_text,
                need.optional ? "uses" : "requires",
                need.name,
                range,
                there.path.string(),
                plugins_[*other].entry.origin,
                there.version_text)));
      }
      return;
    }
    if (need.optional) return;
    const auto entry = std::ranges::find(entries_, need.name, &PluginEntry::name);
    errors_.push_back(error_line(
        plugin.entry,
        entry == entries_.end()
            ? format("version {} requires plugin '{}'{}, which is not configured: add it under "
                     "'plugins', or disable '{}'",
                     plugin.file.version_text,
                     need.name,
                     range,
                     plugin.entry.name)
            : format("version {} requires plugin '{}'{}, which is disabled ({}): enable it, or "
                     "disable '{}'",
                     plugin.file.version_text,
                     need.name,
                     range,
                     entry->origin,
                     plugin.entry.name)));
  }

  void visit(std::size_t index) {
    if (states_[index] == State::Done) return;
    if (states_[index] == State::Open) {
      report_circle(index);
      return;
    }
    states_[index] = State::Open;
    path_.push_back(index);
    for (const Need& need : plugins_[index].file.needs) {
      if (const auto other = index_of(need.name)) visit(*other);
    }
    path_.pop_back();
    states_[index] = State::Done;
    sorted_.push_back(index);
  }

  void report_circle(std::size_t index) {
    std::string circle;
    for (auto it = std::ranges::find(path_, index); it != path_.end(); ++it) {
      circle += plugins_[*it].file.name + " -> ";
    }
    errors_.push_back(error_line(
        plugins_[index].entry,
        format("plugins require each other in a circle: {}{}: one of them has to do without",
               circle,
               plugins_[index].file.name)));
  }

  std::vector<InspectedPlugin>& plugins_;
  const std::vector<PluginEntry>& entries_;
  std::vector<State> states_;
  std::vector<std::size_t> path_;
  std::vector<std::size_t> sorted_;
  std::vector<std::string> errors_;
};

std::string line(std::string_view kind, const PluginEntry& entry, std::string_view text) {
  return format("{}: {}: plugin '{}': {}", kind, entry.origin, entry.name, text);
}

}  // namespace

std::string error_line(const PluginEntry& entry, std::string_view text) {
  return line("error", entry, text);
}

std::string warning_line(const PluginEntry& entry, std::string_view text) {
  return line("warning", entry, text);
}

Order order(std::vector<InspectedPlugin> plugins, const std::vector<PluginEntry>& entries) {
  Sorter sorter(plugins, entries);
  sorter.check_needs();
  sorter.sort();
  return sorter.take();
}

}  // namespace gatehouse::host
