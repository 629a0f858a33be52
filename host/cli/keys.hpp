// `gatehouse keys ...`: the file of master keys. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>

#include <gatehouse/random.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

namespace CLI {
class App;
}

namespace gatehouse::host {

struct KeysCommand {
  // keys.master_file of that configuration (an empty path: of the built-in one).
  std::function<Result<std::filesystem::path>(const std::filesystem::path& config)> find_file;
  // Takes the key off the list of those that the configured database was used with.
  std::function<Result<None>(const std::filesystem::path& config, std::string_view id)> forget;
  Clock& clock;
  Random& random;
  std::ostream& out;
  std::ostream& err;
};

// Adds the group to `app`, as add_plugins_command() does; 1 when the file stands against it.
void add_keys_command(CLI::App& app, KeysCommand command, int& exit_status);

}  // namespace gatehouse::host
