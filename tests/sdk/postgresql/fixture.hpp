// A PostgreSQL database of one's own, and a second way to it, past ours.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <csignal>
#include <cstdint>
#include <future>
#include <string>

#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::test {

class PostgresqlTest : public StorageTest {
 protected:
  // The server's process behind the session.
  static pid_t process_of(Session& session) {
    return static_cast<pid_t>(session.get<std::int64_t>("select pg_backend_pid()").value());
  }
  pid_t idle_process() {
    pid_t process = 0;
    EXPECT_TRUE(db.read([&](Session& session) -> Result<None> {
      process = process_of(session);
      return None{};
    }));
    return process;
  }
  // Ends a session as the server's operator would.
  static void end(Db& by, pid_t process) {
    const auto ended = by.read([&](Session& session) {
      return session.get<bool>("select pg_terminate_backend(cast(:process as integer))",
                               static_cast<std::int64_t>(process));
    });
    ASSERT_TRUE(ended && *ended);
    ASSERT_TRUE(eventually([&] {
      return by.read([&](Session& session) {
                 return session.get<std::int64_t>(
                     "select count(*) from pg_stat_activity where pid = :process",
                     static_cast<std::int64_t>(process));
               }).value() == 0;
    }));
  }

  Opened other{options};  // the same database, through connections of its own
  Db& second = other->for_plugin("test");
};

}  // namespace gatehouse::test
