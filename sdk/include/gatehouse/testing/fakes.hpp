// Stand-ins for what the host offers: time that is set, logs and metrics that can be read.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/commands.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::testing {

// Stands at 2026-01-01T00:00:00Z until it is moved. Threads: any.
class GATEHOUSE_API FakeClock final : public Clock {
 public:
  Time now() const override;
  void advance(std::chrono::microseconds by);

 private:
  std::atomic<std::int64_t> microseconds_ = 1'767'225'600'000'000;
};

// Keeps every record. Threads: any.
class GATEHOUSE_API RecordedLog final : public Log {
 public:
  struct Record {
    LogLevel level;
    std::string event;
    std::string text;
    std::vector<std::pair<std::string, std::string>> fields = {};  // of write_fields(), as text
  };
  void write(LogLevel level, std::string_view event, std::string_view text) override;
  void write_fields(LogLevel level,
                    std::string_view event,
                    std::string_view text,
                    std::span<const LogField> fields) override;
  std::vector<Record> records() const;
  // How often an event was logged.
  int count(std::string_view event) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Record> records_;
};

// Keeps the last value or the sum of every metric, by `name{label="value",...}`. Threads: any.
class GATEHOUSE_API RecordedMetrics final : public Metrics {
 public:
  Counter& counter(std::string_view name,
                   std::string_view help,
                   std::span<const Label> labels) override;
  Gauge& gauge(std::string_view name,
               std::string_view help,
               std::span<const Label> labels) override;
  Histogram& histogram(std::string_view name,
                       std::string_view help,
                       std::span<const Label> labels,
                       std::span<const double> bounds) override;
  // A counter's sum, a gauge's value, a histogram's number of observations; 0 for an unknown name.
  double value(std::string_view name) const;

 private:
  class Value final : public Counter, public Gauge, public Histogram {
   public:
    void add(double amount) override;
    void set(double value) override { value_ = value; }
    void observe(double) override { add(1); }
    double value() const { return value_; }

   private:
    std::atomic<double> value_ = 0;
  };
  Value& find(std::string_view name, std::span<const Label> labels);
  mutable std::mutex mutex_;
  std::map<std::string, Value, std::less<>> values_;
};

// What a command did.
struct CommandRun {
  int exit_code = 0;
  std::vector<std::string> output;
  std::vector<std::string> errors;
};

}  // namespace gatehouse::testing
