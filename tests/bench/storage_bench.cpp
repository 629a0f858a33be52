// What the storage layer costs over raw sqlite3 and raw libpq: both do the same work on rows of the
// same content, in turns, so that a noisy machine disturbs both. Usage:
//   storage_bench LOAD [--json FILE]
// LOAD: sqlite, postgresql-reads, postgresql-writes, postgresql-synced-writes, postgresql-8
// (threads); storage_bench.py runs them all. PostgreSQL: host, port and user from the file that
// GATEHOUSE_TEST_POSTGRESQL names; the database `bench` is there, empty. Prints times and ratios.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <stdlib.h>

#include <gatehouse/testing/database.hpp>

#include "tests/bench/storage_raw.hpp"

namespace gatehouse::bench {

#define GATEHOUSE_BENCH_USERS                                                                 \
  " insert into bench_user select i, '0190f3a2-7c1b-7def-8000-' || (100000000000 + i),"       \
  " 'user' || i, 'user' || i, 'user' || i || '@example.org', 'user' || i || '@example.org',"  \
  " case i % 3 when 0 then null else 'Full Name ' || i end, null, 'en', 'Europe/Amsterdam',"  \
  " true, i % 2 = 1, i % 50, case i % 5 when 0 then i end, 1, i / 7.0, 1700000000000000 + i," \
  " 1700000000000000 + i, case i % 2 when 0 then 1700000000000000 end, null from n;"
#define GATEHOUSE_BENCH_USER_TABLE                                                                \
  " uuid text not null, username text not null,"                                                  \
  " username_key text not null, email text not null, email_key text not null, full_name text,"    \
  " phone text, locale text not null, timezone text not null, active boolean not null,"           \
  " verified boolean not null, account bigint not null, manager bigint, version bigint not null," \
  " score double precision not null, created_at bigint not null, changed_at bigint not null,"     \
  " login_at bigint, note text);"
const Sql kCreate(
    "create table bench_user (id integer primary key," GATEHOUSE_BENCH_USER_TABLE
    "create table bench_event (id integer primary key, owner bigint not null, text text not null);"
    "with recursive n(i) as (values (1) union all select i + 1 from n where i < "
    "5000)" GATEHOUSE_BENCH_USERS,
    "create table bench_user (id bigint primary key," GATEHOUSE_BENCH_USER_TABLE
    "create table bench_event (id bigint generated always as identity primary key,"
    " owner bigint not null, text text not null);"
    "with n(i) as (select i from generate_series(1, 5000) as i)" GATEHOUSE_BENCH_USERS);

namespace {

constexpr Sql kSelectOne = "select " GATEHOUSE_BENCH_COLUMNS " from bench_user where id = :id";
constexpr Sql kSelectPage =
    "select " GATEHOUSE_BENCH_COLUMNS " from bench_user where id > :after order by id limit 1000";
constexpr Sql kUpdate = "update bench_user set version = version + 1 where id = :id";
constexpr Sql kInsert = "insert into bench_event (owner, text) values (:owner, :text)";

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
    return count_;
  }
  Histogram& histogram(std::string_view,
                       std::string_view,
                       std::span<const Label>,
                       std::span<const double>) override {
    throw std::logic_error("no histograms");
  }
  Time now() const override { return Time(std::chrono::microseconds(1)); }

