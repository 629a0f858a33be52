// The OpenAPI document of the routes that are loaded. Not for plugins.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
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

// What a route says of its answers beyond what follows from its types (Route::answers).
struct ApiAnswer {
  int status = 200;
  std::string text;  // of an error: its codes, "username_taken, email_taken"
};

// One way to sign in, as its authenticator tells it.
struct ApiSignIn {
  std::string challenge;  // "Basic realm=..."
  std::string description = {};
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
  std::string delegable = {};    // the grant scope with which a delegated token opens it; "": none
  std::string content = {};      // of an Answer or a Stream
  std::vector<ApiAnswer> answers = {};
  std::map<std::string, std::string> parameters = {};   // {name} of the pattern -> what it takes
  std::optional<std::vector<ApiSignIn>> sign_ins = {};  // of a mount; nothing: the document's
};

struct ApiTag {
  std::string name;  // of a plugin
  std::string description;
};

struct ApiInfo {
  std::string title = "Gatehouse";
  std::string version = "0";
  std::string description =
      "What the plugins of this server answer. Every request that cannot be read is answered 400, "
      "408, 413, 414 or 431, and what nobody answers 404 or 405; errors are problem+json.";
  std::string server = {};  // the URL under which clients reach it; empty: the document's own
  std::vector<ApiTag> tags = {};
  std::vector<ApiSignIn> sign_ins = {};
};

// All statuses that the document shows for a route, in ascending order.
GATEHOUSE_API std::vector<int> declared_statuses(const ApiRoute& route);

// The document as compact JSON: the same routes in the same order always give the same bytes. Paths
// that differ only in the names of their parameters are one path, with the names of the first.
// Threads: any. Never blocks.
GATEHOUSE_API std::string write_openapi(const ApiInfo& info, std::span<const ApiRoute> routes);

// The schema of one type by itself, with what it refers to in components/schemas beside it, as it
// is read (request) or written (answer).
enum class SchemaUse : std::uint8_t { Request, Answer };
GATEHOUSE_API std::string write_schema(const Type& type, SchemaUse use);

}  // namespace gatehouse
