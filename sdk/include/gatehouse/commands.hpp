// Commands that a plugin adds to the `gatehouse` program. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/result.hpp>

namespace gatehouse {

// What one call of a command was given, and where it writes.
class CommandLine {
 public:
  // A positional argument, or an option's value; nothing when it was not given.
  virtual std::optional<std::string> value(std::string_view name) const = 0;
  virtual bool flag(std::string_view name) const = 0;
  virtual void print(std::string_view line) = 0;  // standard output
  virtual void fail(std::string_view line) = 0;   // standard error
  // Asks on the terminal without echo, or reads one line of standard input when that is no
  // terminal.
  virtual Result<std::string> secret(std::string_view prompt) = 0;
  // Shows how far a long command is, in one line that the next one replaces ("": takes it away);
  // nothing where standard error is no terminal.
  virtual void progress(std::string_view line) = 0;
  // Whether SIGINT or SIGTERM came since the first call. From that call on the first of them no
  // longer ends the process; a second one does.
  virtual bool interrupted() = 0;
  // Makes a new, empty file that only this user reads and writes. Conflict when the name is taken,
  // Unavailable when the file cannot be made.
  virtual Result<None> create_file(const std::string& path) = 0;

 protected:
  ~CommandLine() = default;
};

struct CommandArgument {
  enum class Kind : std::uint8_t { Required, Optional, Option, Flag };
  std::string name;  // "username" (positional) or "email" (given as --email)
  std::string text;
  Kind kind = Kind::Required;
};

class Commands {
 public:
  // `name`: one or two words of a-z, 0-9 and - ("user create"); the names of arguments likewise,
  // with _ too. std::invalid_argument when it is not so, or another command stands in its place.
  // The command runs after wiring and migrations, without routes being served, and returns the exit
  // code (0 good, 1 refused). Only in Plugin::wire().
  virtual void add(std::string_view name,
                   std::string_view summary,
                   std::vector<CommandArgument> arguments,
                   std::function<int(CommandLine&)> run) = 0;

 protected:
  ~Commands() = default;
};

}  // namespace gatehouse
