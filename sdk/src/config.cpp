// The typed reading of a configuration: getters, collected mistakes, unknown keys.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <gatehouse/config.hpp>
#include <gatehouse/runtime/config_node.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse {

struct Config::State {
  const ConfigNode* node = nullptr;  // a map, or null: every key is absent
  std::string path;
  std::string origin;
  std::vector<std::string>* mistakes = nullptr;
  // Of a plugin: beside `node` in the configuration, with a path of its own.
  const ConfigNode* mount = nullptr;
  std::string mount_path;
  bool mount_was_asked = false;
  std::vector<std::string> asked;
  std::vector<std::pair<std::string, std::shared_ptr<State>>> sections;

  std::string full(std::string_view key) const {
    return path.empty() ? std::string(key) : format("{}.{}", path, key);
  }

  // Remembers that the key means something; nothing when it is absent or has no value.
  const ConfigNode* ask(std::string_view key) {
    if (std::find(asked.begin(), asked.end(), key) == asked.end()) asked.emplace_back(key);
    const ConfigNode* found = node != nullptr ? node->find(key) : nullptr;
    return found != nullptr && found->kind != ConfigNode::Kind::Null ? found : nullptr;
  }

  void record(const ConfigNode* at, std::string_view key, std::string_view why) {
    const std::string& where = at != nullptr && !at->origin.empty() ? at->origin : origin;
    mistakes->push_back(where.empty() ? format("{}: {}", full(key), why)
                                      : format("{}: {}: {}", where, full(key), why));
  }

  void record_mount(std::string_view why) {
    mistakes->push_back(format("{}: {}: {}", mount->origin, mount_path, why));
  }

  // The value as one word or text; a list or a section in its place is a mistake.
  const ConfigNode* ask_scalar(std::string_view key, std::string_view expected) {
    const ConfigNode* found = ask(key);
    if (found == nullptr || found->kind == ConfigNode::Kind::Scalar) return found;
    const std::string_view is = found->kind == ConfigNode::Kind::List ? "a list" : "a section";
    record(found, key, format("is {}, but {} is expected", is, expected));
    return nullptr;
  }
};

