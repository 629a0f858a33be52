// What the storage layer costs over raw sqlite3: both do the same work on files of the same
// content, in turns, so that a noisy machine disturbs both. Prints times and ratios; --json FILE
// writes them too. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/describe.hpp>
#include <sqlite3.h>
#include <stdlib.h>

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

namespace {

constexpr int kRows = 5'000;
#define GATEHOUSE_BENCH_COLUMNS                                                              \
  "id, uuid, username, username_key, email, email_key, full_name, phone, locale, timezone, " \
  "active, verified, account, manager, version, score, created_at, changed_at, login_at, note"
constexpr char kCreate[] =
    "create table bench_user (id integer primary key, uuid text not null, username text not null,"
    " username_key text not null, email text not null, email_key text not null, full_name text,"
    " phone text, locale text not null, timezone text not null, active boolean not null,"
    " verified boolean not null, account bigint not null, manager bigint, version bigint not null,"
    " score double precision not null, created_at bigint not null, changed_at bigint not null,"
    " login_at bigint, note text);"
    "create table bench_event (id integer primary key, user bigint not null, text text not null);"
    "with recursive n(i) as (values (1) union all select i + 1 from n where i < 5000)"
    " insert into bench_user select i, '0190f3a2-7c1b-7def-8000-' || (100000000000 + i),"
    " 'user' || i, 'user' || i, 'user' || i || '@example.org', 'user' || i || '@example.org',"
    " case i % 3 when 0 then null else 'Full Name ' || i end, null, 'en', 'Europe/Amsterdam', 1,"
    " i % 2, i % 50, case i % 5 when 0 then i end, 1, i / 7.0, 1700000000000000 + i,"
    " 1700000000000000 + i, case i % 2 when 0 then 1700000000000000 end, null from n;";
constexpr char kSelectOne[] = "select " GATEHOUSE_BENCH_COLUMNS " from bench_user where id = :id";
constexpr char kSelectPage[] =
    "select " GATEHOUSE_BENCH_COLUMNS " from bench_user where id > :after order by id limit 1000";
constexpr char kUpdate[] = "update bench_user set version = version + 1 where id = :id";
constexpr char kInsert[] = "insert into bench_event (user, text) values (:user, :text)";

class Quiet final : public Log, public Metrics, public Clock {
 public:
  void write(LogLevel, std::string_view event, std::string_view text) override {
    std::fprintf(stderr,
                 "%.*s: %.*s\n",
                 static_cast<int>(event.size()),
                 event.data(),
                 static_cast<int>(text.size()),
                 text.data());
  }
  Counter& counter(std::string_view, std::string_view, std::span<const Label>) override {
    return count_;
  }
  Gauge& gauge(std::string_view, std::string_view, std::span<const Label>) override {
    throw std::logic_error("no gauges");
  }
  Histogram& histogram(std::string_view,
                       std::string_view,
                       std::span<const Label>,
                       std::span<const double>) override {
    throw std::logic_error("no histograms");
  }
  Time now() const override { return Time(std::chrono::microseconds(1)); }

 private:
  class Count final : public Counter {
   public:
    void add(double) override {}
  };
  Count count_;
};

// What a careful author would write by hand.
class Raw {
 public:
  Raw(const std::string& path, Synchronous synchronous) {
    check(sqlite3_open(path.c_str(), &db_));
    run("pragma journal_mode=wal");
    run("pragma foreign_keys=on");
    run(synchronous == Synchronous::Full ? "pragma synchronous=full" : "pragma synchronous=normal");
    run(kCreate);
    one_ = prepare(kSelectOne);
    page_ = prepare(kSelectPage);
    update_ = prepare(kUpdate);
    insert_ = prepare(kInsert);
    begin_ = prepare("begin immediate");
    commit_ = prepare("commit");
  }
  ~Raw() {
    for (sqlite3_stmt* one : {one_, page_, update_, insert_, begin_, commit_})
      sqlite3_finalize(one);
    sqlite3_close(db_);
  }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

