// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <gatehouse/runtime/openapi.hpp>

#include "body/fields.hpp"
#include "body/openapi_answers.hpp"
#include "body/schema.hpp"

namespace gatehouse {

namespace {

using body::Direction;
using body::JsonWriter;
using body::Schemas;

constexpr Rule kNoRule;

constexpr std::string_view kIfMatch =
    R"({"name":"If-Match","in":"header","required":false,"description":"Entity tags, or *: 412 )"
    R"(unless the object is in one of these states.","schema":{"type":"string"}})";
constexpr std::string_view kIfNoneMatch =
    R"({"name":"If-None-Match","in":"header","required":false,"description":"Entity tags, or *: a )"
    R"(GET is answered 304, a change 412, while the object is in one of these states.",)"
    R"("schema":{"type":"string"}})";

constexpr std::string_view kIdempotencyKey =
    R"({"name":"Idempotency-Key","in":"header","required":false,"description":"For 24 hours the )"
    R"(same request with the same key is not carried out again, and answered as before. 409 )"
    R"(idempotency_in_progress, 422 idempotency_key_reused.","schema":{"type":"string",)"
    R"("minLength":1,"maxLength":255,"pattern":"^[!-~]+$"}})";

const char* method_name(Method method) {
  switch (method) {
    case Method::Get:
      return "get";
    case Method::Post:
      return "post";
    case Method::Put:
      return "put";
    case Method::Patch:
      return "patch";
    case Method::Delete:
      return "delete";
  }
  return "get";
}

std::string_view path_of(const ApiRoute& route) {
  return route.path.empty() ? route.spec.pattern : std::string_view(route.path);
}

// The names in {} of a pattern, and the pattern without them.
std::vector<std::string_view> parameter_names(std::string_view pattern) {
  std::vector<std::string_view> names;
  for (std::size_t open = pattern.find('{'); open != std::string_view::npos;
       open = pattern.find('{', open + 1)) {
    names.push_back(pattern.substr(open + 1, pattern.find('}', open) - open - 1));
  }
  return names;
}
std::string without_names(std::string_view pattern) {
  std::string out;
  bool inside = false;
  for (const char c : pattern) {
    if (c == '}') inside = false;
    if (!inside) out += c;
    if (c == '{') inside = true;
  }
  return out;
}

// "get_v1_users_user"; a number behind it where two patterns have the same words.
std::string operation_id(Method method, std::string_view pattern, std::set<std::string>& taken) {
  std::string words = method_name(method);
  for (const char c : pattern) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain) {
      words += c;
    } else if (!words.ends_with('_')) {
      words += '_';
    }
  }
  while (words.ends_with('_')) words.pop_back();
  std::string id = words;
  for (int i = 2; !taken.insert(id).second; ++i) id = words + '_' + std::to_string(i);
  return id;
}

void use_types(const ApiRoute& route, Schemas& schemas) {
  const RouteSpec& spec = route.spec;
  for (const Type* const type : spec.path_parameters) schemas.use(*type, Direction::Input);
  // The query's struct is no schema of its own, but its fields may have some.
  for (std::uint32_t i = 0; spec.query != nullptr && i < spec.query->field_count; ++i) {
    schemas.use(*body::field_at(*spec.query, i).type, Direction::Input);
  }
  if (spec.body != nullptr) schemas.use(*spec.body, Direction::Input);
  if (spec.result != nullptr) schemas.use(*spec.result, Direction::Output);
}

void write_parameter(std::string_view name,
                     const char* place,
                     bool required,
                     const Type& type,
                     const Rule& rule,
                     std::string_view initial,
                     const Schemas& schemas,
                     JsonWriter& out) {
  out.begin_object();
  out.key("name").string(name);
  out.key("in").string(place);
  out.key("required").boolean(required);
  if (rule.text != nullptr) out.key("description").string(rule.text);
  Rule of_value = rule;
  of_value.text = nullptr;
  out.key("schema");
  // A parameter is absent or has a value: there is no null in a URI.
  const bool optional = type.kind == Kind::Optional || type.kind == Kind::Patch;
  schemas.write(optional ? *type.element : type, of_value, Direction::Input, out, initial);
  out.end_object();
}

