// SPDX-License-Identifier: Apache-2.0
#include "host/cli/terminal.hpp"

#include <iostream>

#include <termios.h>
#include <unistd.h>

namespace gatehouse::host {
namespace {

// Keeps what is typed off the screen while it lives.
class WithoutEcho {
 public:
  WithoutEcho() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~WithoutEcho() {
    if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  WithoutEcho(const WithoutEcho&) = delete;
  WithoutEcho& operator=(const WithoutEcho&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

}  // namespace

std::optional<std::string> Terminal::value(std::string_view name) const {
  const auto found = values.find(name);
  if (found == values.end()) return std::nullopt;
  return found->second;
}

bool Terminal::flag(std::string_view name) const {
  const auto found = flags.find(name);
  return found != flags.end() && found->second;
}

void Terminal::print(std::string_view line) {
  std::cout << line << '\n';
}
void Terminal::fail(std::string_view line) {
  std::cerr << line << '\n';
}

Result<std::string> Terminal::secret(std::string_view prompt) {
  const bool is_terminal = isatty(STDIN_FILENO) == 1;
  std::string answer;
  const auto read_line = [&](std::string_view question) {
    if (is_terminal) std::cerr << question << ": " << std::flush;
    const WithoutEcho silent;
    const bool read = static_cast<bool>(std::getline(std::cin, answer));
    if (is_terminal) std::cerr << '\n';
    return read;
  };
  if (!read_line(prompt)) return unavailable("Nothing was typed and standard input has ended.");
  if (!is_terminal) {
    if (answer.ends_with('\r')) answer.pop_back();  // of a line end as Windows writes it
    return answer;
  }
  const std::string first = answer;
  if (!read_line(std::string(prompt) + " (again)") || answer != first) {
    return invalid("", "The two are not the same.");
  }
  return answer;
}

}  // namespace gatehouse::host
