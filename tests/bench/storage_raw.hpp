// What the storage benchmark compares with: the same rows read and written as a careful author
// would by hand, on sqlite3 or libpq. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/runtime/database.hpp>

namespace gatehouse::bench {

// Twenty columns, as a user has them: integers, texts, times, truths, some of them absent.
struct User {
  std::int64_t id = 0;
  std::string uuid;
  std::string username;
  std::string username_key;
  std::string email;
  std::string email_key;
  std::optional<std::string> full_name;
  std::optional<std::string> phone;
  std::string locale;
  std::string timezone;
  bool active = false;
  bool verified = false;
  std::int64_t account = 0;
  std::optional<std::int64_t> manager;
  std::int64_t version = 0;
  double score = 0;
  Time created_at;
  Time changed_at;
  std::optional<Time> login_at;
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(User,
                      (),
                      (id,
                       uuid,
                       username,
                       username_key,
                       email,
                       email_key,
                       full_name,
                       phone,
                       locale,
                       timezone,
                       active,
                       verified,
                       account,
                       manager,
                       version,
                       score,
                       created_at,
                       changed_at,
                       login_at,
                       note))

inline constexpr int kRows = 5'000;  // numbered from 1
#define GATEHOUSE_BENCH_COLUMNS                                                              \
  "id, uuid, username, username_key, email, email_key, full_name, phone, locale, timezone, " \
  "active, verified, account, manager, version, score, created_at, changed_at, login_at, note"

// The tables, and kRows users in them.
extern const Sql kCreate;

// Threads: one. Throws std::runtime_error when anything fails.
class Raw {
 public:
  virtual ~Raw() = default;
  Raw() = default;
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

  virtual std::optional<User> read_one(std::int64_t id) = 0;
  virtual std::vector<User> read_page(std::int64_t after) = 0;  // 1,000
  // One transaction of an update and an insert.
  virtual void write(std::int64_t id, const std::string& text) = 0;
};

// Makes the tables that are not there.
std::unique_ptr<Raw> raw_sqlite(const std::string& path, Synchronous synchronous);
// The tables are there. Its transactions are serializable, as ours.
std::unique_ptr<Raw> raw_postgresql(const PostgresqlOptions& options);

}  // namespace gatehouse::bench
