// Metrics as Prometheus reads them. SPDX-License-Identifier: Apache-2.0
#include "host/observability/metrics.hpp"

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::host {
namespace {

using Label = Metrics::Label;

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, AreRenderedWithPrefixHelpTypeAndLabels) {
  PrometheusMetrics metrics;
  const Label labels[] = {{"route", "/v1/users"}, {"status", "200"}};
  metrics.counter("requests_total", "Requests answered.", labels).add(2);
  metrics.gauge("open_connections", "Connections.", {}).set(7);
  const std::string text = metrics.render();
  EXPECT_TRUE(has_line(text, "# HELP gatehouse_requests_total Requests answered.")) << text;
  EXPECT_TRUE(has_line(text, "# TYPE gatehouse_requests_total counter")) << text;
  EXPECT_TRUE(has_line(text, R"(gatehouse_requests_total{route="/v1/users",status="200"} 2)"))
      << text;
  EXPECT_TRUE(has_line(text, "gatehouse_open_connections 7")) << text;
}

TEST(Metrics, AreOneObjectForOneNameAndItsLabels) {
  PrometheusMetrics metrics;
  const Label one[] = {{"pool", "a"}};
  const Label other[] = {{"pool", "b"}};
  Counter& counter = metrics.counter("tries_total", "Tries.", one);
  EXPECT_EQ(&counter, &metrics.counter("tries_total", "Tries.", one));
  EXPECT_NE(&counter, &metrics.counter("tries_total", "Tries.", other));
}

TEST(Metrics, CountIntoTheBucketsOfAHistogram) {
  PrometheusMetrics metrics;
  const double bounds[] = {0.01, 0.1};
  Histogram& histogram = metrics.histogram("request_seconds", "Time.", {}, bounds);
  histogram.observe(0.005);
  histogram.observe(0.05);
  histogram.observe(5);
  const std::string text = metrics.render();
  EXPECT_TRUE(has_line(text, R"(gatehouse_request_seconds_bucket{le="0.01"} 1)")) << text;
  EXPECT_TRUE(has_line(text, R"(gatehouse_request_seconds_bucket{le="0.1"} 2)")) << text;
  EXPECT_TRUE(has_line(text, R"(gatehouse_request_seconds_bucket{le="+Inf"} 3)")) << text;
  EXPECT_TRUE(has_line(text, "gatehouse_request_seconds_count 3")) << text;
}

TEST(Metrics, EscapeLabelValues) {
  PrometheusMetrics metrics;
  const Label labels[] = {{"name", "a\"b\nc"}};
  metrics.counter("odd_total", "Odd.", labels).add(1);
  EXPECT_TRUE(has_line(metrics.render(), R"(gatehouse_odd_total{name="a\"b\nc"} 1)"));
}

TEST(Metrics, RefuseNamesThatAreNoneAndKindsThatChange) {
  PrometheusMetrics metrics;
  EXPECT_THROW(metrics.counter("with blank", "x", {}), std::invalid_argument);
  metrics.counter("same_total", "x", {});
  EXPECT_THROW(metrics.gauge("same_total", "x", {}), std::invalid_argument);
}

TEST(Metrics, LoseNoCountAmongThreads) {
  PrometheusMetrics metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 1'000; ++k) metrics.counter("all_total", "x", {}).add(1);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(has_line(metrics.render(), "gatehouse_all_total 4000"));
}

TEST(Metrics, ShowTheProcess) {
  const std::string text = PrometheusMetrics().render();
  for (const char* name : {"process_cpu_seconds_total",
                           "process_resident_memory_bytes",
                           "process_threads",
                           "process_start_time_seconds",
                           "process_open_fds"}) {
    EXPECT_NE(text.find(std::string("\n") + name + " "), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace gatehouse::host
