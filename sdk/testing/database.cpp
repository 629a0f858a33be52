// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <vector>

#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gatehouse/runtime/kernel_random.hpp>
#include <gatehouse/testing/database.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::testing {
namespace {

constexpr const char* kVariable = "GATEHOUSE_TEST_POSTGRESQL";

void read_address(const std::string& file, PostgresqlOptions& server) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    const std::string name = line.substr(0, equals);
    const std::string value = equals == line.npos ? "" : line.substr(equals + 1);
    if (name == "host") server.hosts = {value};
    if (name == "port") server.port = static_cast<std::uint16_t>(std::stoul(value));
    if (name == "user") server.role.user = value;
  }
  if (server.hosts.empty()) {
    throw std::runtime_error(format("{}: there is no host= in '{}'", kVariable, file));
  }
}

// This process's environment, without what psql would take from it.
std::vector<char*> environment_for_psql() {
  std::vector<char*> kept;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("PG")) kept.push_back(*variable);
  }
  kept.push_back(nullptr);
  return kept;
}

// The exit code; what psql complains of goes to standard error.
int run_psql(const PostgresqlOptions& server, const std::string& statement) {
  std::vector<std::string> words = {"psql",
                                    "--no-psqlrc",
                                    "--quiet",
                                    "--host=" + server.hosts.front(),
                                    "--port=" + std::to_string(server.port),
                                    "--username=" + server.role.user,
                                    "--dbname=postgres",
                                    "--command=" + statement};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::vector<char*> environment = environment_for_psql();
  pid_t process = 0;
  const int failed =
      ::posix_spawnp(&process, "psql", nullptr, nullptr, arguments.data(), environment.data());
  if (failed != 0) throw std::system_error(failed, std::generic_category(), "psql");
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TestDatabase::TestDatabase() {
  const char* file = std::getenv(kVariable);
  if (file == nullptr || *file == '\0') {
    folder_ = (std::filesystem::temp_directory_path() / "gatehouse-test-XXXXXX").string();
    if (::mkdtemp(folder_.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), folder_);
    }
    options_.sqlite.path = folder_ + "/test.db";
    options_.sqlite.synchronous = Synchronous::Normal;
    return;
  }
  options_.engine = Engine::PostgreSql;
  PostgresqlOptions& server = options_.postgresql;
  read_address(file, server);
  KernelRandom random;
  server.dbname = "gatehouse_test_" + random.object_id();
  if (run_psql(server, format("create database \"{}\"", server.dbname)) != 0) {
    throw std::runtime_error(
        format("{}: no database can be made on {}", kVariable, server.hosts.front()));
  }
}

TestDatabase::~TestDatabase() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  if (options_.engine != Engine::PostgreSql) return;
  try {
    run_psql(options_.postgresql,
             format("drop database \"{}\" with (force)", options_.postgresql.dbname));
  } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch): the server goes anyway
  }
}

}  // namespace gatehouse::testing
