// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include <sqlite3.h>

#include "tests/bench/storage_raw.hpp"

namespace gatehouse::bench {
namespace {

constexpr char kSelectOne[] = "select " GATEHOUSE_BENCH_COLUMNS " from bench_user where id = ?";
constexpr char kSelectPage[] =
    "select " GATEHOUSE_BENCH_COLUMNS " from bench_user where id > ? order by id limit 1000";
constexpr char kUpdate[] = "update bench_user set version = version + 1 where id = ?";
constexpr char kInsert[] = "insert into bench_event (owner, text) values (?, ?)";

class RawSqlite final : public Raw {
 public:
  RawSqlite(const std::string& path, Synchronous synchronous) {
    check(sqlite3_open(path.c_str(), &db_));
    run("pragma journal_mode=wal");
    run("pragma foreign_keys=on");
    run(synchronous == Synchronous::Full ? "pragma synchronous=full" : "pragma synchronous=normal");
    if (!has_tables()) run(kCreate.for_engine(Engine::Sqlite).data());
    one_ = prepare(kSelectOne);
    page_ = prepare(kSelectPage);
    update_ = prepare(kUpdate);
    insert_ = prepare(kInsert);
    begin_ = prepare("begin immediate");
    commit_ = prepare("commit");
  }
  ~RawSqlite() override {
    for (sqlite3_stmt* one : {one_, page_, update_, insert_, begin_, commit_})
      sqlite3_finalize(one);
    sqlite3_close(db_);
  }

  std::optional<User> read_one(std::int64_t id) override {
    sqlite3_bind_int64(one_, 1, id);
    std::optional<User> user;
    if (sqlite3_step(one_) == SQLITE_ROW) fill(one_, user.emplace());
    sqlite3_reset(one_);
    return user;
  }
  std::vector<User> read_page(std::int64_t after) override {
    std::vector<User> users;
    sqlite3_bind_int64(page_, 1, after);
    while (sqlite3_step(page_) == SQLITE_ROW) fill(page_, users.emplace_back());
    sqlite3_reset(page_);
    return users;
  }
  void write(std::int64_t id, const std::string& text) override {
    done(begin_);
    sqlite3_bind_int64(update_, 1, id);
    done(update_);
    sqlite3_bind_int64(insert_, 1, id);
    sqlite3_bind_text(insert_, 2, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    done(insert_);
    done(commit_);
  }

 private:
  bool has_tables() {
    return sqlite3_table_column_metadata(
               db_, nullptr, "bench_user", nullptr, nullptr, nullptr, nullptr, nullptr, nullptr) ==
           SQLITE_OK;
  }
  static void check(int code) {
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errstr(code));
  }
  void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr));
    return statement;
  }
  static void done(sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error("step");
    check(sqlite3_reset(statement));
  }

  static std::string text(sqlite3_stmt* row, int column) {
    const auto* begin = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
    return {begin, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
  }
  static bool null(sqlite3_stmt* row, int column) {
    return sqlite3_column_type(row, column) == SQLITE_NULL;
  }
  static Time time(sqlite3_stmt* row, int column) {
    return Time(std::chrono::microseconds(sqlite3_column_int64(row, column)));
  }
  static void fill(sqlite3_stmt* row, User& user) {
    user.id = sqlite3_column_int64(row, 0);
    user.uuid = text(row, 1);
    user.username = text(row, 2);
    user.username_key = text(row, 3);
    user.email = text(row, 4);
    user.email_key = text(row, 5);
    if (!null(row, 6)) user.full_name = text(row, 6);
    if (!null(row, 7)) user.phone = text(row, 7);
    user.locale = text(row, 8);
    user.timezone = text(row, 9);
    user.active = sqlite3_column_int64(row, 10) != 0;
    user.verified = sqlite3_column_int64(row, 11) != 0;
    user.account = sqlite3_column_int64(row, 12);
    if (!null(row, 13)) user.manager = sqlite3_column_int64(row, 13);
    user.version = sqlite3_column_int64(row, 14);
    user.score = sqlite3_column_double(row, 15);
    user.created_at = time(row, 16);
    user.changed_at = time(row, 17);
    if (!null(row, 18)) user.login_at = time(row, 18);
    if (!null(row, 19)) user.note = text(row, 19);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* one_ = nullptr;
  sqlite3_stmt* page_ = nullptr;
  sqlite3_stmt* update_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
};

}  // namespace

std::unique_ptr<Raw> raw_sqlite(const std::string& path, Synchronous synchronous) {
  return std::make_unique<RawSqlite>(path, synchronous);
}

}  // namespace gatehouse::bench
