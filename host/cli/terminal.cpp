// SPDX-License-Identifier: Apache-2.0
#include "host/cli/terminal.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <iostream>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <gatehouse/text.hpp>

namespace gatehouse::host {
namespace {

constexpr std::array kEndings{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

volatile std::sig_atomic_t caught_signal = 0;

// Keeps what is typed off the screen while it lives. A signal that would end or stop the process
// meanwhile is caught, so that the terminal is mended first.
class WithoutEcho {
 public:
  WithoutEcho() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    // Blocked but while it is waited for: one that comes in between is seen by the next wait.
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int signal : kEndings) sigaddset(&blocked, signal);
    sigprocmask(SIG_BLOCK, &blocked, &waiting_mask_);
    struct sigaction note {};
    note.sa_handler = [](int signal) { caught_signal = signal; };
    for (std::size_t i = 0; i < kEndings.size(); ++i) {
      sigaction(kEndings[i], &note, &actions_[i]);
    }
    caught_signal = 0;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    changed_ = true;
  }
  ~WithoutEcho() {
    if (!changed_) return;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    for (std::size_t i = 0; i < kEndings.size(); ++i) {
      sigaction(kEndings[i], &actions_[i], nullptr);
    }
    sigprocmask(SIG_SETMASK, &waiting_mask_, nullptr);
    // It does now what it would have done: ends the process, or stops it until it is continued.
    if (caught_signal != 0) raise(caught_signal);
  }
  WithoutEcho(const WithoutEcho&) = delete;
  WithoutEcho& operator=(const WithoutEcho&) = delete;

  // False: a signal came instead.
  bool wait_for_input() const {
    if (!changed_) return true;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (ppoll(&input, 1, nullptr, &waiting_mask_) < 0) {
      if (caught_signal != 0) return false;
    }
    return true;
  }

 private:
  termios before_{};
  sigset_t waiting_mask_{};
  std::array<struct sigaction, kEndings.size()> actions_{};
  bool changed_ = false;
};

enum class Reading : std::uint8_t { Line, Ended, Interrupted };

// One line, and not a byte more, from standard input.
Reading read_line(const WithoutEcho& silent, std::string& line) {
  line.clear();
  for (;;) {
    if (!silent.wait_for_input()) return Reading::Interrupted;
    char c = 0;
    const ssize_t size = read(STDIN_FILENO, &c, 1);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return line.empty() ? Reading::Ended : Reading::Line;
    if (c == '\n') return Reading::Line;
    line += c;
  }
}

// Asks until there is an answer: who stopped the program and continued it is asked again.
Reading ask(const std::string& question, std::string& answer) {
  const bool is_terminal = isatty(STDIN_FILENO) == 1;
  for (;;) {
    Reading reading = Reading::Interrupted;
    if (is_terminal) std::cerr << question << ": " << std::flush;
    {
      const WithoutEcho silent;
      reading = read_line(silent, answer);
      if (is_terminal) std::cerr << '\n';
    }
    if (reading != Reading::Interrupted) return reading;
  }
}

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
  std::string answer;
  if (ask(std::string(prompt), answer) == Reading::Ended) {
    return unavailable("Nothing was typed and standard input has ended.");
  }
  if (isatty(STDIN_FILENO) != 1) {
    if (answer.ends_with('\r')) answer.pop_back();  // of a line end as Windows writes it
    return answer;
  }
  std::string again;
  if (ask(std::string(prompt) + " (again)", again) == Reading::Ended || answer != again) {
    return invalid("", "The two are not the same.");
  }
  return answer;
}

// The line is cleared before and left without an end, so that the next one takes its place.
void Terminal::progress(std::string_view line) {
  static const bool is_terminal = isatty(STDERR_FILENO) == 1;
  if (is_terminal) std::cerr << "\r\x1b[K" << line << std::flush;
}

bool Terminal::interrupted() {
  static volatile std::sig_atomic_t came = 0;
  static const bool catches = [] {
    struct sigaction note {};
    note.sa_handler = [](int) { came = 1; };
    note.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
    sigaction(SIGINT, &note, nullptr);
    sigaction(SIGTERM, &note, nullptr);
    return true;
  }();
  return catches && came != 0;
}

Result<None> Terminal::create_file(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file >= 0) {
    close(file);
    return None{};
  }
  if (errno == EEXIST)
    return conflict("file_exists", "{} is there already: name another file.", path);
  const std::string reason = std::system_category().message(errno);
  return unavailable(format("{} cannot be made: {}.", path, reason));
}

}  // namespace gatehouse::host