// Headers by which a client can ask for what the route's words promise.
std::vector<std::string_view> header_parameters(const ApiRoute& route) {
  std::vector<std::string_view> parameters;
  if (route.etag && route.spec.method != Method::Post) {
    parameters.push_back(kIfMatch);
    parameters.push_back(kIfNoneMatch);
  }
  if (route.idempotency_key) parameters.push_back(kIdempotencyKey);
  return parameters;
}

void write_parameters(const ApiRoute& route,
                      std::span<const std::string_view> names,
                      const Schemas& schemas,
                      JsonWriter& out) {
  const RouteSpec& spec = route.spec;
  const std::vector<std::string_view> headers = header_parameters(route);
  if (names.empty() && spec.query == nullptr && headers.empty()) return;
  out.key("parameters").begin_array();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Type& type =
        i < spec.path_parameters.size() ? *spec.path_parameters[i] : type_of<std::string>();
    Rule rule;
    const auto told = route.parameters.find(std::string(names[i]));
    if (told != route.parameters.end()) rule.text = told->second.c_str();
    write_parameter(names[i], "path", true, type, rule, {}, schemas, out);
  }
  for (std::uint32_t i = 0; spec.query != nullptr && i < spec.query->field_count; ++i) {
    const Field& field = body::field_at(*spec.query, i);
    write_parameter(body::wire_name(field),
                    "query",
                    !body::may_be_absent_from_pairs(field),
                    *field.type,
                    *field.rule,
                    body::default_of(*spec.query, field),
                    schemas,
                    out);
  }
  for (const std::string_view header : headers) out.raw(header);
  out.end_array();
}

void write_body(const ApiRoute& route, const Schemas& schemas, JsonWriter& out) {
  const Type* type = route.spec.body;
  if (type == nullptr) return;
  const bool optional = type->kind == Kind::Optional;
  if (optional) type = type->element;
  out.key("requestBody").begin_object();
  out.key("required").boolean(!optional);
  out.key("content").begin_object();
  const auto write_content = [&](std::string_view media_type) {
    out.key(media_type).begin_object().key("schema");
    schemas.write(*type, kNoRule, Direction::Input, out);
    out.end_object();
  };
  write_content("application/json");
  if (route.spec.method == Method::Patch) write_content("application/merge-patch+json");
  if (has(route.lenient, Lenient::Forms)) write_content("application/x-www-form-urlencoded");
  out.end_object();
  out.end_object();
  out.key("x-body-limit").integer(static_cast<std::int64_t>(route.body_limit));
}

