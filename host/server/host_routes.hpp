// The routes that are the host's own, registered like a plugin's.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <functional>
#include <string>

#include <gatehouse/plugin.hpp>

namespace gatehouse::host {

// What the routes show; the callbacks are called on many threads at once.
struct HostView {
  std::function<std::string()> openapi;          // a JSON document
  std::function<std::string()> metrics;          // Prometheus text
  std::function<bool()> ready;                   // the database answers and no drain has begun
  std::function<std::string()> ready_in_detail;  // JSON, for operators only
};

// For everybody: /openapi.json, /health/live, /health/ready. security.md 25.
class PublicRoutes final : public Plugin {
 public:
  explicit PublicRoutes(HostView view) : view_(std::move(view)) {}
  void wire(Context& host) override;

 private:
  HostView view_;
};

// For operators: /metrics, /health/details; on `observability.address`, or on the main port while
// that is loopback.
class OperatorRoutes final : public Plugin {
 public:
  explicit OperatorRoutes(HostView view) : view_(std::move(view)) {}
  void wire(Context& host) override;

 private:
  HostView view_;
};

}  // namespace gatehouse::host
