// What the process counts, for Prometheus. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <gatehouse/metrics.hpp>

namespace gatehouse::host {

// Over prometheus-cpp. Besides what is asked for, it shows the process's own figures under their
// usual names (process_cpu_seconds_total, process_resident_memory_bytes, process_open_fds,
// process_threads, process_start_time_seconds), read when rendered.
// Threads: any. Blocking: render() reads /proc; the others take a lock for a moment.
// Errors: std::invalid_argument for names Prometheus does not know, and for a name that already
// stands for another kind of metric.
class PrometheusMetrics final : public Metrics {
 public:
  PrometheusMetrics();
  ~PrometheusMetrics();
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

  // All of it in the text format, version 0.0.4.
  std::string render() const;
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::host
