// A plugin's settings, from `plugins.NAME.config` of the configuration and its environment
// overrides. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/export.hpp>

namespace gatehouse {

// Every getter returns the default when the key is absent, and also when the value is wrong: then
// the mistake is recorded, with file and line, and start-up ends after all mistakes are known. Keys
// that nobody asked for are mistakes too. Threads: only inside Plugin::configure().
class GATEHOUSE_API Config {
 public:
  std::string text(std::string_view key, std::string_view fallback);
  std::int64_t integer(std::string_view key,
                       std::int64_t minimum,
                       std::int64_t maximum,
                       std::int64_t fallback);
  bool flag(std::string_view key, bool fallback);
  // "10m", "2h", "7d", "30s" or a number of seconds.
  std::chrono::seconds duration(std::string_view key,
                                std::chrono::seconds minimum,
                                std::chrono::seconds maximum,
                                std::chrono::seconds fallback);
  // A list of texts, or one text with commas between its parts, as environment variables give it.
  std::vector<std::string> list(std::string_view key, std::vector<std::string> fallback);
  // One of `choices`.
  std::string choice(std::string_view key,
                     const std::vector<std::string>& choices,
                     std::string_view fallback);
  // The keys below `key`; an empty section when it is absent.
  Config section(std::string_view key);
  // The keys that are there, in order, for maps with free names.
  std::vector<std::string> keys() const;
  bool contains(std::string_view key) const;
  // Where the routes of a dialect stand: `plugins.NAME.mount`, a path of plain segments without a
  // slash at its end. `ending`: what it has to end in, since clients put that behind their base URL
  // themselves ("/api/v1"); "": anything. Of a plugin that never asks, a mount is a mistake.
  std::string mount(std::string_view fallback, std::string_view ending = "");
  // Records a mistake of the plugin's own judgement: "... {key}: {why}".
  void fail(std::string_view key, std::string_view why);

  Config(Config&&) noexcept;
  ~Config();

 private:
  friend class ConfigAccess;
  struct State;
  explicit Config(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace gatehouse
