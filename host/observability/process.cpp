// SPDX-License-Identifier: Apache-2.0
#include "host/observability/process.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <unistd.h>

namespace gatehouse::host {
namespace {

std::string read_file(const char* path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// Seconds since 1970 at which the machine started; 0 when unknown.
double boot_time() {
  std::istringstream lines(read_file("/proc/stat"));
  for (std::string word; lines >> word;) {
    double seconds = 0;
    if (word == "btime" && lines >> seconds) return seconds;
  }
  return 0;
}

}  // namespace

std::vector<ProcessFigure> read_process_figures() {
  using Kind = ProcessFigure::Kind;
  std::vector<ProcessFigure> figures;

  // The fields after the command's name, which may hold blanks and parentheses; proc(5) counts the
  // first of them as the third.
  const std::string stat = read_file("/proc/self/stat");
  const std::size_t name_end = stat.rfind(')');
  if (name_end != std::string::npos) {
    std::istringstream fields(stat.substr(name_end + 1));
    const std::vector<std::string> field{std::istream_iterator<std::string>(fields), {}};
    constexpr std::size_t kUserTime = 14 - 3;
    constexpr std::size_t kSystemTime = 15 - 3;
    constexpr std::size_t kThreads = 20 - 3;
    constexpr std::size_t kStartTime = 22 - 3;
    constexpr std::size_t kResidentPages = 24 - 3;
    if (field.size() > kResidentPages) {
      const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
      const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
      const auto number = [&](std::size_t index) { return std::stod(field[index]); };
      figures.push_back({"process_cpu_seconds_total",
                         "Processor time used, in seconds.",
                         Kind::Counter,
                         (number(kUserTime) + number(kSystemTime)) / ticks});
      figures.push_back({"process_resident_memory_bytes",
                         "Memory in use, in bytes.",
                         Kind::Gauge,
                         number(kResidentPages) * page});
      figures.push_back(
          {"process_threads", "Threads of the process.", Kind::Gauge, number(kThreads)});
      figures.push_back({"process_start_time_seconds",
                         "When the process started, in seconds since 1970.",
                         Kind::Gauge,
                         boot_time() + number(kStartTime) / ticks});
    }
  }

  std::error_code problem;
  std::filesystem::directory_iterator entry("/proc/self/fd", problem);
  if (!problem) {
    double open = -1;  // the iterator's own
    for (const auto end = std::filesystem::directory_iterator(); entry != end;
         entry.increment(problem)) {
      ++open;
    }
    figures.push_back({"process_open_fds", "Open file descriptors.", Kind::Gauge, open});
  }
  return figures;
}

}  // namespace gatehouse::host
