// SPDX-License-Identifier: Apache-2.0
#include "host/server/host_routes.hpp"

#include <utility>

namespace gatehouse::host {
namespace {

struct Health {
  std::string status;
};
BOOST_DESCRIBE_STRUCT(Health, (), (status))

}  // namespace

void PublicRoutes::wire(Context& host) {
  host.routes()
      .get("/openapi.json",
           "public",
           "The OpenAPI document of everything this server answers",
           [this](Call&) -> Result<Answer> {
             return Answer{200, "application/json", view_.openapi(), {}};
           })
      .non_blocking();
  host.routes()
      .get("/health/live",
           "public",
           "Whether the process answers",
           [](Call&) -> Result<Health> { return Health{"ok"}; })
      .non_blocking();
  host.routes().get("/health/ready",
                    "public",
                    "Whether requests will be served: the database answers and no drain has begun",
                    [this](Call&) -> Result<Health> {
                      if (!view_.ready()) return unavailable("Not ready to serve requests.");
                      return Health{"ok"};
                    });
}

void OperatorRoutes::wire(Context& host) {
  host.routes().get(
      "/metrics",
      "public",
      "Metrics in the Prometheus text format",
      [this](Call&) -> Result<Answer> {
        return Answer{200, "text/plain; version=0.0.4; charset=utf-8", view_.metrics(), {}};
      });
  host.routes().get(
      "/health/details", "public", "Readiness part by part", [this](Call&) -> Result<RawJson> {
        return RawJson{view_.ready_in_detail()};
      });
}

}  // namespace gatehouse::host
