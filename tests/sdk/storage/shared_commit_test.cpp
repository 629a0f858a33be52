// Requests that write while others wait share one commit: on SQLite, which has one writer.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <future>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <soci/soci.h>
#include <sys/resource.h>

#include <gatehouse/storage/native.hpp>

#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::test {
namespace {

enum class As { Request, HeldRequest, Job };

struct Writer {
  std::function<Result<None>(Session&)> work;
  As as = As::Request;
  std::function<void()> answered = [] {};
};

class SqliteSharedCommit : public StorageTest {
 protected:
  // The first keeps the connection until all others wait for it, in their order.
  std::vector<Result<None>> write_in_a_row(const std::vector<Writer>& writers) {
    std::vector<std::future<Result<None>>> others;
    bool have_come = false;
    const Writer first{
        [&](Session& session) -> Result<None> {
          GATEHOUSE_CHECK(writers.front().work(session));
          if (have_come) return None{};
          have_come = true;
          for (std::size_t i = 1; i < writers.size(); ++i) {
            const double before = opened.metrics.all.total;
            others.push_back(
                std::async(std::launch::async, [this, &writers, i] { return write(writers[i]); }));
            // Whatever is counted now is that somebody waits.
            EXPECT_TRUE(eventually([&] { return opened.metrics.all.total > before; }));
          }
          return None{};
        },
        writers.front().as};
    std::vector<Result<None>> outcomes;
    outcomes.push_back(write(first));
    for (auto& other : others) outcomes.push_back(other.get());
    return outcomes;
  }

  Writer insert_of(const std::string& name) {
    return {[name](Session& session) { return add(session, name); }};
  }

  static Result<None> add(Session& session, const std::string& name) {
    GATEHOUSE_CHECK(session.run("insert into test_item (name) values (:name)", name));
    return None{};
  }

  // Whoever comes after another one's change sees it committed.
  void expect_not_shared_with(As who) {
    std::int64_t seen = -1;
    const auto outcomes = write_in_a_row({insert_of("first"),
                                          {[&](Session& session) {
                                             seen = committed();
                                             return add(session, "second");
                                           },
                                           who}});
    EXPECT_EQ(1, seen);
    for (const auto& outcome : outcomes) EXPECT_TRUE(outcome);
    EXPECT_EQ(2, committed());
  }

