// SPDX-License-Identifier: Apache-2.0
#include "host/server/host_routes.hpp"

#include <tuple>
#include <utility>

namespace gatehouse::host {
namespace {

struct Health {
  std::string status;
};
BOOST_DESCRIBE_STRUCT(Health, (), (status))
constexpr auto rules(Of<Health>) {
  return std::tuple{field(&Health::status, {.example = "\"ok\""})};
}

constexpr const char* kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

void PublicRoutes::wire(Context& host) {
  host.routes().about("The server itself: this document, and whether it serves.");
  host.routes()
      .get("/openapi.json",
           "public",
           "The OpenAPI document of everything this server answers",
           [this](Call&) -> Result<Answer> {
             return Answer{200, "application/json", view_.openapi(), {}};
           })
      .description("The routes of the plugins that are loaded, and of the server itself.")
      .content("application/json")
      .non_blocking();
  host.routes()
      .get("/health/live",
           "public",
           "Whether the process answers",
           [](Call&) -> Result<Health> { return Health{"ok"}; })
      .description("For whoever restarts what does not answer.")
      .non_blocking();
  host.routes()
      .get("/health/ready",
           "public",
           "Whether requests will be served",
           [this](Call&) -> Result<Health> {
             if (!view_.ready()) return unavailable("Not ready to serve requests.");
             return Health{"ok"};
           })
      .description(
          "For load balancers: 200 while the database answers and no drain has begun, else 503.");
}

void OperatorRoutes::wire(Context& host) {
  host.routes().about("What operators watch.");
  host.routes()
      .get("/metrics",
           "public",
           "Metrics in the Prometheus text format",
           [this](Call&) -> Result<Answer> {
             return Answer{200, kMetricsType, view_.metrics(), {}};
           })
      .description("Of the process, the HTTP engine, the database and the plugins.")
      .content(kMetricsType);
  host.routes()
      .get("/health/details",
           "public",
           "Readiness part by part",
           [this](Call&) -> Result<RawJson> { return RawJson{view_.ready_in_detail()}; })
      .description("The database, the server and each plugin, with what is wrong.");
}

}  // namespace gatehouse::host
