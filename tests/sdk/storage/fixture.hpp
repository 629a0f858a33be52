// A real database in a folder of its own, for the storage suites.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <stdlib.h>

#include <gatehouse/runtime/database.hpp>
#include <gatehouse/runtime/request_scope.hpp>
#include <gatehouse/testing/database.hpp>

namespace gatehouse::test {

class RecordedLog final : public Log {
 public:
  void write(LogLevel, std::string_view event, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::string(event) + ": " + std::string(text));
  }
  bool contains(std::string_view text) const { return count(text) != 0; }
  // In how many lines it stands.
  int count(std::string_view text) const {
    const std::lock_guard lock(mutex_);
    int lines = 0;
    for (const std::string& line : lines_) lines += line.find(text) != std::string::npos ? 1 : 0;
    return lines;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

class CountedMetrics final : public Metrics {
 public:
  class Count final : public Counter, public Gauge, public Histogram {
   public:
    void add(double amount) override { total += amount; }
    void set(double) override {}
    void observe(double) override {}
    std::atomic<double> total{0};
  };
  Counter& counter(std::string_view, std::string_view, std::span<const Label>) override {
    return all;
  }
  Gauge& gauge(std::string_view, std::string_view, std::span<const Label>) override { return all; }
  Histogram& histogram(std::string_view,
                       std::string_view,
                       std::span<const Label>,
                       std::span<const double>) override {
    return all;
  }
  Count all;
};

class FixedClock final : public Clock {
 public:
  Time now() const override { return Time(std::chrono::microseconds(1'700'000'000'123'456)); }
};

class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "gatehouse-test-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp");
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
  const std::string& path() const { return path_; }
  // Not in the folder, but gone with it.
  const testing::TestDatabase& database() const { return database_; }

 private:
  std::string path_;
  testing::TestDatabase database_;
};

// Opens in `folder`; fails the test when it cannot.
struct Opened {
  RecordedLog log;
  CountedMetrics metrics;
  FixedClock clock;
  std::unique_ptr<Database> database;

  explicit Opened(const DatabaseOptions& options) {
    auto result = Database::open(options, log, metrics, clock);
    if (!result) throw std::runtime_error(result.error().message);
    database = *std::move(result);
  }
  Database* operator->() { return database.get(); }
};

// On the engine that the environment asks for.
inline DatabaseOptions options_in(const Folder& folder) {
  return folder.database().options();
}

// Each test has a fresh database with `test_item` in it.
class StorageTest : public ::testing::Test {
 protected:
  StorageTest() {
    const auto problems = opened->migrate("test", {{"0001", "items", kSchema}});
    if (!problems.empty()) throw std::runtime_error(problems.front());
  }
  static constexpr Sql kSchema =
      "create table test_item (id integer primary key, name text not null, size bigint,"
      " constraint test_item_size_positive check (size > 0));"
      "create unique index test_item_name on test_item (name);"
      "create table test_part (item bigint not null references test_item (id), label text);";

  Result<std::int64_t> insert(std::string_view name, std::optional<std::int64_t> size = {}) {
    return db.write([&](Session& session) {
      return session.run("insert into test_item (name, size) values (:name, :size)", name, size);
    });
  }
  std::int64_t count() {
    return db
        .read([](Session& session) {
          return session.get<std::int64_t>("select count(*) from test_item");
        })
        .value();
  }

  Folder folder;
  DatabaseOptions options = options_in(folder);
  Opened opened{options};
  Db& db = opened->for_plugin("test");
};

// Polls until `condition` holds; false after ten seconds.
inline bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

// What a callable throws, as text; "" when it does not.
template <class E = std::exception>
std::string thrown(const std::function<void()>& action) {
  try {
    action();
  } catch (const E& error) {
    return error.what();
  }
  return "";
}

}  // namespace gatehouse::test