// The scheme of each challenge in lower case, "basic" of "Basic realm=...", and what it is.
std::map<std::string, std::string> schemes_of(std::span<const ApiSignIn> sign_ins) {
  std::map<std::string, std::string> schemes;
  for (const ApiSignIn& sign_in : sign_ins) {
    std::string scheme = sign_in.challenge.substr(0, sign_in.challenge.find(' '));
    for (char& c : scheme) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    const bool is_key = std::all_of(scheme.begin(), scheme.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
    if (!scheme.empty() && is_key) schemes.emplace(std::move(scheme), sign_in.description);
  }
  return schemes;
}

// Any one of them opens a route that is not public.
void write_security(const std::map<std::string, std::string>& schemes, JsonWriter& out) {
  out.key("security").begin_array();
  for (const auto& [scheme, description] : schemes) {
    out.begin_object().key(scheme).begin_array().end_array().end_object();
  }
  out.end_array();
}

void write_operation(const ApiRoute& route,
                     std::span<const std::string_view> names,
                     const std::string& id,
                     const Schemas& schemas,
                     JsonWriter& out) {
  const RouteSpec& spec = route.spec;
  out.begin_object();
  out.key("operationId").string(id);
  out.key("summary").string(spec.summary);
  if (!route.description.empty()) out.key("description").string(route.description);
  if (!route.plugin.empty()) out.key("tags").begin_array().string(route.plugin).end_array();
  if (route.deprecated) out.key("deprecated").boolean(true);
  if (spec.permission == "public") {
    out.key("security").begin_array().end_array();
  } else if (route.sign_ins) {
    write_security(schemes_of(*route.sign_ins), out);
  }
  out.key("x-permission").string(spec.permission);
  if (!route.delegable.empty()) out.key("x-delegable").string(route.delegable);
  write_parameters(route, names, schemas, out);
  write_body(route, schemas, out);
  body::write_responses(route, schemas, out);
  out.end_object();
}

// The routes of one path, whatever they call its parameters.
struct PathItem {
  std::string_view pattern;
  std::vector<const ApiRoute*> routes;
};
std::vector<PathItem> group(std::span<const ApiRoute> routes) {
  std::vector<PathItem> items;
  std::map<std::string, std::size_t> known;
  for (const ApiRoute& route : routes) {
    const auto [entry, is_new] = known.emplace(without_names(path_of(route)), items.size());
    if (is_new) items.push_back({path_of(route), {}});
    items[entry->second].routes.push_back(&route);
  }
  return items;
}

void write_schemes(const std::map<std::string, std::string>& schemes, JsonWriter& out) {
  out.key("securitySchemes").begin_object();
  for (const auto& [scheme, description] : schemes) {
    out.key(scheme).begin_object();
    out.key("type").string("http").key("scheme").string(scheme);
    if (!description.empty()) out.key("description").string(description);
    out.end_object();
  }
  out.end_object();
}

// Of the plugins that have routes.
void write_tags(const ApiInfo& info, std::span<const ApiRoute> routes, JsonWriter& out) {
  std::map<std::string_view, std::string_view> plugins;
  for (const ApiRoute& route : routes) plugins.emplace(route.plugin, "");
  for (const ApiTag& tag : info.tags) {
    if (const auto found = plugins.find(tag.name); found != plugins.end()) {
      found->second = tag.description;
    }
  }
  plugins.erase("");
  out.key("tags").begin_array();
  for (const auto& [plugin, description] : plugins) {
    out.begin_object().key("name").string(plugin);
    if (!description.empty()) out.key("description").string(description);
    out.end_object();
  }
  out.end_array();
}

void write_info(const ApiInfo& info, JsonWriter& out) {
  out.key("info").begin_object();
  out.key("title").string(info.title);
  out.key("version").string(info.version);
  out.key("description").string(info.description);
  out.key("license").raw(R"({"name":"Apache-2.0","identifier":"Apache-2.0"})");
  out.end_object();
  out.key("servers").begin_array().begin_object();
  // "/" is the document's own host, whatever proxy stands in front.
  out.key("url").string(info.server.empty() ? "/" : info.server);
  out.end_object().end_array();
}

}  // namespace

std::string write_openapi(const ApiInfo& info, std::span<const ApiRoute> routes) {
  Schemas schemas;
  for (const ApiRoute& route : routes) use_types(route, schemas);
  std::string text;
  JsonWriter out(text);
  out.begin_object();
  out.key("openapi").string("3.1.0");
  write_info(info, out);
  std::map<std::string, std::string> schemes = schemes_of(info.sign_ins);
  if (!schemes.empty()) write_security(schemes, out);
  for (const ApiRoute& route : routes) {
    if (route.sign_ins) schemes.merge(schemes_of(*route.sign_ins));
  }
  write_tags(info, routes, out);
  out.key("paths").begin_object();
  std::set<std::string> ids;
  for (const PathItem& item : group(routes)) {
    const std::vector<std::string_view> names = parameter_names(item.pattern);
    out.key(item.pattern).begin_object();
    for (const ApiRoute* const route : item.routes) {
      const Method method = route->spec.method;
      out.key(method_name(method));
      write_operation(*route, names, operation_id(method, item.pattern, ids), schemas, out);
    }
    out.end_object();
  }
  out.end_object();
  out.key("components").begin_object();
  write_schemes(schemes, out);
  body::write_answer_components(routes, out);
  out.key("schemas").begin_object();
  body::write_problem_schema(out);
  schemas.write_components(out);
  out.end_object();
  out.end_object();
  out.end_object();
  return text;
}

std::string write_schema(const Type& type, SchemaUse use) {
  const Direction direction = use == SchemaUse::Request ? Direction::Input : Direction::Output;
  Schemas schemas;
  schemas.use(type, direction);
  std::string text;
  JsonWriter out(text);
  out.begin_object();
  out.key("$schema").string("https://json-schema.org/draft/2020-12/schema");
  out.key("allOf").begin_array();
  schemas.write(type, kNoRule, direction, out);
  out.end_array();
  out.key("components").begin_object().key("schemas").begin_object();
  schemas.write_components(out);
  out.end_object().end_object();
  out.end_object();
  return text;
}

}  // namespace gatehouse
