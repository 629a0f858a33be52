// The OpenAPI document of the routes that are loaded. Not for plugins.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/lenient.hpp>
#include <gatehouse/body/type.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/routes.hpp>

namespace gatehouse {

enum class ErrorShape : std::uint8_t {
  Problem,  // application/problem+json
  Own,      // the route has a renderer of its own
};

struct ApiRoute {
  RouteSpec spec;
  std::string path;    // where the route is mounted; empty: spec.pattern
  std::string plugin;  // the operation's tag
  std::string description;
  std::size_t body_limit = 64 * 1024;
  Lenient lenient = Lenient::Strict;
  ErrorShape errors = ErrorShape::Problem;
  bool deprecated = false;
  bool etag = false;
  bool idempotency_key = false;  // the header is honoured
};

struct ApiInfo {
  std::string title;
  std::string version;
  std::string description;
  // What the authenticators ask for: their challenges ("Basic realm=...").
  std::vector<std::string> challenges = {};
};

// The document as compact JSON: the same routes in the same order always give the same bytes. Paths
// that differ only in the names of their parameters are one path, with the names of the first.
// Threads: any. Never blocks.
GATEHOUSE_API std::string write_openapi(const ApiInfo& info, std::span<const ApiRoute> routes);

// The schema of one type by itself, with what it refers to in components/schemas beside it, as it
// is read (request) or written (answer).
enum class SchemaUse : std::uint8_t { Request, Answer };
GATEHOUSE_API std::string write_schema(const Type& type, SchemaUse use);

}  // namespace gatehouse