namespace {

// A value as a message may show it: short, on one line.
std::string shown(const ConfigNode& value) {
  constexpr std::size_t kLongest = 60;
  std::string text = value.scalar.substr(0, kLongest);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  if (value.scalar.size() > kLongest) text += "...";
  return format(value.quoted ? "\"{}\"" : "'{}'", text);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::optional<bool> parse_flag(std::string_view text) {
  const std::string word = fold(text);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  return std::nullopt;
}

// "" or what is wrong with it, as the beginning of a sentence.
std::string_view mistake_of_mount(const ConfigNode& mount) {
  const std::string& path = mount.scalar;
  if (mount.kind != ConfigNode::Kind::Scalar) return "is no text, but a path is expected";
  if (!path.starts_with('/')) return "does not begin with a slash: it is a path";
  if (path.ends_with('/')) return "ends in a slash: leave that out";
  const bool is_plain = std::all_of(path.begin(), path.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/-_.~").find(c) != std::string_view::npos;
  });
  if (!is_plain) return "has other characters than letters, digits and - _ . ~";
  if (path.find("//") != path.npos || path.find("/.") != path.npos) {
    return "has a segment that is empty or begins with a dot";
  }
  return "";
}

struct Unit {
  char letter;
  std::int64_t seconds;
};
constexpr Unit kUnits[] = {{'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}};

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  std::int64_t factor = 1;
  for (const Unit& unit : kUnits) {
    if (!text.empty() && text.back() == unit.letter) {
      factor = unit.seconds;
      text.remove_suffix(1);
      break;
    }
  }
  const auto number = parse_integer(text);
  std::int64_t seconds = 0;
  if (!number || __builtin_mul_overflow(*number, factor, &seconds)) return std::nullopt;
  return std::chrono::seconds(seconds);
}

std::string show_duration(std::chrono::seconds duration) {
  for (const Unit& unit : kUnits) {
    if (duration.count() != 0 && duration.count() % unit.seconds == 0) {
      return format("{}{}", duration.count() / unit.seconds, std::string_view(&unit.letter, 1));
    }
  }
  return "0s";
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  if (without_blanks(text).empty()) return parts;
  for (;;) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(without_blanks(text.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

const ConfigNode* ConfigNode::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

Config::Config(std::shared_ptr<State> state) : state_(std::move(state)) {}
Config::Config(Config&&) noexcept = default;
Config::~Config() = default;

std::string Config::text(std::string_view key, std::string_view fallback) {
  const ConfigNode* value = state_->ask_scalar(key, "text");
  return value != nullptr ? value->scalar : std::string(fallback);
}

std::int64_t Config::integer(std::string_view key,
                             std::int64_t minimum,
                             std::int64_t maximum,
                             std::int64_t fallback) {
  const ConfigNode* value = state_->ask_scalar(key, "a whole number");
  if (value == nullptr) return fallback;
  const auto number = value->quoted ? std::nullopt : parse_integer(value->scalar);
  if (!number) {
    state_->record(value, key, format("{} is not a whole number", shown(*value)));
    return fallback;
  }
  if (*number < minimum || *number > maximum) {
    state_->record(value, key, format("{} is out of range {}..{}", *number, minimum, maximum));
    return fallback;
  }
  return *number;
}

bool Config::flag(std::string_view key, bool fallback) {
  const ConfigNode* value = state_->ask_scalar(key, "true or false");
  if (value == nullptr) return fallback;
  const auto truth = value->quoted ? std::nullopt : parse_flag(value->scalar);
  if (!truth) state_->record(value, key, format("{} is not true or false", shown(*value)));
  return truth.value_or(fallback);
}

std::chrono::seconds Config::duration(std::string_view key,
                                      std::chrono::seconds minimum,
                                      std::chrono::seconds maximum,
                                      std::chrono::seconds fallback) {
  const ConfigNode* value = state_->ask_scalar(key, "a duration");
  if (value == nullptr) return fallback;
  const auto duration = parse_duration(value->scalar);
  if (!duration) {
    state_->record(
        value, key, format("{} is not a duration such as 30s, 10m, 2h or 7d", shown(*value)));
    return fallback;
  }
  if (*duration < minimum || *duration > maximum) {
    state_->record(value,
                   key,
                   format("{} is out of range {}..{}",
                          value->scalar,
                          show_duration(minimum),
                          show_duration(maximum)));
    return fallback;
  }
  return *duration;
}

std::vector<std::string> Config::list(std::string_view key, std::vector<std::string> fallback) {
  const ConfigNode* value = state_->ask(key);
  if (value == nullptr) return fallback;
  if (value->kind == ConfigNode::Kind::Scalar) return split_at_commas(value->scalar);
  if (value->kind == ConfigNode::Kind::Map) {
    state_->record(value, key, "is a section, but a list is expected");
    return fallback;
  }
  std::vector<std::string> items;
  for (const ConfigNode& item : value->items) {
    if (item.kind == ConfigNode::Kind::Scalar) {
      items.push_back(item.scalar);
    } else {
      state_->record(&item, key, "has an item that is not plain text");
    }
  }
  return items;
}

std::string Config::choice(std::string_view key,
                           const std::vector<std::string>& choices,
                           std::string_view fallback) {
  const ConfigNode* value = state_->ask_scalar(key, "one of " + joined(choices));
  if (value == nullptr) return std::string(fallback);
  if (std::find(choices.begin(), choices.end(), value->scalar) != choices.end()) {
    return value->scalar;
  }
  state_->record(value, key, format("{} is not one of {}", shown(*value), joined(choices)));
  return std::string(fallback);
}

std::string Config::mount(std::string_view fallback, std::string_view ending) {
  state_->mount_was_asked = true;
  if (state_->mount == nullptr) return std::string(fallback);
  const std::string& path = state_->mount->scalar;
  const std::string_view mistake = mistake_of_mount(*state_->mount);
  if (!mistake.empty()) {
    state_->record_mount(format("{}, such as {}", mistake, fallback));
  } else if (!path.ends_with(ending)) {
    state_->record_mount(
        format("{} does not end in {}, which clients put behind their base URL: no client could "
               "be pointed at it",
               shown(*state_->mount),
               ending));
  } else {
    return path;
  }
  return std::string(fallback);
}

Config Config::section(std::string_view key) {
  for (const auto& [name, state] : state_->sections) {
    if (name == key) return Config(state);
  }
  const ConfigNode* value = state_->ask(key);
  Config opened = ConfigAccess::open(value,
                                     state_->full(key),
                                     value != nullptr ? value->origin : state_->origin,
                                     *state_->mistakes);
  state_->sections.emplace_back(key, opened.state_);
  return opened;
}

std::vector<std::string> Config::keys() const {
  std::vector<std::string> names;
  if (state_->node == nullptr) return names;
  for (const auto& [name, value] : state_->node->members) names.push_back(name);
  return names;
}

bool Config::contains(std::string_view key) const {
  return state_->ask(key) != nullptr;
}

void Config::fail(std::string_view key, std::string_view why) {
  state_->record(state_->ask(key), key, why);
}

Config ConfigAccess::open(const ConfigNode* node,
                          std::string path,
                          std::string origin,
                          std::vector<std::string>& mistakes) {
  auto state = std::make_shared<Config::State>();
  state->path = std::move(path);
  state->origin = std::move(origin);
  state->mistakes = &mistakes;
  if (node == nullptr || node->kind == ConfigNode::Kind::Null) return Config(std::move(state));
  if (node->kind == ConfigNode::Kind::Map) {
    state->node = node;
  } else {
    const std::string& where = node->origin.empty() ? state->origin : node->origin;
    const std::string is = node->kind == ConfigNode::Kind::List ? "a list" : shown(*node);
    mistakes.push_back(format("{}: {}: is {}, but a section of keys is expected",
                              where,
                              state->path.empty() ? "the configuration" : state->path,
                              is));
  }
  return Config(std::move(state));
}

Config ConfigAccess::open_plugin(std::string_view name,
                                 const ConfigNode* config,
                                 const ConfigNode* mount,
                                 std::string origin,
                                 std::vector<std::string>& mistakes) {
  Config opened = open(config, format("plugins.{}.config", name), std::move(origin), mistakes);
  opened.state_->mount = mount;
  opened.state_->mount_path = format("plugins.{}.mount", name);
  return opened;
}

void ConfigAccess::finish(Config& config) {
  Config::State& state = *config.state_;
  if (state.mount != nullptr && !state.mount_was_asked) {
    state.record_mount("this plugin's routes have fixed paths: leave it out");
  }
  if (state.node == nullptr) return;
  for (const auto& [name, value] : state.node->members) {
    if (std::find(state.asked.begin(), state.asked.end(), name) != state.asked.end()) continue;
    const std::string_view near = did_you_mean(name, state.asked);
    std::string why = "unknown key";
    if (!near.empty()) {
      why += format(" (did you mean '{}'?)", near);
    } else if (state.asked.empty()) {
      why += " (there is nothing to set here)";
    } else {
      why += format(" (known keys: {})", joined(state.asked));
    }
    state.record(&value, name, why);
  }
  for (auto& [name, section] : state.sections) {
    Config opened(section);
    finish(opened);
  }
}

std::vector<std::string> ConfigAccess::known_keys(const Config& config) {
  std::vector<std::string> keys;
  const Config::State& state = *config.state_;
  for (const std::string& key : state.asked) {
    const auto section = std::find_if(state.sections.begin(),
                                      state.sections.end(),
                                      [&](const auto& entry) { return entry.first == key; });
    if (section == state.sections.end()) {
      keys.push_back(state.full(key));
    } else {
      std::vector<std::string> below = known_keys(Config(section->second));
      keys.insert(keys.end(), below.begin(), below.end());
    }
  }
  return keys;
}

}  // namespace gatehouse
