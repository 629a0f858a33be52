// SPDX-License-Identifier: Apache-2.0
#include "host/plugin_loader/preflight.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/plugin_loader/library.hpp"

namespace gatehouse::host {
namespace {

using Clock = std::chrono::steady_clock;

// What the child sends, one byte each. A child that ends without the last one has failed, whatever
// its exit status: plugin code may call exit(0).
constexpr char kLoaded = 'L';
constexpr char kDone = 'D';
constexpr char kRefused = 'R';  // and then the text

constexpr std::size_t kMaxText = 4096;

Error failed(std::string message) {
  return {ErrorCode::InvalidArgument, "plugin_preflight", std::move(message), {}, {}};
}

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) ends_ = {-1, -1};
  }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  bool open() const { return ends_[0] >= 0; }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_reader() { close_end(0); }
  void close_writer() { close_end(1); }

 private:
  void close_end(std::size_t end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }
  std::array<int, 2> ends_{-1, -1};
};

void send(int to, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::write(to, text.data(), text.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

[[noreturn]] void run_child(const std::filesystem::path& file, int report, int output) {
  ::setpgid(0, 0);  // so that what it starts ends with it
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM, SIGPIPE}) {
    std::signal(signal, SIG_DFL);
  }
  auto create = open_library(file);
  if (!create) {
    send(report, kRefused + create.error().message);
    ::_exit(1);
  }
  send(report, {&kLoaded, 1});
  {
    const auto plugin = create_plugin(*create);
    if (!plugin) {
      send(report, kRefused + plugin.error().message);
      ::_exit(1);
    }
  }
  send(report, {&kDone, 1});
  ::_exit(0);
}

// What a child said until it had nothing more to say.
struct Said {
  std::string report;
  std::string output;
  bool in_time = true;
};

// Whether the end of it was reached.
bool take(int from, std::string& to) {
  std::array<char, 512> part{};
  const ssize_t got = ::read(from, part.data(), part.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return false;
  if (got <= 0) return true;
  const auto count =
      std::min(static_cast<std::size_t>(got), kMaxText - std::min(kMaxText, to.size()));
  to.append(part.data(), count);
  return false;
}

// What is left in a pipe whose other end has gone.
void drain(int from, std::string& to) {
  pollfd end{from, POLLIN, 0};
  while (to.size() < kMaxText && ::poll(&end, 1, 0) > 0 && !take(from, to)) {
  }
}

// Ends when the child closes its report, which is also what its death does.
Said listen(int report, int output, Clock::time_point deadline) {
  Said said;
  std::array<pollfd, 2> ends{pollfd{report, POLLIN, 0}, pollfd{output, POLLIN, 0}};
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) {
      said.in_time = false;
      return said;
    }
    if (::poll(ends.data(), ends.size(), static_cast<int>(left)) < 0 && errno != EINTR) return said;
    if (ends[1].revents != 0 && take(output, said.output)) ends[1].fd = -1;
    if (ends[0].revents != 0 && take(report, said.report)) {
      if (ends[1].fd >= 0) drain(output, said.output);
      return said;
    }
    ends[0].revents = ends[1].revents = 0;
  }
}

// The first lines of what the child printed, for the reader of an error line.
std::string summary(const std::string& output) {
  std::string text;
  int lines = 0;
  for (const char c : output) {
    if (c == '\n') {
      if (text.empty() || text.ends_with("; ")) continue;
      if (++lines == 2) break;
      text += "; ";
    } else if (c >= ' ' || static_cast<signed char>(c) < 0) {
      text += c;
    }
  }
  if (text.ends_with("; ")) text.resize(text.size() - 2);
  return text.empty() ? text : ": " + text;
}

}  // namespace

Result<None> preflight(const std::filesystem::path& file, std::chrono::milliseconds limit) {
  Pipe report;
  Pipe output;
  if (!report.open() || !output.open()) {
    return failed(format("cannot be tried out: {}", std::strerror(errno)));
  }
  const pid_t child = ::fork();
  if (child < 0) return failed(format("cannot be tried out: {}", std::strerror(errno)));
  if (child == 0) run_child(file, report.writer(), output.writer());
  report.close_writer();
  output.close_writer();

  const Said said = listen(report.reader(), output.reader(), Clock::now() + limit);
  const bool loaded = said.report.starts_with(kLoaded);
  const std::string while_what = loaded ? "while its constructor ran" : "while being loaded";
  const bool done = said.report.ends_with(kDone) && said.report.size() == 2;
  // Its word is enough; nobody waits for one that lingers.
  if (!said.in_time || done) {
    ::kill(-child, SIGKILL);
    ::kill(child, SIGKILL);  // it may not have come to having its own group
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (done) return None{};
  if (const auto at = said.report.find(kRefused); at <= (loaded ? 1U : 0U)) {
    return failed(said.report.substr(at + 1));
  }
  if (!said.in_time) {
    return failed(format(loaded ? "did not finish its constructor within {} ms"
                                : "did not finish loading within {} ms (in a static initialiser?)",
                         limit.count()));
  }
  if (WIFSIGNALED(status)) {
    return failed(format(
        "crashed {} ({}){}", while_what, ::strsignal(WTERMSIG(status)), summary(said.output)));
  }
  return failed(format("ended the process {} (exit status {}){}",
                       while_what,
                       WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                       summary(said.output)));
}

}  // namespace gatehouse::host
