// What a server does that a file never would: it falls silent, or ends a connection.
// SPDX-License-Identifier: Apache-2.0
#include <future>

#include <signal.h>

#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::test {
namespace {

using namespace std::chrono_literals;

// The process that serves the session.
pid_t process_of(Session& session) {
  return static_cast<pid_t>(session.get<std::int64_t>("select pg_backend_pid()").value());
}

// A process of the server's that does not go on until the end of the test.
class Frozen {
 public:
  explicit Frozen(pid_t process) : process_(process) { ::kill(process_, SIGSTOP); }
  ~Frozen() { ::kill(process_, SIGCONT); }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;

 private:
  const pid_t process_;
};

class LostServer : public ::testing::Test {
 protected:
  void SetUp() override {
    if (options.engine != Engine::PostgreSql) GTEST_SKIP() << "is about a server";
    options.time_limit = 1s;
    options.postgresql.connections = 2;
    opened.emplace(options);
    db = &(*opened)->for_plugin("test");
  }
  // The processes behind both connections of the pool; the first is the next that is lent.
  std::pair<pid_t, pid_t> both_processes() {
    pid_t outer = 0;
    pid_t inner = 0;
    const Result<None> done = db->read([&](Session& session) -> Result<None> {
      outer = process_of(session);
      return std::async(std::launch::async,
                        [&] {
                          return db->read([&](Session& other) -> Result<None> {
                            inner = process_of(other);
                            return None{};
                          });
                        })
          .get();
    });
    EXPECT_TRUE(done);
    return {outer, inner};
  }
  Result<std::int64_t> one() {
    return db->read([](Session& session) { return session.get<std::int64_t>("select 1"); });
  }

  Folder folder;
  DatabaseOptions options = options_in(folder);
  std::optional<Opened> opened;
  Db* db = nullptr;
};

TEST_F(LostServer, AStatementThatIsNotAnsweredIsEnded) {
  std::future<Result<std::int64_t>> read;  // ends after the frost at the latest
  const Frozen frozen(both_processes().first);
  read = std::async(std::launch::async, [&] { return one(); });
  ASSERT_EQ(std::future_status::ready, read.wait_for(30s));
  const auto outcome = read.get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(ErrorCode::Unavailable, outcome.error().code);
}

// After a loss the other connections are asked whether they live, which no time limit bounds.
TEST_F(LostServer, AConnectionThatDoesNotSayWhetherItLivesIsReplaced) {
  std::future<Result<std::int64_t>> read;  // ends after the frost at the latest
  const auto [first, second] = both_processes();
  const Frozen frozen(second);
  ::kill(first, SIGTERM);  // as pg_terminate_backend() does
  ASSERT_TRUE(eventually([first = first] { return ::kill(first, 0) != 0; }));
  const auto lost = one();
  ASSERT_FALSE(lost);
  EXPECT_EQ(ErrorCode::Unavailable, lost.error().code);
  read = std::async(std::launch::async, [&] { return one(); });
  ASSERT_EQ(std::future_status::ready, read.wait_for(30s));
  EXPECT_EQ(1, read.get().value());
}

// The transaction that waits for the end of its request is rolled back by who wants its connection.
TEST_F(LostServer, AHeldTransactionThatCannotBeRolledBackKeepsNobodyWaiting) {
  options.postgresql.connections = 1;
  opened.emplace(options);
  db = &(*opened)->for_plugin("test");
  std::future<Result<std::int64_t>> read;  // ends after the frost at the latest
  RequestScope scope;
  scope.hold_commit();
  pid_t process = 0;
  ASSERT_TRUE(db->write([&](Session& session) -> Result<None> {
    process = process_of(session);
    return None{};
  }));
  const Frozen frozen(process);
  read = std::async(std::launch::async, [&] { return one(); });
  ASSERT_EQ(std::future_status::ready, read.wait_for(30s));
  EXPECT_EQ(1, read.get().value());
  EXPECT_TRUE(scope.has_lost_hold());
}

}  // namespace
}  // namespace gatehouse::test