 private:
  class Count final : public Counter, public Gauge {
   public:
    void add(double) override {}
    void set(double) override {}
  };
  Count count_;
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

void run_reads(const std::string& engine, Db& db, Raw& raw, std::vector<Figure>& figures) {
  std::size_t seen = 0;
  figures.push_back(compare(
      engine + ": row of 20 columns by primary key",
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
      engine + ": page of 1,000 rows",
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
  std::printf("%-48s %10s %10s %7s %6s\n", "", "ours (us)", "raw (us)", "ratio", "mark");
  for (const Figure& one : figures) {
    std::printf("%-48s %10.2f %10.2f %7.2f %6.2f %s\n",
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

constexpr std::size_t kThreads = 8;

// `read(thread, id)` on kThreads at once; microseconds for each read of all together.
double slice_of_threads(int uses, const std::function<void(std::size_t, std::int64_t)>& read) {
  std::barrier together(kThreads + 1);
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      std::uint64_t id = 7919 * (thread + 1);
      together.arrive_and_wait();
      for (int i = 0; i < uses; ++i) {
        id = id * 6364136223846793005U + 1442695040888963407U;
        read(thread, static_cast<std::int64_t>((id >> 33U) % kRows) + 1);
      }
      together.arrive_and_wait();
    });
  }
  const auto begin = std::chrono::steady_clock::now();
  together.arrive_and_wait();
  together.arrive_and_wait();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
  for (std::thread& thread : threads) thread.join();
  return took.count() / (uses * static_cast<double>(kThreads));
}

Figure run_threads(const std::string& name,
                   Db& db,
                   int rounds,
                   int uses,
                   const std::function<std::unique_ptr<Raw>()>& connect) {
  std::vector<std::unique_ptr<Raw>> raw;
  for (std::size_t thread = 0; thread < kThreads; ++thread) raw.push_back(connect());
  std::atomic<bool> good = true;
  const auto ours = [&](std::size_t, std::int64_t id) {
    const auto user = db.read([&](Session& session) { return session.get<User>(kSelectOne, id); });
    if (!user) good = false;
  };
  const auto theirs = [&](std::size_t thread, std::int64_t id) {
    if (!raw[thread]->read_one(id)) good = false;
  };
  Figure figure{name, slice_of_threads(uses, ours), slice_of_threads(uses, theirs), 1.35};
  for (int i = 0; i < rounds; ++i) {
    figure.ours_us = std::min(figure.ours_us, slice_of_threads(uses, ours));
    figure.raw_us = std::min(figure.raw_us, slice_of_threads(uses, theirs));
  }
  require(good);
  return figure;
}

struct Bench {
  Quiet quiet;
  std::unique_ptr<Database> database;

  explicit Bench(const DatabaseOptions& options) {
    auto opened = Database::open(options, quiet, quiet, quiet);
    if (!opened) throw std::runtime_error(opened.error().message);
    database = *std::move(opened);
    for (const std::string& problem : database->migrate("bench", {{"0001", "bench", kCreate}})) {
      throw std::runtime_error(problem);
    }
  }
  Db& db() { return database->for_plugin("bench"); }
};

void run_sqlite(std::vector<Figure>& figures) {
  std::string folder = (std::filesystem::temp_directory_path() / "gatehouse-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("mkdtemp " + folder);
  for (const Synchronous synchronous : {Synchronous::Normal, Synchronous::Full}) {
    const bool full = synchronous == Synchronous::Full;
    DatabaseOptions options;
    options.sqlite.path = folder + (full ? "/full.db" : "/normal.db");
    options.sqlite.synchronous = synchronous;
    options.sqlite.readers = kThreads;
    Bench bench(options);
    const std::string path = options.sqlite.path + ".raw";
    const auto raw = raw_sqlite(path, synchronous);
    if (full) {
      figures.push_back(run_writes("SQLite: transaction, synced", 1.05, 60, 10, bench.db(), *raw));
      continue;
    }
    run_reads("SQLite", bench.db(), *raw, figures);
    figures.push_back(run_threads("SQLite: row, 8 connections", bench.db(), 100, 500, [&] {
      return raw_sqlite(path, synchronous);
    }));
    figures.push_back(
        run_writes("SQLite: transaction of two statements", 1.2, 500, 50, bench.db(), *raw));
  }
  std::filesystem::remove_all(folder);
}

enum class Load { Reads, Writes, SyncedWrites, Threads };

void run_postgresql(Load load, std::vector<Figure>& figures) {
  DatabaseOptions options = testing::TestDatabase().options();
  options.postgresql.dbname = "bench";
  Bench bench(options);
  const auto connect = [&] { return raw_postgresql(options.postgresql); };
  const auto raw = connect();
  switch (load) {
    case Load::Reads:
      run_reads("PostgreSQL", bench.db(), *raw, figures);
      break;
    case Load::Writes:
      figures.push_back(
          run_writes("PostgreSQL: transaction of two statements", 1.2, 300, 50, bench.db(), *raw));
      break;
    case Load::SyncedWrites:
      figures.push_back(
          run_writes("PostgreSQL: transaction, synced", 1.05, 60, 10, bench.db(), *raw));
      break;
    case Load::Threads:
      figures.push_back(
          run_threads("PostgreSQL: row, 8 connections", bench.db(), 100, 200, connect));
      break;
  }
}

int run(const std::vector<std::string>& words) {
  std::vector<Figure> figures;
  const std::string load = words.empty() ? "" : words[0];
  if (load == "sqlite") {
    run_sqlite(figures);
  } else if (load == "postgresql-reads") {
    run_postgresql(Load::Reads, figures);
  } else if (load == "postgresql-writes") {
    run_postgresql(Load::Writes, figures);
  } else if (load == "postgresql-synced-writes") {
    run_postgresql(Load::SyncedWrites, figures);
  } else if (load == "postgresql-8") {
    run_postgresql(Load::Threads, figures);
  } else {
    throw std::runtime_error("name a load; the head of the source tells which there are");
  }
  print(figures);
  if (words.size() == 3 && words[1] == "--json") write_json(words[2], figures);
  return 0;
}

}  // namespace
}  // namespace gatehouse::bench

int main(int argc, char** argv) {
  try {
    return gatehouse::bench::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "storage_bench: %s\n", error.what());
    return 1;
  }
}
