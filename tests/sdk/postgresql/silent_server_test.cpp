// A server that falls silent where no use of the database is watched.
// SPDX-License-Identifier: Apache-2.0
#include <future>

#include <signal.h>

#include "tests/sdk/postgresql/fixture.hpp"

namespace gatehouse::test {
namespace {

using namespace std::chrono_literals;

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

class SilentServer : public PostgresqlTest {
 protected:
  void reopen(std::size_t connections) {
    options.time_limit = 1s;
    options.postgresql.connections = connections;
    own_.emplace(options);
  }
  Db& own() { return (*own_)->for_plugin("test"); }
  Result<std::int64_t> one() {
    return own().read([](Session& session) { return session.get<std::int64_t>("select 1"); });
  }

 private:
  std::optional<Opened> own_;
};

// After a loss the other connections are asked whether they live.
TEST_F(SilentServer, AConnectionThatDoesNotSayWhetherItLivesIsReplaced) {
  std::future<Result<std::int64_t>> read;  // ends after the frost at the latest
  reopen(2);
  pid_t next = 0;  // that is lent next
  pid_t idle = 0;
  ASSERT_TRUE(own().read([&](Session& session) -> Result<None> {
    next = process_of(session);
    return std::async(std::launch::async,
                      [&] {
                        return own().read([&](Session& inner) -> Result<None> {
                          idle = process_of(inner);
                          return None{};
                        });
                      })
        .get();
  }));
  const Frozen frozen(idle);
  end(db, next);
  const auto lost = one();
  ASSERT_FALSE(lost);
  EXPECT_EQ(ErrorCode::Unavailable, lost.error().code);
  read = std::async(std::launch::async, [&] { return one(); });
  ASSERT_EQ(std::future_status::ready, read.wait_for(30s));
  EXPECT_EQ(1, read.get().value());
}

// Whoever wants its connection rolls the transaction back that waits for the end of its request.
TEST_F(SilentServer, AHeldTransactionThatCannotBeRolledBackKeepsNobodyWaiting) {
  std::future<Result<std::int64_t>> read;  // ends after the frost at the latest
  reopen(1);
  RequestScope scope;
  scope.hold_commit();
  pid_t process = 0;
  ASSERT_TRUE(own().write([&](Session& session) -> Result<None> {
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
