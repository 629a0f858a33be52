// SPDX-License-Identifier: Apache-2.0
#include "runtime/cors.hpp"

#include <algorithm>

namespace gatehouse::runtime {
namespace {

// Beyond those that every page may send and read (Fetch, "CORS-safelisted").
constexpr std::string_view kRequestHeaders =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id, "
    "traceparent, tracestate";
constexpr std::string_view kExposedHeaders =
    "ETag, Idempotent-Replay, Link, Location, RateLimit, RateLimit-Policy, Retry-After, "
    "WWW-Authenticate, X-Request-Id";
// How long a browser may remember the answer to a preflight, in seconds.
constexpr std::string_view kPreflightAge = "600";

}  // namespace

bool Cors::is_preflight(std::string_view method, const Call& call) {
  return method == "OPTIONS" && call.header("Origin") &&
         call.header("Access-Control-Request-Method");
}

std::optional<std::string_view> Cors::allowed_origin(const Call& call) const {
  const auto origin = call.header("Origin");
  if (!origin) return std::nullopt;
  const auto found = std::find(origins_.begin(), origins_.end(), *origin);
  if (found == origins_.end()) return std::nullopt;
  return *found;
}

void Cors::add_to_answer(const Call& call, Answer& answer) const {
  if (origins_.empty()) return;
  answer.headers.emplace_back("Vary", "Origin");
  const auto origin = allowed_origin(call);
  if (!origin) return;
  answer.headers.emplace_back("Access-Control-Allow-Origin", *origin);
  answer.headers.emplace_back("Access-Control-Expose-Headers", kExposedHeaders);
}

void Cors::add_to_preflight(const Call& call, std::string_view allow, Answer& answer) const {
  if (origins_.empty()) return;
  answer.headers.emplace_back(
      "Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
  const auto origin = allowed_origin(call);
  if (!origin) return;
  answer.headers.emplace_back("Access-Control-Allow-Origin", *origin);
  answer.headers.emplace_back("Access-Control-Allow-Methods", allow);
  answer.headers.emplace_back("Access-Control-Allow-Headers", kRequestHeaders);
  answer.headers.emplace_back("Access-Control-Max-Age", kPreflightAge);
}

}  // namespace gatehouse::runtime