  std::optional<User> read_one(std::int64_t id) {
    sqlite3_bind_int64(one_, 1, id);
    std::optional<User> user;
    if (sqlite3_step(one_) == SQLITE_ROW) fill(one_, user.emplace());
    sqlite3_reset(one_);
    return user;
  }
  std::vector<User> read_page(std::int64_t after) {
    std::vector<User> users;
    sqlite3_bind_int64(page_, 1, after);
    while (sqlite3_step(page_) == SQLITE_ROW) fill(page_, users.emplace_back());
    sqlite3_reset(page_);
    return users;
  }
  void write(std::int64_t id, const std::string& text) {
    done(begin_);
    sqlite3_bind_int64(update_, 1, id);
    done(update_);
    sqlite3_bind_int64(insert_, 1, id);
    sqlite3_bind_text(insert_, 2, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    done(insert_);
    done(commit_);
  }

 private:
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

struct Figure {
  std::string name;
  double ours_us = 0;
  double raw_us = 0;
  double mark = 0;
  double ratio() const { return ours_us / raw_us; }
};

// `rounds` turns of `uses` each, short enough that some run undisturbed; the best turn counts.
Figure compare(const std::string& name,
               double mark,
               int rounds,
               int uses,
               const std::function<void(std::int64_t)>& ours,
               const std::function<void(std::int64_t)>& raw) {
  std::uint64_t state = 88172645463325252U;  // xorshift: the same rows in every run
  const auto slice = [&](const std::function<void(std::int64_t)>& use) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < uses; ++i) {
      state ^= state << 13U;
      state ^= state >> 7U;
      state ^= state << 17U;
      use(static_cast<std::int64_t>(state % kRows) + 1);
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    return took.count() / uses;
  };
  Figure figure{name, slice(ours), slice(raw), mark};
  for (int i = 0; i < rounds; ++i) {
    figure.ours_us = std::min(figure.ours_us, slice(ours));
    figure.raw_us = std::min(figure.raw_us, slice(raw));
  }
  return figure;
}

void require(bool good) {
  if (!good) throw std::runtime_error("a use of the database failed");
}

void run_reads(Db& db, Raw& raw, std::vector<Figure>& figures) {
  std::size_t seen = 0;
  figures.push_back(compare(
      "read a row of 20 columns by primary key",
      1.25,
      1'000,
      200,
      [&](std::int64_t id) {
        const auto user =
            db.read([&](Session& session) { return session.get<User>(kSelectOne, id); });
        require(user.has_value());
        seen += user->email.size();
      },
      [&](std::int64_t id) {
        const auto user = raw.read_one(id);
        require(user.has_value());
        seen += user->email.size();
      }));
  figures.push_back(compare(
      "read a page of 1,000 rows",
      1.2,
      500,
      1,
      [&](std::int64_t id) {
        const auto users =
            db.read([&](Session& session) { return session.list<User>(kSelectPage, id % 4'000); });
        require(users && users->size() == 1'000);
      },
      [&](std::int64_t id) { require(raw.read_page(id % 4'000).size() == 1'000); }));
}

Figure run_writes(const std::string& name, double mark, int rounds, int uses, Db& db, Raw& raw) {
  const std::string text = "user.updated: full_name, phone";
  return compare(
      name,
      mark,
      rounds,
      uses,
      [&](std::int64_t id) {
        require(db.write([&](Session& session) -> Result<None> {
                    GATEHOUSE_CHECK(session.run(kUpdate, id));
                    GATEHOUSE_CHECK(session.run(kInsert, id, text));
                    return None{};
                  }).has_value());
      },
      [&](std::int64_t id) { raw.write(id, text); });
}

void print(const std::vector<Figure>& figures) {
  std::printf("%-45s %10s %10s %7s %6s\n", "", "ours (us)", "raw (us)", "ratio", "mark");
  for (const Figure& one : figures) {
    std::printf("%-45s %10.2f %10.2f %7.2f %6.2f %s\n",
                one.name.c_str(),
                one.ours_us,
                one.raw_us,
                one.ratio(),
                one.mark,
                one.ratio() <= one.mark ? "met" : "MISSED");
  }
}

void write_json(const std::string& path, const std::vector<Figure>& figures) {
  std::ofstream out(path);
  out << "{\"figures\": [";
  const char* separator = "\n";
  for (const Figure& one : figures) {
    out << separator << "  {\"name\": \"" << one.name << "\", \"value\": " << one.ours_us
        << ", \"unit\": \"us\", \"reference\": " << one.raw_us << ", \"ratio\": " << one.ratio()
        << ", \"mark\": " << one.mark
        << ", \"met\": " << (one.ratio() <= one.mark ? "true" : "false") << "}";
    separator = ",\n";
  }
  out << "\n]}\n";
}

int run(int argc, char** argv) {
  std::string folder = (std::filesystem::temp_directory_path() / "gatehouse-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("mkdtemp " + folder);
  std::vector<Figure> figures;
  for (const Synchronous synchronous : {Synchronous::Normal, Synchronous::Full}) {
    const bool full = synchronous == Synchronous::Full;
    Quiet quiet;
    DatabaseOptions options;
    options.sqlite.path = folder + (full ? "/full.db" : "/normal.db");
    options.sqlite.synchronous = synchronous;
    auto database = Database::open(options, quiet, quiet, quiet);
    require(database.has_value());
    require((*database)->migrate("bench", {{"0001", "bench", kCreate}}).empty());
    Db& db = (*database)->for_plugin("bench");
    Raw raw(folder + (full ? "/raw-full.db" : "/raw-normal.db"), synchronous);
    if (!full) run_reads(db, raw, figures);
    figures.push_back(
        full ? run_writes("transaction of two statements, synced", 1.05, 60, 10, db, raw)
             : run_writes("transaction of two statements", 1.2, 500, 50, db, raw));
  }
  std::filesystem::remove_all(folder);
  print(figures);
  if (argc == 3 && std::string(argv[1]) == "--json") write_json(argv[2], figures);
  return 0;
}

}  // namespace
}  // namespace gatehouse::bench

int main(int argc, char** argv) {
  try {
    return gatehouse::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "storage_bench: %s\n", error.what());
    return 1;
  }
}
