// Counters, gauges and histograms in the Prometheus sense. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string_view>
#include <utility>

namespace gatehouse {

class Counter {
 public:
  virtual void add(double amount) = 0;  // >= 0

 protected:
  ~Counter() = default;
};

class Gauge {
 public:
  virtual void set(double value) = 0;

 protected:
  ~Gauge() = default;
};

class Histogram {
 public:
  virtual void observe(double value) = 0;  // seconds, unless the name says otherwise

 protected:
  ~Histogram() = default;
};

// The same name and labels give the same object; the references live as long as the process. The
// name gets the prefix "gatehouse_"; labels are few and bounded (never a user, a path or an
// address). Threads: any. Ask for them once, not per request.
class Metrics {
 public:
  using Label = std::pair<std::string_view, std::string_view>;
  virtual Counter& counter(std::string_view name,
                           std::string_view help,
                           std::span<const Label> labels) = 0;
  virtual Gauge& gauge(std::string_view name,
                       std::string_view help,
                       std::span<const Label> labels) = 0;
  virtual Histogram& histogram(std::string_view name,
                               std::string_view help,
                               std::span<const Label> labels,
                               std::span<const double> bounds) = 0;

 protected:
  ~Metrics() = default;
};

}  // namespace gatehouse
