// SPDX-License-Identifier: Apache-2.0
#include "host/observability/metrics.hpp"

#include <map>
#include <mutex>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "host/observability/process.hpp"

namespace gatehouse::host {
namespace {

class CounterOf final : public Counter {
 public:
  explicit CounterOf(prometheus::Counter& counter) : counter_(counter) {}
  void add(double amount) override { counter_.Increment(amount); }

 private:
  prometheus::Counter& counter_;
};

class GaugeOf final : public Gauge {
 public:
  explicit GaugeOf(prometheus::Gauge& gauge) : gauge_(gauge) {}
  void set(double value) override { gauge_.Set(value); }

 private:
  prometheus::Gauge& gauge_;
};

class HistogramOf final : public Histogram {
 public:
  explicit HistogramOf(prometheus::Histogram& histogram) : histogram_(histogram) {}
  void observe(double value) override { histogram_.Observe(value); }

 private:
  prometheus::Histogram& histogram_;
};

std::string full_name(std::string_view name) {
  return "gatehouse_" + std::string(name);
}

prometheus::Labels to_labels(std::span<const Metrics::Label> labels) {
  prometheus::Labels list;
  for (const auto& [name, value] : labels) list.emplace(name, value);
  return list;
}

}  // namespace

struct PrometheusMetrics::State {
  // The wrapper of a metric, made when it is asked for the first time.
  template <class Wrapper, class Metric>
  Wrapper& wrap(std::map<Metric*, std::unique_ptr<Wrapper>>& wrappers, Metric& metric) {
    const std::lock_guard lock(mutex);
    auto& wrapper = wrappers[&metric];
    if (!wrapper) wrapper = std::make_unique<Wrapper>(metric);
    return *wrapper;
  }

  prometheus::Registry registry;
  std::mutex mutex;  // guards the maps
  std::map<prometheus::Counter*, std::unique_ptr<CounterOf>> counters;
  std::map<prometheus::Gauge*, std::unique_ptr<GaugeOf>> gauges;
  std::map<prometheus::Histogram*, std::unique_ptr<HistogramOf>> histograms;
};

PrometheusMetrics::PrometheusMetrics() : state_(std::make_unique<State>()) {}
PrometheusMetrics::~PrometheusMetrics() = default;

Counter& PrometheusMetrics::counter(std::string_view name,
                                    std::string_view help,
                                    std::span<const Label> labels) {
  auto& family = prometheus::BuildCounter()
                     .Name(full_name(name))
                     .Help(std::string(help))
                     .Register(state_->registry);
  return state_->wrap(state_->counters, family.Add(to_labels(labels)));
}

Gauge& PrometheusMetrics::gauge(std::string_view name,
                                std::string_view help,
                                std::span<const Label> labels) {
  auto& family = prometheus::BuildGauge()
                     .Name(full_name(name))
                     .Help(std::string(help))
                     .Register(state_->registry);
  return state_->wrap(state_->gauges, family.Add(to_labels(labels)));
}

Histogram& PrometheusMetrics::histogram(std::string_view name,
                                        std::string_view help,
                                        std::span<const Label> labels,
                                        std::span<const double> bounds) {
  auto& family = prometheus::BuildHistogram()
                     .Name(full_name(name))
                     .Help(std::string(help))
                     .Register(state_->registry);
  const prometheus::Histogram::BucketBoundaries boundaries(bounds.begin(), bounds.end());
  return state_->wrap(state_->histograms, family.Add(to_labels(labels), boundaries));
}

std::string PrometheusMetrics::render() const {
  std::vector<prometheus::MetricFamily> families = state_->registry.Collect();
  for (const ProcessFigure& figure : read_process_figures()) {
    prometheus::MetricFamily family;
    family.name = figure.name;
    family.help = figure.help;
    prometheus::ClientMetric metric;
    if (figure.kind == ProcessFigure::Kind::Counter) {
      family.type = prometheus::MetricType::Counter;
      metric.counter.value = figure.value;
    } else {
      family.type = prometheus::MetricType::Gauge;
      metric.gauge.value = figure.value;
    }
    family.metric.push_back(std::move(metric));
    families.push_back(std::move(family));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace gatehouse::host