  // Rows of which each takes two pages, with that of the index.
  static Result<None> add_long(Session& session, int count) {
    for (int i = 0; i < count; ++i) {
      GATEHOUSE_CHECK(add(session, std::to_string(i) + std::string(3'000, ' ')));
    }
    return None{};
  }

  // Files that this process has open, or had when they were removed, and whose name has `part` in
  // it.
  static std::ptrdiff_t open_files(std::string_view part) {
    namespace fs = std::filesystem;
    const auto has_part = [&](const fs::directory_entry& file) {
      std::error_code closed;  // meanwhile
      return fs::read_symlink(file, closed).string().find(part) != std::string::npos;
    };
    return std::count_if(fs::directory_iterator("/proc/self/fd"), {}, has_part);
  }

  // As any other connection sees it.
  std::int64_t committed() {
    return std::async(std::launch::async, [this] { return count(); }).get();
  }

 private:
  Result<None> write(const Writer& writer) {
    if (writer.as == As::Job) return db.write(writer.work);
    RequestScope request;
    if (writer.as == As::HeldRequest) request.hold_commit();
    auto outcome = db.write(writer.work);
    writer.answered();
    if (!outcome || !request.is_held()) return outcome;
    return request.commit_held([](Session&) -> Result<None> { return None{}; });
  }
};

TEST_F(SqliteSharedCommit, WhoWaitedAddsToTheCommitOfWhoWasBefore) {
  std::int64_t seen_by_second = -1;
  const auto outcomes = write_in_a_row({insert_of("first"), {[&](Session& session) {
                                          seen_by_second = committed();
                                          return add(session, "second");
                                        }}});
  EXPECT_EQ(0, seen_by_second);
  for (const auto& outcome : outcomes) EXPECT_TRUE(outcome);
  EXPECT_EQ(2, committed());
}

// What pages were before a savepoint has to be kept somewhere. SQLite's own place for it, beyond 15
// pages, is a file for each row, which costs more than the change.
TEST_F(SqliteSharedCommit, NeedsNoTemporaryFile) {
  const auto outcomes =
      write_in_a_row({{[](Session& session) { return add_long(session, 10); }},
                      {[](Session& session) -> Result<None> {
                        GATEHOUSE_CHECK(session.run("update test_item set name = name || '!'"));
                        EXPECT_EQ(open_files("etilqs_"), 0);
                        return None{};
                      }}});
  for (const auto& outcome : outcomes) EXPECT_TRUE(outcome);
}

TEST_F(SqliteSharedCommit, TakesAlsoChangesThatMemoryDoesNotHold) {
  constexpr int kRows = 1'000;
  const auto outcomes =
      write_in_a_row({{[](Session& session) { return add_long(session, kRows); }},
                      {[](Session& session) -> Result<None> {
                        GATEHOUSE_CHECK(session.run("update test_item set name = name || '!'"));
                        return denied();
                      }},
                      {[](Session& session) -> Result<None> {
                        GATEHOUSE_CHECK(session.run("update test_item set name = name || '?'"));
                        return None{};
                      }}});
  EXPECT_TRUE(outcomes[0]);
  EXPECT_EQ(ErrorCode::PermissionDenied, outcomes[1].error().code);
  EXPECT_TRUE(outcomes[2]);
  const auto changed = db.read([](Session& session) {
    return session.get<std::int64_t>("select count(*) from test_item where name like '% ?'");
  });
  EXPECT_EQ(kRows, changed.value());
}

TEST_F(SqliteSharedCommit, IsTakenPartInWithoutWhatWasRefused) {
  const auto outcomes = write_in_a_row({insert_of("first"),
                                        {[](Session& session) -> Result<None> {
                                          GATEHOUSE_CHECK(add(session, "refused"));
                                          return denied();
                                        }},
                                        insert_of("third")});
  EXPECT_TRUE(outcomes[0]);
  EXPECT_EQ(ErrorCode::PermissionDenied, outcomes[1].error().code);
  EXPECT_TRUE(outcomes[2]);
  EXPECT_EQ(2, committed());
}

TEST_F(SqliteSharedCommit, ComesAlsoWhenTheLastOfTheRowRefuses) {
  const auto outcomes = write_in_a_row({insert_of("first"), {[](Session& session) -> Result<None> {
                                          GATEHOUSE_CHECK(add(session, "refused"));
                                          return denied();
                                        }}});
  EXPECT_TRUE(outcomes[0]);
  EXPECT_EQ(1, committed());
}

TEST_F(SqliteSharedCommit, ThatTheEngineRolledBackIsTriedAgainByTheOthers) {
  std::atomic<int> runs = 0;
  const auto outcomes = write_in_a_row({{[&](Session& session) {
                                          ++runs;
                                          return add(session, "first");
                                        }},
                                        {[](Session& session) -> Result<None> {
                                          native_session(session)
                                              << "rollback";  // as on a full disk
                                          return denied();
                                        }}});
  EXPECT_EQ(2, runs);
  EXPECT_TRUE(outcomes[0]);
  EXPECT_EQ(ErrorCode::PermissionDenied, outcomes[1].error().code);
  EXPECT_EQ(1, committed());
}

// What it was refused for would not be there yet, or never.
TEST_F(SqliteSharedCommit, IsWaitedForByWhoWasRefused) {
  std::atomic<bool> is_answered = false;
  bool was_answered = true;
  const auto outcomes = write_in_a_row({insert_of("same"),
                                        {[&](Session& session) { return add(session, "same"); },
                                         As::Request,
                                         [&] { is_answered = true; }},
                                        {[&](Session& session) {
                                          was_answered = is_answered;
                                          return add(session, "third");
                                        }}});
  EXPECT_FALSE(was_answered);
  EXPECT_TRUE(outcomes[0]);
  EXPECT_EQ(ErrorCode::Conflict, outcomes[1].error().code);
  EXPECT_EQ(2, committed());
}

TEST_F(SqliteSharedCommit, ThatIsLostIsJudgedAnewByWhoWasRefused) {
  bool gives_way = false;
  const auto outcomes = write_in_a_row({{[&](Session& session) -> Result<None> {
                                          if (std::exchange(gives_way, true)) return denied();
                                          return add(session, "same");
                                        }},
                                        insert_of("same"),
                                        {[](Session& session) -> Result<None> {
                                          native_session(session) << "rollback";
                                          return denied();
                                        }}});
  EXPECT_EQ(ErrorCode::PermissionDenied, outcomes[0].error().code);
  EXPECT_TRUE(outcomes[1]);
  EXPECT_EQ(1, committed());
}

TEST_F(SqliteSharedCommit, IsLeftByWhoTakesLong) {
  int runs = 0;
  std::int64_t seen_by_second_run = -1;
  const auto outcomes = write_in_a_row(
      {insert_of("first"), {[&](Session& session) -> Result<None> {
         if (++runs == 2) {
           seen_by_second_run = committed();
           return add(session, "slow");
         }
         const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(2);
         while (std::chrono::steady_clock::now() < until) {
           GATEHOUSE_CHECK(session.get<std::int64_t>("select count(*) from test_item"));
         }
         return None{};
       }}});
  EXPECT_EQ(2, runs);
  EXPECT_EQ(1, seen_by_second_run);
  for (const auto& outcome : outcomes) EXPECT_TRUE(outcome);
  EXPECT_EQ(2, committed());
}

TEST_F(SqliteSharedCommit, IsNotForWhoIsHeldUntilItsAnswer) {
  expect_not_shared_with(As::HeldRequest);
}

TEST_F(SqliteSharedCommit, IsNotForJobs) {
  expect_not_shared_with(As::Job);
}

TEST_F(SqliteSharedCommit, ComesInBetweenWhenTheRowIsLong) {
  std::int64_t seen_by_third = -1;
  const auto outcomes = write_in_a_row({insert_of("first"),
                                        {[](Session& session) {
                                          const auto begun = std::chrono::steady_clock::now();
                                          EXPECT_TRUE(eventually([&] {
                                            return std::chrono::steady_clock::now() - begun >
                                                   std::chrono::milliseconds(20);
                                          }));
                                          return add(session, "slow");
                                        }},
                                        {[&](Session& session) {
                                          seen_by_third = committed();
                                          return add(session, "third");
                                        }}});
  EXPECT_EQ(2, seen_by_third);
  for (const auto& outcome : outcomes) EXPECT_TRUE(outcome);
  EXPECT_EQ(3, committed());
}

TEST_F(SqliteSharedCommit, FailsForAllWhenTheDiskIsFull) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(0, ::getrlimit(RLIMIT_FSIZE, &before));
  const auto outcomes = write_in_a_row({insert_of("first"), {[&](Session& session) -> Result<None> {
                                          GATEHOUSE_CHECK(add(session, "second"));
                                          const rlimit full{100, before.rlim_max};
                                          ::setrlimit(RLIMIT_FSIZE, &full);
                                          return None{};
                                        }}});
  ::setrlimit(RLIMIT_FSIZE, &before);
  for (const auto& outcome : outcomes) EXPECT_EQ(ErrorCode::Unavailable, outcome.error().code);
  EXPECT_EQ(0, committed());
  EXPECT_TRUE(insert("later"));
}

TEST_F(SqliteSharedCommit, DoesNotFailForAReferenceOfAnother) {
  ASSERT_TRUE(opened
                  ->migrate("test",
                            {{"0001", "items", kSchema},
                             {"0002",
                              "late",
                              "create table test_late (item bigint references test_item (id) "
                              "deferrable initially deferred)"}})
                  .empty());
  std::atomic<int> runs = 0;
  const std::vector<Writer> writers = {
      {[&](Session& session) {
        ++runs;
        return add(session, "first");
      }},
      {[](Session& session) -> Result<None> {
        GATEHOUSE_CHECK(session.run("insert into test_late (item) values (4711)"));
        return None{};
      }},
      insert_of("third")};
  EXPECT_THROW((void)write_in_a_row(writers), std::runtime_error);  // of the second
  EXPECT_EQ(1, runs);
  EXPECT_EQ(2, committed());
}

}  // namespace
}  // namespace gatehouse::test
